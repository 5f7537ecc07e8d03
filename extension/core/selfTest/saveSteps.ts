import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { wait } from '../ports.ts';
import { isGuarded } from '../saveScope.ts';
import { DiskLook } from './diskLook.ts';
import { expectedSave, isAsGoodAs, type SavePathName, type SaveResult } from './expectedSaves.ts';
import { NOTEBOOK_TEXT } from './notebookSample.ts';
import { RISKY } from './promptSteps.ts';
import type { AssessmentEvent } from './record.ts';
import { failed, notTested, ok, SEE_LOG, type Seen, type SelfTestWorld, type Step } from './step.ts';

const STEP_MS = 30_000;
/** Something happens by then: a verdict, or a write. */
const HAPPENS_MS = 6_000;
/** A text that is held is watched for so long after its verdict. */
const WATCH_MS = 700;
/** Two rounds of an auto save, so that what is only held once shows. */
const AUTO_SAVE_ROUNDS = 2;
const FOUND_MS = 8_000;
const REVIEW_TRIES = 20;
const REVIEW_PAUSE_MS = 50;
/** A text that was put back for a moment is there again by then. */
const BACK_MS = 2_000;
const NOT_ON = 'not switched on here (files.autoSave)';
const CLEAN = '#!/bin/sh\nset -eu\n';

interface SavePath {
  readonly name: SavePathName;
  readonly what: string;
  readonly file: (world: SelfTestWorld) => string;
  /** What is on the disk before; undefined where there is no file. */
  readonly before: string | undefined;
  /** Why it can't be tried here; undefined where it can. */
  readonly obstacle?: (world: SelfTestWorld, path: string) => string | undefined;
  /** Brings the line to the disk, or tries to. False where this editor can't. */
  readonly go: (world: SelfTestWorld, path: string, line: string) => Promise<boolean>;
  readonly watchMs?: (world: SelfTestWorld, path: string) => number;
  /** The person is asked at once where it is held. */
  readonly asks: boolean;
}

const scratch = (name: string) => (world: SelfTestWorld) => join(world.folder, `${world.mark}-${name}`);

async function type(world: SelfTestWorld, path: string, line: string): Promise<boolean> {
  await world.editor.open(path);
  return world.editor.append(path, line);
}

