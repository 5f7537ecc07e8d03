import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { wait } from '../ports.ts';
import { type Said, said } from '../said.ts';
import { isGuarded } from '../saveScope.ts';
import { DiskLook } from './diskLook.ts';
import { expectedSave, isAsGoodAs, type SaveResult } from './expectedSaves.ts';
import { RISKY } from './promptSteps.ts';
import type { AssessmentEvent } from './record.ts';
import { CLEAN, SAVE_PATHS, type SavePath, scratch, type } from './savePaths.ts';
import { failed, notTested, ok, type Seen, type SelfTestWorld, type Step, seeLog } from './step.ts';

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
  if (obstacle !== undefined) return notTested(obstacle, saveWords(expected));
  if (!isGuarded(file, world.settings().save))
    return notTested(said('your settings sentinelai.save.include and exclude leave such files out'), saveWords(expected));
  world.script.ownFile(file);
  const line = `${RISKY} # ${world.mark}`;
  let look: DiskLook | undefined;
  try {
    if (path.before !== undefined) await writeFile(file, path.before, { mode: 0o600 });
    look = new DiskLook(file, line, world.clock);
    if (!(await path.go(world, file, `${line}\n`)))
      return notTested(said('this editor has no such documents, or did not let them be edited'), saveWords(expected));
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
    if (found === undefined) return compared('not seen', expected, said('written, and nobody looked at it'));
    const seconds = ((clock.now() - (look.seenAt ?? 0)) / 1000).toFixed(1);
    if (await settled(world, file, found)) {
      const isBack = !(await readFile(file, 'utf8').catch(() => '')).includes(world.mark);
      return compared(
        'found after',
        expected,
        isBack
          ? said('found {0} s after it was written; denied, the text before it was put back', seconds)
          : said('found {0} s after it was written; denied', seconds),
      );
    }
    return failed(saveWords(expected), said('found after it was written, but no decision was asked for'), seeLog());
  }
  const held = verdict('before');
  if (held === undefined)
    return failed(
      saveWords(expected),
      said('neither written nor held'),
      said('Run the self-test again, and leave the editor alone meanwhile.'),
    );
  const isKept = await record.until(() => (editor.unsaved(file)?.includes(world.mark) ? true : undefined), BACK_MS);
  if (!isKept) return failed(saveWords(expected), said('not written, but the text is not in the editor any more'), seeLog());
  if (!path.asks) return compared('held', expected, said('held; the text stays in the editor'));
  if (!(await isAsked(world, file, held))) return failed(saveWords(expected), said('held, but no decision was asked for'), seeLog());
  const how =
    world.script.timesAskedAboutFile(file) > 0
      ? said('held; denied, the text stays in the editor')
      : said('held; told by a notification, the text stays in the editor');
  return compared('held', expected, how);
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

function compared(seen: SaveResult, expected: SaveResult, words: Said): Seen {
  if (isAsGoodAs(seen, expected)) return ok(saveWords(expected), words);
  return failed(
    saveWords(expected),
    words,
    seen === 'not seen'
      ? said('Look at "Sentinel: Doctor": a setting (files.watcherExclude) or another extension keeps the guard from seeing it.')
      : said('Look at "Sentinel: Doctor": a setting (editor.codeActionsOnSave) or a slow extension keeps the guard from holding it.'),
  );
}

function saveWords(result: SaveResult): Said {
  if (result === 'held') return said('held');
  return result === 'found after' ? said('found after') : said('not seen');
}

function formatterWords(answers: boolean, onSave: boolean): Said {
  if (answers)
    return onSave
      ? said('saved (a formatter answers here, format on save is on)')
      : said('saved (a formatter answers here, format on save is off)');
  return onSave
    ? said('saved (no formatter answered here, format on save is on)')
    : said('saved (no formatter answered here, format on save is off)');
}

const hook: Step = {
  id: 'save-hook',
  what: () => said('VS Code asks the guard on every save'),
  deadlineMs: 1_000,
  async run({ saveHook }): Promise<Seen> {
    const expected = said('on every save');
    if (saveHook() === 'always') return ok(expected, said('on every save'));
    return failed(
      expected,
      saveHook() === 'off' ? said('never') : said('on explicit saves alone'),
      said('Set "source.sentinelai": "always" in editor.codeActionsOnSave. Without it saves are held by the second line alone.'),
    );
  },
};

const clean: Step = {
  id: 'save-clean',
  what: () => said('Save of a harmless text'),
  deadlineMs: STEP_MS,
  async run(world): Promise<Seen> {
    const expected = said('saved without a question');
    const file = scratch('clean.sh')(world);
    if (!isGuarded(file, world.settings().save)) return notTested(said('your settings leave such files out'), expected);
    world.script.ownFile(file);
    const line = `# ${world.mark}`;
    const look = new DiskLook(file, line, world.clock);
    try {
      await writeFile(file, CLEAN, { mode: 0o600 });
      if (!(await type(world, file, `${line}\n`))) return notTested(said('this editor did not let a file be edited'), expected);
      const { answers, onSave } = await world.editor.formatter(file);
      await world.editor.save(file, 'api');
      await world.record.until(() => (look.wasSeen ? true : undefined), HAPPENS_MS);
      if (!look.wasSeen)
        return failed(expected, said('not saved'), said('The verifier may be too slow on this machine: run "Sentinel: Show Log".'));
      if (world.script.timesAskedAboutFile(file) > 0) return failed(expected, said('saved, but after a question'), seeLog());
      return ok(expected, formatterWords(answers, onSave));
    } finally {
      look.end();
      await world.editor.discard(file);
      await rm(file, { force: true });
    }
  },
};

/** VS Code asks a person for the name, so nothing here can take these paths. */
function unreachable(id: string, what: () => Said): Step {
  return {
    id,
    what,
    deadlineMs: 1_000,
    run: async () => notTested(said('VS Code asks a person where to save'), saveWords('held')),
  };
}

export const SAVE_STEPS: readonly Step[] = [
  hook,
  clean,
  ...SAVE_PATHS.map(stepOf),
  unreachable('save-untitled', () => said('First save of an untitled text, and Save As')),
];
