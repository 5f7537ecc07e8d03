import { availableParallelism, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRIVEN_SETTINGS } from '../editorSettings.ts';
import type { GuardedWindow } from '../guardedWindow.ts';
import { until } from '../until.ts';
import type { Column } from './columns.ts';
import { DiskReader } from './diskReader.ts';
import { isDiagnosed, textOf } from './editorText.ts';
import { FileRecord } from './fileRecord.ts';
import { type Evidence, judge, type Observation } from './observation.ts';
import { fileOf, VIOLATION } from './sampleFiles.ts';
import type { SavePath } from './savePath.ts';

const PICTURES = join(import.meta.dirname, '../../../test-output/save-paths');

/** Limits of waits that have failed. */
const NOTHING_HAPPENS_MS = 15_000;
const NOT_FOUND_MS = 20_000;
const NOT_SHOWN_MS = 2_000;
/** A decision is asked for a moment after the verdict is on record; auto saves ask nothing. */
const DIALOG_OPENS_MS = 1_200;
/** How long a text is watched after the decision, where the path does not ask for more. */
const SETTLE_MS = 900;
/** Messages of the guard, as against VS Code's own about the same file. */
const SAYS_HELD = /was not saved|(was|is still) held back/;
const SAYS_WRITTEN = /without an assessment|could not be assessed|could not be held back/;

/** Takes a violating text along one path to the disk, and says what was seen. */
export async function runCell(window: GuardedWindow, path: SavePath, column: Column): Promise<Observation> {
  const unfit = path.doesNotApply?.(column);
  if (unfit !== undefined) return { ...column, path: path.id, evidence: null, result: 'does not apply', why: unfit };
  const { workbench } = window;
  const file = fileOf(window.server.workspace, path, column);
  const picture = join(PICTURES, `${basename(file)}.png`);
  const cell = { ...column, path: path.id };
  try {
    await workbench.command('other.behave', { path: file, ...(column.formatter ? { formatted: '# formatted\n' } : {}), ...path.other });
    for (const [name, value] of Object.entries(path.settings ?? {})) await workbench.setting(name, value);
    const evidence = await observe(window, path, column, file);
    const judged = judge(evidence);
    if (judged.result === 'not tried') await workbench.screenshot(picture);
    return { ...cell, evidence, ...judged };
  } catch (error) {
    await workbench.screenshot(picture);
    return { ...cell, evidence: null, result: 'not tried', why: String(error).split('\n')[0] ?? '' };
  } finally {
    await tidy(window, path);
  }
}

async function observe(window: GuardedWindow, path: SavePath, column: Column, file: string): Promise<Evidence> {
  const { ledger, workbench } = window;
  const name = basename(file);
  const record = new FileRecord(ledger, name);
  const told = async (what: RegExp) => (await workbench.notifications()).some((text) => text.includes(name) && what.test(text));
  const reader = await DiskReader.begin([file], VIOLATION);
  try {
    await path.go({ window, workbench, file, name, column });
    await waitFor(NOTHING_HAPPENS_MS, async () => reader.seen || record.assessed('before') !== undefined || (await told(SAYS_HELD)));
    let shown = !reader.seen && (await told(SAYS_HELD));
    if (!reader.seen) {
      await waitFor(DIALOG_OPENS_MS, () => workbench.dialog.isOpen());
      await answerAll(window, /^Deny/);
    }
    await sleep(path.settleMs ?? SETTLE_MS);
    const isTold = () => record.assessed('after', reader.notYetAt) !== undefined || record.gap() !== undefined;
    // A large file is written in pieces, and told of before the last one is on the disk.
    if (isTold()) await waitFor(NOT_FOUND_MS, () => reader.seen);
    if (reader.seen) {
      await waitFor(NOT_FOUND_MS, isTold);
      shown = await waitFor(NOT_SHOWN_MS, async () => (await told(SAYS_WRITTEN)) || (await isDiagnosed(window, file)));
    } else {
      await answerAll(window, /^Deny/);
      shown ||= await isDiagnosed(window, file);
    }
    const text = await keptText(window, file, path.keeps);
    return {
      text,
      heldBy: record.assessed('before')?.verdict ?? null,
      foundAt: record.assessed('after', reader.notYetAt)?.at ?? null,
      shown,
      gap: record.gap() ?? null,
      load: Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 10) / 10,
      disk: await reader.stop(),
    };
  } catch (error) {
    await reader.stop();
    throw error;
  }
}

/** Where the text is; `changed`: the violation is there, but not with all that was typed. */
async function keptText(window: GuardedWindow, file: string, keeps = VIOLATION): Promise<Evidence['text']> {
  let kept: Evidence['text'] = 'gone';
  // What is put back for a moment is there again soon.
  await waitFor(NOT_SHOWN_MS, async () => {
    kept = await textOf(window, file, keeps);
    return kept !== 'gone';
  });
  if (kept === 'gone' && (await takeOffer(window, file, keeps))) return 'offered';
  return kept === 'gone' && (await textOf(window, file, VIOLATION)) !== 'gone' ? 'changed' : kept;
}

/** Whether the guard offers a held text whose editor is closed, and brings it back when that is taken. */
async function takeOffer(window: GuardedWindow, file: string, keeps: string): Promise<boolean> {
  const { workbench } = window;
  const isOffer = (text: string) => text.includes(basename(file)) && text.includes('could be restored');
  if (!(await workbench.notifications()).some(isOffer)) return false;
  await workbench.clickNotification('Restore');
  return waitFor(NOT_SHOWN_MS, async () => (await textOf(window, file, keeps)) === 'unsaved');
}

/** Answers every dialog with the first fitting button. */
async function answerAll({ workbench }: GuardedWindow, button: RegExp): Promise<void> {
  const { dialog, page } = workbench;
  for (let dialogs = 0; dialogs < 5 && (await dialog.isOpen()); dialogs += 1) {
    const { buttons } = await dialog.read();
    await dialog.press(buttons.find((label) => button.test(label)) ?? 'Cancel');
    await page.waitForTimeout(300);
  }
}

/** Leaves no dialog, unsaved text, editor, message or setting behind. */
async function tidy(window: GuardedWindow, path: SavePath): Promise<void> {
  const { workbench } = window;
  for (const name of Object.keys(path.settings ?? {})) {
    const usual: unknown = Object.entries(DRIVEN_SETTINGS).find(([key]) => key === name)?.[1];
    await workbench.setting(name, usual);
  }
  await workbench.command('other.behave', {});
  if (await workbench.dialog.isOpen()) await answerAll(window, /^Deny/);
  if (await workbench.page.locator('.quick-input-widget').isVisible()) await workbench.page.keyboard.press('Escape');
  await until('all editors are closed', async () => {
    // VS Code asks about a text that is unsaved, or is so again in the next moment.
    await workbench.startCommand('workbench.action.closeAllEditors');
    await sleep(150);
    await answerAll(window, /^(Deny|Don't Save)/);
    return (await workbench.page.locator('.tabs-container .tab').count()) === 0;
  });
  await workbench.command('notifications.clearAll');
}

/** True as soon as the answer is; false where it never was within `ms`. */
async function waitFor(ms: number, ask: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = Date.now() + ms;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() > end) return false;
    await sleep(40);
  }
}