function bySave(
  name: SavePathName,
  what: string,
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

const PATHS: readonly SavePath[] = [
  bySave('api-save', 'Save by an extension or agent (document.save)', 'api'),
  bySave('command', 'The Save command (as Ctrl+S)', 'command'),
  bySave('save-all', 'Save All', 'all', (world) =>
    world.editor.hasOthersUnsaved(world.folder) ? 'there is other unsaved text, which Save All would save' : undefined,
  ),
  bySave('unformatted', 'Save without Formatting', 'unformatted'),
  {
    name: 'focus',
    what: 'Auto save on a change of focus',
    before: CLEAN,
    asks: false,
    file: scratch('focus.sh'),
    obstacle: ({ editor }, path) => (editor.autoSave(path).when === 'focus change' ? undefined : NOT_ON),
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
    what: 'Auto save after a delay',
    before: CLEAN,
    asks: false,
    file: scratch('delay.sh'),
    obstacle: ({ editor }, path) => (editor.autoSave(path).when === 'delay' ? undefined : NOT_ON),
    watchMs({ editor }, path) {
      const auto = editor.autoSave(path);
      return auto.when === 'delay' ? Math.min(auto.delayMs, 5_000) * AUTO_SAVE_ROUNDS : 0;
    },
    go: type,
  },
  {
    name: 'notebook',
    what: 'Save of a notebook',
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
    what: 'A write by another program',
    before: undefined,
    asks: false,
    // VS Code watches the workspace alone.
    file: ({ editor, mark }) => join(editor.workspaceFolder() ?? '', `.${mark}-program.sh`),
    obstacle: ({ editor }) => (editor.workspaceFolder() === undefined ? 'no folder is open, and VS Code watches nothing else' : undefined),
    async go(world, path, line) {
      await world.willMake(path);
      await writeFile(path, CLEAN + line);
      return true;
    },
  },
];

function stepOf(path: SavePath): Step {
  return { id: `save-${path.name}`, what: path.what, deadlineMs: STEP_MS, run: (world) => tryPath(world, path) };
}

async function tryPath(world: SelfTestWorld, path: SavePath): Promise<Seen> {
  const file = path.file(world);
  const expected = expectedSave(path.name, world.saveHook());
  const obstacle = path.obstacle?.(world, file);
  if (obstacle !== undefined) return notTested(obstacle, expected);
  if (!isGuarded(file, world.settings().save))
    return notTested('your settings sentinelai.save.include and exclude leave such files out', expected);
  world.script.ownFile(file);
  const line = `${RISKY} # ${world.mark}`;
  let look: DiskLook | undefined;
  try {
    if (path.before !== undefined) await writeFile(file, path.before, { mode: 0o600 });
    look = new DiskLook(file, line, world.clock);
    if (!(await path.go(world, file, `${line}\n`)))
      return notTested('this editor has no such documents, or did not let them be edited', expected);
    return await judge(world, path, file, look);
  } finally {
    look?.end();
    await world.editor.discard(file);
    await rm(file, { force: true });
  }
}

async function judge(world: SelfTestWorld, path: SavePath, file: string, look: DiskLook): Promise<Seen> {
  const { record, editor, clock } = world;
  const expected = expectedSave(path.name, world.saveHook());
  const verdict = (timing: AssessmentEvent['timing']) =>
    record.ofFile(basename(file)).find((event) => event.timing === timing && event.verdict !== 'pass');
  await record.until(() => (look.wasSeen || verdict('before') ? true : undefined), HAPPENS_MS);
  await look.watch(Math.max(WATCH_MS, path.watchMs?.(world, file) ?? 0));
  if (look.wasSeen) {
    const found = await record.until(() => verdict('after'), FOUND_MS);
    if (found === undefined) return compared('not seen', expected, 'written, and nobody looked at it');
    const seconds = ((clock.now() - (look.seenAt ?? 0)) / 1000).toFixed(1);
    return (await settled(world, file, found))
      ? compared('found after', expected, `found ${seconds} s after it was written; denied`)
      : failed(expected, 'found after it was written, but no decision about it came on record', SEE_LOG);
  }
  const held = verdict('before');
  if (held === undefined)
    return failed(expected, 'neither written nor held', 'Run the self-test again, and leave the editor alone meanwhile.');
  const isKept = await record.until(() => (editor.unsaved(file)?.includes(world.mark) ? true : undefined), BACK_MS);
  if (!isKept) return failed(expected, 'not written, but the text is not in the editor any more', SEE_LOG);
  if (!path.asks) return compared('held', expected, 'held; the text stays in the editor');
  const decided = await record.until(() => record.outcomeOf(held.assessmentId), FOUND_MS);
  if (world.script.timesAskedAboutFile(file) === 0 || decided === undefined)
    return failed(expected, 'held, but no decision was asked for', SEE_LOG);
  return compared('held', expected, 'held; denied, the text stays in the editor');
}

/** Takes the decision that a person would be asked for, and waits until it is on record. */
async function settled(world: SelfTestWorld, file: string, { assessmentId }: AssessmentEvent): Promise<boolean> {
  const { record, writes, editor, clock } = world;
  await editor.discard(file);
  // The entry is told of a moment before the guard itself knows that the file waits.
  for (let tries = 0; tries < REVIEW_TRIES && !(await writes.review(file)); tries += 1) await wait(clock, REVIEW_PAUSE_MS);
  return (await record.until(() => record.outcomeOf(assessmentId), FOUND_MS)) !== undefined;
}

function compared(seen: SaveResult, expected: SaveResult, words: string): Seen {
  if (isAsGoodAs(seen, expected)) return ok(expected, words);
  return failed(
    expected,
    words,
    seen === 'not seen'
      ? 'Look at "Sentinel: Doctor": a setting (files.watcherExclude) or another extension keeps the guard from seeing it.'
      : 'Look at "Sentinel: Doctor": a setting (editor.codeActionsOnSave) or a slow extension keeps the guard from holding it.',
  );
}

const hook: Step = {
  id: 'save-hook',
  what: 'VS Code asks the guard on every save',
  deadlineMs: 1_000,
  async run({ saveHook }): Promise<Seen> {
    const expected = 'on every save';
    if (saveHook() === 'always') return ok(expected, 'on every save');
    return failed(
      expected,
      saveHook() === 'off' ? 'never' : 'on explicit saves alone',
      'Set "source.sentinelai": "always" in editor.codeActionsOnSave. Without it saves are held by the second line alone.',
    );
  },
};

const clean: Step = {
  id: 'save-clean',
  what: 'Save of a harmless text',
  deadlineMs: STEP_MS,
  async run(world): Promise<Seen> {
    const expected = 'saved without a question';
    const file = scratch('clean.sh')(world);
    if (!isGuarded(file, world.settings().save)) return notTested('your settings leave such files out', expected);
    world.script.ownFile(file);
    const line = `# ${world.mark}`;
    const look = new DiskLook(file, line, world.clock);
    try {
      await writeFile(file, CLEAN, { mode: 0o600 });
      if (!(await type(world, file, `${line}\n`))) return notTested('this editor did not let a file be edited', expected);
      const { answers, onSave } = await world.editor.formatter(file);
      await world.editor.save(file, 'api');
      await world.record.until(() => (look.wasSeen ? true : undefined), HAPPENS_MS);
      if (!look.wasSeen) return failed(expected, 'not saved', 'The verifier may be too slow on this machine: run "Sentinel: Show Log".');
      if (world.script.timesAskedAboutFile(file) > 0) return failed(expected, 'saved, but after a question', SEE_LOG);
      return ok(expected, `saved (a formatter ${answers ? 'answers' : 'did not answer'} here, format on save is ${onSave ? 'on' : 'off'})`);
    } finally {
      look.end();
      await world.editor.discard(file);
      await rm(file, { force: true });
    }
  },
};

/** VS Code asks a person for the name, so nothing here can take these paths. */
function unreachable(id: string, what: string): Step {
  return {
    id,
    what,
    deadlineMs: 1_000,
    run: async () => notTested('VS Code asks a person where to save', 'held'),
  };
}

export const SAVE_STEPS: readonly Step[] = [
  hook,
  clean,
  ...PATHS.map(stepOf),
  unreachable('save-untitled', 'First save of an untitled text, and Save As'),
];
