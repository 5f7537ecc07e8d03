import type { Locator, Page } from 'playwright-core';

/** The quick picks and input boxes at the top of the window, as a person meets them. */
export class QuickInput {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get #widget(): Locator {
    return this.#page.locator('.quick-input-widget:visible');
  }

  /** Waits for a row that begins with `label`. */
  async row(label: string): Promise<Locator> {
    const row = this.#widget.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    await row.waitFor();
    return row;
  }

  async pick(label: string): Promise<void> {
    await (await this.row(label)).click();
  }

  /** Types into an input box, in place of what it holds, and confirms. */
  async type(text: string): Promise<void> {
    const input = this.#widget.locator('.quick-input-box input');
    await this.#widget.locator('.quick-input-message').waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  async back(): Promise<void> {
    await this.#widget.locator('.codicon-quick-input-back').click();
  }

  async closed(): Promise<void> {
    await this.#widget.waitFor({ state: 'detached' }).catch(() => this.#widget.waitFor({ state: 'hidden' }));
  }
}
