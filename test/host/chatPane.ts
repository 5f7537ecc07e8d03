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
    this.#answersBefore = await this.#answers.count();
    await this.#input.click();
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

  async lastAnswerSoFar(): Promise<string> {
    if ((await this.#answers.count()) === 0) return '';
    return (await this.#answers.last().innerText()).replaceAll('\u00a0', ' ');
  }

  /** Stops the answer that is being written. */
  cancel(): Promise<void> {
    return this.#command('workbench.action.chat.cancel');
  }

  /** Picks a language model by its name in the picker below the input. */
  async pickModel(name: string): Promise<void> {
    await this.open();
    const widget = this.#page.locator('.action-widget.action-widget-dropdown');
    const row = widget.locator('.monaco-list-row', { hasText: name }).first();
    const button = this.#page.locator('.interactive-input-part .chat-input-toolbars a[aria-label*="Model" i]').first();
    await until(
      `model ${name} is in the picker`,
      async () => {
        // A click while the toolbar is drawn anew opens an empty list: each try starts from a closed one.
        if (await widget.isVisible()) await this.#page.keyboard.press('Escape');
        await button.click({ timeout: 2000 }).catch(() => undefined);
        await widget
          .locator('input')
          .first()
          .fill(name, { timeout: 1000 })
          .catch(() => undefined);
        await row.waitFor({ timeout: 1000 }).catch(() => undefined);
        return row.isVisible();
      },
      { every: 300 },
    );
    await row.click();
    await widget.waitFor({ state: 'hidden', timeout: 5000 });
  }
}
