import { join } from 'node:path';
import { z } from 'zod';
import type { GuardedWindow } from '../guardedWindow.ts';
import { SCRIPT_TEXT, VIOLATING_LINE } from './sampleFiles.ts';
import type { SavePath } from './savePath.ts';
import { typeAndSave, typeLine } from './typing.ts';

/** Longer than the 1.5 s that VS Code gives all listeners together. */
const SLOW_MS = 3_000;
/** Until a slow listener has ended. */
const AFTER_SLOW_MS = 4_000;
const WITHOUT_FORMATTER = 'no formatter';

/** What other extensions, agents and programs bring to the disk, or do to a save. */
export const PROGRAM_PATHS: readonly SavePath[] = [
  {
    id: 'slow-first',
    title: 'Ctrl+S, with a slow save listener (3 s) of an extension that started before the guard',
    kind: 'script',
    other: { place: 'first', listener: 'slow', ms: SLOW_MS },
    settleMs: AFTER_SLOW_MS,
    go: typeAndSave,
  },
  {
    id: 'slow-last',
    title: 'Ctrl+S, with a slow save listener (3 s) of an extension that started after the guard',
    kind: 'script',
    other: { place: 'last', listener: 'slow', ms: SLOW_MS },
    settleMs: AFTER_SLOW_MS,
    go: typeAndSave,
  },
  {
    id: 'throwing',
    title: 'Ctrl+S, with a save listener that fails',
    kind: 'script',
    other: { place: 'first', listener: 'throwing' },
    go: typeAndSave,
  },
  {
    id: 'inserting-first',
    title: 'Ctrl+S on a clean text, which a save listener from before the guard makes violating',
    kind: 'script',
    other: { place: 'first', listener: 'inserting', text: VIOLATING_LINE },
    go: (cell) => typeAndSave(cell, 'true\n'),
  },
  {
    id: 'inserting-last',
    title: 'Ctrl+S on a clean text, which a save listener from after the guard makes violating',
    kind: 'script',
    other: { place: 'last', listener: 'inserting', text: VIOLATING_LINE },
    go: (cell) => typeAndSave(cell, 'true\n'),
  },
  {
    id: 'formatter',
    title: 'Ctrl+S on a clean text, which the formatter makes violating',
    kind: 'script',
    other: { formatted: VIOLATING_LINE },
    doesNotApply: ({ formatter }) => (formatter ? undefined : WITHOUT_FORMATTER),
    go: (cell) => typeAndSave(cell, 'true\n'),
  },
  {
    id: 'api-save',
    title: '`document.save()` by another extension, of a typed text',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.startCommand('other.save', cell.file);
    },
  },
  {
    id: 'api-save-all',
    title: '`workspace.saveAll()` by another extension, of a typed text',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.startCommand('other.saveAll');
    },
  },
  {
    id: 'api-edit',
    title: '`WorkspaceEdit` and `document.save()` by another extension',
    kind: 'script',
    go: ({ workbench, file }) => workbench.startCommand('other.editAndSave', file, VIOLATING_LINE),
  },
  {
    id: 'refactoring',
    title: "Refactoring by another extension, saved by VS Code's `files.refactoring.autoSave`",
    kind: 'script',
    // VS Code saves a refactoring by itself where it touches more than one file.
    go: ({ workbench, window, file }) =>
      workbench.startCommand('other.refactor', [file, join(window.server.workspace, 'README.md')], VIOLATING_LINE),
  },
  {
    id: 'api-write',
    title: '`workspace.fs.writeFile` by another extension',
    kind: 'script',
    go: ({ workbench, file }) => workbench.startCommand('other.writeFile', file, SCRIPT_TEXT + VIOLATING_LINE),
  },
  {
    id: 'agent',
    title: "The editor's own agent edits the file (model not guarded)",
    kind: 'script',
    go: async ({ workbench, window, file }) => {
      if (!(await agentIsOn(window))) await workbench.enableAgent();
      await workbench.chat.start();
      await workbench.chat.send(`agent edits ${file}`);
    },
  },
  {
    id: 'program',
    title: 'Another program writes the file',
    kind: 'script',
    go: async ({ window, name }) => window.write(`cells/${name}`, SCRIPT_TEXT + VIOLATING_LINE),
  },
];

/** Switching it on opens a page of settings: once is enough. */
function agentIsOn({ server }: GuardedWindow): Promise<boolean> {
  return server.bridge("return vscode.extensions.getExtension('GitHub.copilot-chat')?.isActive === true;", z.boolean());
}
