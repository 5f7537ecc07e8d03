import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** A modal dialog as read from the screen; buttons in the order in which they stand. */
export interface DialogText {
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
}

/** The topmost modal dialog, which in a browser VS Code is part of the page. */
export class DialogBox {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get #box(): Locator {
    return this.#page.locator('.monaco-dialog-box').last();
  }

  async isOpen(): Promise<boolean> {
    return (await this.#page.locator('.monaco-dialog-box').count()) > 0;
  }

  /** Waits for a dialog and reads it. */
  async read(timeout = 20_000): Promise<DialogText> {
    await this.#box.waitFor({ timeout });
    const text = async (selector: string) => {
      const part = this.#box.locator(selector).first();
      return (await part.count()) === 0 ? '' : (await part.innerText()).replaceAll('\u00a0', ' ').trim();
    };
    const buttons = await this.#box.locator('.dialog-buttons .monaco-button').allInnerTexts();
    return {
      message: await text('.dialog-message-text'),
      detail: await text('.dialog-message-detail'),
      buttons: buttons.map((label) => label.trim()).filter((label) => label !== ''),
    };
  }

  /** Presses the button whose label begins with `label`. */
  async press(label: string): Promise<void> {
    const labels = (await this.read()).buttons;
    const found = labels.find((text) => text.startsWith(label));
    if (found === undefined) throw new Error(`the dialog has no button "${label}", only: ${labels.join(', ')}`);
    await this.#box.locator('.dialog-buttons .monaco-button').getByText(found, { exact: true }).click();
  }

  escape(): Promise<void> {
    return this.#page.keyboard.press('Escape');
  }

  cross(): Promise<void> {
    return this.#box.locator('.dialog-toolbar .codicon-dialog-close').click();
  }

  /** A click on the dimmed page beside the dialog. */
  clickOutside(): Promise<void> {
    return this.#page.mouse.click(20, 20);
  }

  async closed(): Promise<void> {
    await until('no dialog is open', async () => !(await this.isOpen()));
  }

  /** Types into the input box at the top of the window (a typed reason) and confirms it. */
  async typeReason(text: string): Promise<void> {
    const input = this.#page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  reasonBox(): Locator {
    return this.#page.locator('.quick-input-widget .quick-input-box input');
  }
}
