import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { wait } from '../ports.ts';
import { isGuarded } from '../saveScope.ts';
import { DiskLook } from './diskLook.ts';
import { expectedSave, isAsGoodAs, type SaveResult } from './expectedSaves.ts';
import { RISKY } from './promptSteps.ts';
import type { AssessmentEvent } from './record.ts';
import { CLEAN, SAVE_PATHS, type SavePath, scratch, type } from './savePaths.ts';
import { failed, notTested, ok, SEE_LOG, type Seen, type SelfTestWorld, type Step } from './step.ts';

const STEP_MS = 30_000;
/** Something happens by then: a verdict, or a write. */
const HAPPENS_MS = 6_000;
/** A text that is held is watched for so long after its verdict. */
const WATCH_MS = 700;
const FOUND_MS = 8_000;
const ASKED_MS = 4_000;
const ENDED_MS = 2_000;
const REVIEW_TRIES = 20;
const REVIEW_PAUSE_MS = 50;
/** A text that was put back for a moment is there again by then. */
const BACK_MS = 2_000;

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
    if (await settled(world, file, found)) {
      const isBack = !(await readFile(file, 'utf8').catch(() => '')).includes(world.mark);
      return compared(
        'found after',
        expected,
        `found ${seconds} s after it was written; denied${isBack ? ', the text before it was put back' : ''}`,
      );
    }
    return failed(expected, 'found after it was written, but no decision was asked for', SEE_LOG);
  }
  const held = verdict('before');
  if (held === undefined)
    return failed(expected, 'neither written nor held', 'Run the self-test again, and leave the editor alone meanwhile.');
  const isKept = await record.until(() => (editor.unsaved(file)?.includes(world.mark) ? true : undefined), BACK_MS);
  if (!isKept) return failed(expected, 'not written, but the text is not in the editor any more', SEE_LOG);
  if (!path.asks) return compared('held', expected, 'held; the text stays in the editor');
  if (!(await isAsked(world, file, held))) return failed(expected, 'held, but no decision was asked for', SEE_LOG);
  const how = world.script.timesAskedAboutFile(file) > 0 ? 'denied' : 'told by a notification';
  return compared('held', expected, `held; ${how}, the text stays in the editor`);
}

/** Takes the decision that a person would be asked for. False where nobody is asked. */
async function settled(world: SelfTestWorld, file: string, found: AssessmentEvent): Promise<boolean> {
  const { writes, editor, clock } = world;
  await editor.discard(file);
  // The entry is told of a moment before the guard itself knows that the file waits.
  for (let tries = 0; tries < REVIEW_TRIES && !(await writes.review(file)); tries += 1) await wait(clock, REVIEW_PAUSE_MS);
  return isAsked(world, file, found);
}

/** Whether a decision was asked for: by a dialog, or by a notification where auto save is on. Lets it come to its end; what became of it on record is another step's. */
async function isAsked({ record, script }: SelfTestWorld, file: string, { assessmentId }: AssessmentEvent): Promise<boolean> {
  const asked = await record.until(() => (script.timesAskedAboutFile(file) > 0 || script.wasTold(file) ? true : undefined), ASKED_MS);
  if (script.timesAskedAboutFile(file) > 0) await record.until(() => record.outcomeOf(assessmentId), ENDED_MS);
  return asked === true;
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
  ...SAVE_PATHS.map(stepOf),
  unreachable('save-untitled', 'First save of an untitled text, and Save As'),
];
