import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** The chat beside the editor. */
export class ChatPane {
  readonly #page: Page;
  readonly #command: (id: string) => Promise<void>;
  #answersBefore = 0;

  constructor(page: Page, command: (id: string) => Promise<void>) {
    this.#page = page;
    this.#command = command;
  }

  get #input(): Locator {
    return this.#page.locator('.interactive-input-part .monaco-editor').first();
  }

  get #answers(): Locator {
    return this.#page.locator('.interactive-response');
  }

  async open(): Promise<void> {
    await this.#command('workbench.action.chat.open');
    await this.#input.waitFor();
  }

  /** An empty conversation. */
  async start(): Promise<void> {
    await this.open();
    await this.#command('workbench.action.chat.newChat');
    await until('an empty chat', async () => (await this.#answers.count()) === 0);
  }

  /** Types a message as a person does, and sends it. */
  async send(text: string): Promise<void> {
    await this.open();
    // They lie over the input.
    await this.#command('notifications.hideToasts');
    this.#answersBefore = await this.#answers.count();
    await this.#input.click();
    // A sticky participant stands in the input already; the message brings its own.
    await this.#page.keyboard.press('Control+a');
    await this.#page.keyboard.type(text, { delay: 4 });
    await this.#page.waitForTimeout(300);
    // Closes the list of completions, which would take the Enter.
    await this.#page.keyboard.press('Escape');
    await this.#page.keyboard.press('Enter');
  }

  /** Waits until the answer to the last message is complete, and reads it. */
  async answer(timeout = 40_000): Promise<string> {
    await until('a chat answer has begun', async () => (await this.#answers.count()) > this.#answersBefore, { timeout });
    const last = this.#answers.last();
    const loading = () => last.evaluate((element) => element.classList.contains('chat-response-loading'));
    await until('the chat answer is complete', async () => !(await loading()), { timeout });
    return this.lastAnswerSoFar();
  }

  /** As {@link answer}, and says yes whenever VS Code itself asks about a tool call: what holds it then is the guard. */
  async answerAllowing(timeout = 40_000): Promise<string> {
    const allow = this.#page
      .locator('.monaco-button', { hasText: /^\s*Allow\s*$/ })
      .filter({ visible: true })
      .first();
    let isOver = false;
    const answered = this.answer(timeout);
    const over = () => {
      isOver = true;
    };
    answered.then(over, over);
    while (!isOver) {
      if (await allow.isVisible()) await allow.click({ timeout: 2000 }).catch(() => undefined);
      await this.#page.waitForTimeout(150);
    }
    return answered;
  }

  async lastAnswerSoFar(): Promise<string> {
    if ((await this.#answers.count()) === 0) return '';
    return (await this.#answers.last().innerText()).replaceAll('\u00a0', ' ');
  }

  /**
   * Watches the conversation from now on for a text; the answer tells whether it was ever drawn there,
   * if only for a moment. A dialog over the page is not part of the conversation.
   */
  async watchFor(needle: string): Promise<() => Promise<boolean>> {
    const watch = await this.#page.evaluateHandle((text) => {
      const found = { ever: false };
      const look = () => {
        for (const part of document.querySelectorAll('.interactive-response')) {
          found.ever ||= (part.textContent ?? '').replaceAll('\u00a0', ' ').includes(text);
        }
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
      return found;
    }, needle);
    return () => watch.evaluate((found) => found.ever);
  }

  /** Stops the answer that is being written. */
  cancel(): Promise<void> {
    return this.#command('workbench.action.chat.cancel');
  }
}
