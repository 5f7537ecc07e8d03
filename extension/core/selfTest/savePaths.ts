import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { wait } from '../ports.ts';
import { type Said, said } from '../said.ts';
import type { SavePathName } from './expectedSaves.ts';
import { NOTEBOOK_TEXT } from './notebookSample.ts';
import type { SelfTestWorld } from './step.ts';

/** Two rounds of an auto save, so that what is only held once shows. */
const AUTO_SAVE_ROUNDS = 2;
const PASSES_MS = 4_000;
/** From the verdict to its being what the next text is measured against. */
const ACCEPTED_MS = 300;
const notOn = () => said('not switched on here (files.autoSave)');
const HARMLESS = '# nothing else\n';
export const CLEAN = '#!/bin/sh\nset -eu\n';

/** One way to the disk that needs no person. */
export interface SavePath {
  readonly name: SavePathName;
  readonly what: () => Said;
  readonly file: (world: SelfTestWorld) => string;
  /** What is on the disk before; undefined where there is no file. */
  readonly before: string | undefined;
  /** Why it can't be tried here; undefined where it can. */
  readonly obstacle?: (world: SelfTestWorld, path: string) => Said | undefined;
  /** Brings the line to the disk, or tries to. False where this editor can't. */
  readonly go: (world: SelfTestWorld, path: string, line: string) => Promise<boolean>;
  readonly watchMs?: (world: SelfTestWorld, path: string) => number;
  /** The person is asked at once where it is held. */
  readonly asks: boolean;
}

export const scratch = (name: string) => (world: SelfTestWorld) => join(world.folder, `${world.mark}-${name}`);

/** Shows a file and types at its end. */
export async function type(world: SelfTestWorld, path: string, line: string): Promise<boolean> {
  await world.editor.open(path);
  return world.editor.append(path, line);
}

function bySave(
  name: SavePathName,
  what: () => Said,
  by: 'api' | 'command' | 'all' | 'unformatted',
  obstacle?: SavePath['obstacle'],
): SavePath {
  return {
    name,
    what,
    before: CLEAN,
    asks: true,
    file: scratch(`${name}.sh`),
    ...(obstacle ? { obstacle } : {}),
    async go(world, path, line) {
      if (!(await type(world, path, line))) return false;
      await world.editor.save(path, by);
      return true;
    },
  };
}

export const SAVE_PATHS: readonly SavePath[] = [
  bySave('api-save', () => said('Save by an extension or agent (document.save)'), 'api'),
  bySave('command', () => said('The Save command (as Ctrl+S)'), 'command'),
  bySave(
    'save-all',
    () => said('Save All'),
    'all',
    (world) => (world.editor.hasOthersUnsaved(world.folder) ? said('there is other unsaved text, which Save All would save') : undefined),
  ),
  {
    ...bySave('unformatted', () => said('Save without Formatting'), 'unformatted'),
    async go(world, path, line) {
      if (!(await type(world, path, HARMLESS))) return false;
      await world.editor.save(path, 'api');
      await passes(world, path);
      if (!(await type(world, path, line))) return false;
      await world.editor.save(path, 'unformatted');
      return true;
    },
  },
  {
    name: 'focus',
    what: () => said('Auto save on a change of focus'),
    before: CLEAN,
    asks: false,
    file: scratch('focus.sh'),
    obstacle: ({ editor }, path) => (editor.autoSave(path).when === 'focus change' ? undefined : notOn()),
    async go(world, path, line) {
      const other = scratch('other.txt')(world);
      await writeFile(other, 'The editor that gets the focus.\n');
      if (!(await type(world, path, line))) return false;
      await world.editor.open(other);
      await world.editor.discard(other);
      return true;
    },
  },
  {
    name: 'delay',
    what: () => said('Auto save after a delay'),
    before: CLEAN,
    asks: false,
    file: scratch('delay.sh'),
    obstacle: ({ editor }, path) => (editor.autoSave(path).when === 'delay' ? undefined : notOn()),
    watchMs({ editor }, path) {
      const auto = editor.autoSave(path);
      return auto.when === 'delay' ? Math.min(auto.delayMs, 5_000) * AUTO_SAVE_ROUNDS : 0;
    },
    go: type,
  },
  {
    name: 'notebook',
    what: () => said('Save of a notebook'),
    before: NOTEBOOK_TEXT,
    asks: true,
    file: scratch('notebook.ipynb'),
    async go(world, path, line) {
      if (!(await world.editor.openNotebook(path))) return false;
      if (!(await world.editor.append(path, `!${line}`))) return false;
      await world.editor.saveNotebook(path);
      return true;
    },
  },
  {
    name: 'program',
    what: () => said('A write by another program'),
    before: undefined,
    asks: false,
    // VS Code watches the workspace alone.
    file: ({ editor, mark }) => join(editor.workspaceFolder() ?? '', `.${mark}-program.sh`),
    obstacle: ({ editor }) =>
      editor.workspaceFolder() === undefined ? said('no folder is open, and VS Code watches nothing else') : undefined,
    async go(world, path, line) {
      await world.willMake(path);
      await writeFile(path, CLEAN + HARMLESS);
      await passes(world, path);
      await writeFile(path, CLEAN + HARMLESS + line);
      return true;
    },
  },
];

/** Waits for the verdict on a harmless text: what is found after it can be put back to that text. */
async function passes({ record, clock }: SelfTestWorld, path: string): Promise<void> {
  const passed = () => record.ofFile(basename(path)).find(({ verdict }) => verdict === 'pass');
  if (await record.until(passed, PASSES_MS)) await wait(clock, ACCEPTED_MS);
}
