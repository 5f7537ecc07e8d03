import { join } from 'node:path';
import type { SuiteContext, TestContext } from 'node:test';
import type { GuardedWindow } from './guardedWindow.ts';

const pictures = join(import.meta.dirname, '../../test-output/host');

/**
 * After a test in a window that others use too: keeps a picture of a failure, and leaves no dialog,
 * unsaved text or open editor behind, so that one failure stays one.
 */
export async function leaveClean(window: GuardedWindow, test: TestContext | SuiteContext): Promise<void> {
  const { workbench } = window;
  if ('passed' in test && !test.passed) await workbench.screenshot(join(pictures, `${test.name.replaceAll(/\W+/g, '-').slice(0, 80)}.png`));
  await workbench.chat.cancel();
  await workbench.setting('files.autoSave', 'off');
  for (let dialogs = 0; dialogs < 5 && (await workbench.dialog.isOpen()); dialogs++) {
    const { buttons } = await workbench.dialog.read();
    await workbench.dialog.press(buttons.find((label) => /^(Deny|Don't Save)/.test(label)) ?? 'Cancel');
    await workbench.page.waitForTimeout(300);
  }
  await workbench.revertAll();
  await workbench.command('notifications.clearAll');
}
