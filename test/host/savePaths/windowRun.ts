import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GuardedWindow } from '../guardedWindow.ts';
import { until } from '../until.ts';
import { runCell } from './cell.ts';
import { type SettingState, SWITCHED_OFF } from './columns.ts';
import type { Observation } from './observation.ts';
import type { CellPlan } from './plan.ts';
import { writeSampleFiles } from './sampleFiles.ts';

const OTHER_EXTENSION = join(import.meta.dirname, '../other-extension');

/** Opens a window in which the guard is asked, or switched off by somebody's settings, with all files that the cells need. */
function openWindow(setting: SettingState, plan: readonly CellPlan[]): Promise<GuardedWindow> {
  return GuardedWindow.open({
    otherExtensions: [OTHER_EXTENSION],
    settings: {
      // Asked for by default where files come from another machine.
      'workbench.editorLargeFileConfirmation': 500,
      'notebook.formatOnSave.enabled': false,
      ...(setting === 'user' ? SWITCHED_OFF.user : {}),
    },
    prepare: (workspace) => {
      writeSampleFiles(workspace, plan);
      if (setting !== 'workspace') return;
      mkdirSync(join(workspace, '.vscode'));
      writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(SWITCHED_OFF.workspace));
    },
  });
}

/** Runs cells of one setting in one window; those after a reload last. `seen` is told of each. */
export async function runInWindow(
  setting: SettingState,
  plan: readonly CellPlan[],
  seen: (observation: Observation) => void | Promise<void>,
): Promise<void> {
  await using window = await openWindow(setting, plan);
  let formatting: boolean | undefined;
  for (const load of ['first', 'reload'] as const) {
    const cells = plan.filter(({ column }) => column.load === load).sort((a, b) => Number(a.column.formatter) - Number(b.column.formatter));
    if (cells.length === 0) continue;
    if (load === 'reload') {
      await window.workbench.reload();
      await window.ready();
    }
    await watcherAwake(window, load);
    for (const { path, column } of cells) {
      if (formatting !== column.formatter) await format(window, column.formatter);
      formatting = column.formatter;
      await seen(await runCell(window, path, column));
    }
  }
}

async function format({ workbench }: GuardedWindow, on: boolean): Promise<void> {
  await workbench.setting('editor.formatOnSave', on);
  await workbench.setting('notebook.formatOnSave.enabled', on);
}

/** VS Code's own file watcher starts a while after the window: what is written before is told to nobody. */
async function watcherAwake(window: GuardedWindow, load: string): Promise<void> {
  let pokes = 0;
  await until(
    'the file watcher is awake',
    () => {
      const name = `awake-${load}-${pokes}.txt`;
      pokes += 1;
      window.write(name, `poke ${pokes}\n`);
      return window.ledger
        .entries()
        .some(({ event }) => event?.type === 'assessment' && event.subject.name?.startsWith(`awake-${load}`) === true);
    },
    { every: 500 },
  );
}
