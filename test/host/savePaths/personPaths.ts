import { sourceOf, VIOLATING_LINE } from './sampleFiles.ts';
import type { SavePath } from './savePath.ts';
import { answerWithPath, leaveWindow, typeAndSave, typeIntoLarge, typeIntoNotebook, typeLine } from './typing.ts';

/** How long an auto save that comes again and again is watched. */
const SEVERAL_AUTO_SAVES_MS = 3_000;
const AUTO_SAVE_DELAY_MS = 300;

const TYPED_ON = '# copies what changed since';

/** VS Code writes a large file in pieces. */
const LARGE_MS = 4_000;

/** What a person's hand, or the editor on a person's behalf, brings to the disk. */
export const PERSON_PATHS: readonly SavePath[] = [
  { id: 'ctrl-s', title: 'Ctrl+S', kind: 'script', go: typeAndSave },
  {
    id: 'command',
    title: 'Save from the command palette',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.startCommand('workbench.action.files.save');
    },
  },
  {
    id: 'save-all',
    title: 'Save All',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.startCommand('workbench.action.files.saveAll');
    },
  },
  {
    id: 'close',
    title: 'Close the editor and answer Save',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.startCommand('workbench.action.closeActiveEditor');
      await cell.workbench.dialog.press('Save');
    },
  },
  {
    id: 'focus',
    title: 'Auto save on a change of focus',
    kind: 'script',
    settings: { 'files.autoSave': 'onFocusChange' },
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.showFile('README.md');
    },
  },
  {
    id: 'window',
    title: 'Auto save on leaving the window',
    kind: 'script',
    settings: { 'files.autoSave': 'onWindowChange' },
    go: async (cell) => {
      await typeLine(cell);
      await leaveWindow(cell);
    },
  },
  {
    id: 'delay',
    title: 'Auto save after a delay',
    kind: 'script',
    settings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': AUTO_SAVE_DELAY_MS },
    settleMs: SEVERAL_AUTO_SAVES_MS,
    go: typeLine,
  },
  {
    id: 'delay-typing',
    title: 'Auto save after a delay, while the person goes on typing',
    kind: 'script',
    settings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': AUTO_SAVE_DELAY_MS },
    keeps: `${VIOLATING_LINE}${TYPED_ON}`,
    settleMs: SEVERAL_AUTO_SAVES_MS,
    go: async (cell) => {
      await typeLine(cell);
      for (const [index, letter] of [...TYPED_ON].entries()) {
        await cell.workbench.page.keyboard.type(letter);
        // Just about when an auto save begins, a little later each time.
        await cell.workbench.page.waitForTimeout(AUTO_SAVE_DELAY_MS - 20 + (index % 8) * 20);
      }
    },
  },
  {
    id: 'unformatted',
    title: 'Save without Formatting (Ctrl+K S)',
    kind: 'script',
    go: async (cell) => {
      await typeLine(cell);
      await cell.workbench.page.keyboard.press('Control+k');
      await cell.workbench.page.keyboard.press('s');
    },
  },
  {
    id: 'untitled',
    title: 'First save of a new, untitled text',
    kind: 'absent',
    go: async (cell) => {
      const { workbench } = cell;
      await workbench.command('workbench.action.files.newUntitledFile', { languageId: 'shellscript' });
      await workbench.focusEditor();
      await workbench.typeAtEnd(VIOLATING_LINE);
      await workbench.save();
      await answerWithPath(cell);
    },
  },
  {
    id: 'save-as',
    title: 'Save As',
    kind: 'absent',
    go: async (cell) => {
      await typeLine({ ...cell, file: sourceOf(cell.file) });
      await cell.workbench.startCommand('workbench.action.files.saveAs');
      await answerWithPath(cell);
    },
  },
  {
    id: 'notebook',
    title: 'Ctrl+S in a notebook',
    kind: 'notebook',
    go: async (cell) => {
      await typeIntoNotebook(cell);
      await cell.workbench.save();
    },
  },
  {
    id: 'notebook-delay',
    title: 'Auto save of a notebook after a delay',
    kind: 'notebook',
    settings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': AUTO_SAVE_DELAY_MS },
    settleMs: SEVERAL_AUTO_SAVES_MS,
    go: typeIntoNotebook,
  },
  { id: 'outside', title: 'Ctrl+S in a file outside the workspace', kind: 'outside', go: typeAndSave },
  { id: 'mb-6', title: 'Ctrl+S in a file of 6 MB', kind: { megabytes: 6 }, settleMs: LARGE_MS, go: typeAndSave },
  { id: 'mb-25', title: 'Ctrl+S in a file of 25 MB (large-file mode)', kind: { megabytes: 25 }, settleMs: LARGE_MS, go: typeAndSave },
  {
    id: 'mb-55',
    title: 'Ctrl+S in a file of 55 MB (not given to extensions)',
    kind: { megabytes: 55 },
    settleMs: LARGE_MS,
    go: async (cell) => {
      await typeIntoLarge(cell);
      await cell.workbench.save();
    },
  },
];
