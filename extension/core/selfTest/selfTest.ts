import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { LedgerEntry } from '../../../verifier/protocol/ledgerEntry.ts';
import { type Log, wait } from '../ports.ts';
import { recordOf, type Said, said, shownOf } from '../said.ts';
import { runFolder, writeLeftovers } from './leftovers.ts';
import { PROMPT_STEPS } from './promptSteps.ts';
import { OwnRecord } from './record.ts';
import { SAVE_STEPS } from './saveSteps.ts';
import { failed, notTested, type Row, type Seen, type SelfTestWorld, type Step } from './step.ts';
import { TOOL_STEPS } from './toolSteps.ts';
import { FIRST_STEPS, LAST_STEPS } from './verifierSteps.ts';

export type SelfTestParts = Omit<SelfTestWorld, 'record' | 'mark' | 'folder' | 'began' | 'willMake' | 'signal'> & {
  readonly log: Log;
  /** Where runs have their folders: private to the extension. */
  readonly root: string;
  /** Calls back with each ledger entry once it is on the disk; the answer ends it. */
  readonly onEntry: (told: (entry: LedgerEntry) => void) => () => void;
};

const stopped = () => said('the self-test was stopped');
/** A step that is stopped, or late, may take so long to tidy up. */
const TIDIED_MS = 8_000;

const STEPS: readonly Step[] = [...FIRST_STEPS, ...PROMPT_STEPS, ...SAVE_STEPS, ...TOOL_STEPS, ...LAST_STEPS];

/**
 * Goes through the real doors of this window in a scratch folder, and says what each did. The person is asked nothing;
 * nothing but entries in the ledger stays behind.
 */
export class SelfTest {
  readonly #parts: SelfTestParts;
  #isRunning = false;

  constructor(parts: SelfTestParts) {
    this.#parts = parts;
  }

  /** Undefined where one is running already. Never rejects. `progress` is told of each step before it begins. */
  async run(signal: AbortSignal, progress: (what: string, of: number) => void): Promise<Row[] | undefined> {
    if (this.#isRunning) return undefined;
    this.#isRunning = true;
    const { clock, script, log, root, onEntry, editor } = this.#parts;
    const mark = `sentinel-self-test-${randomBytes(8).toString('hex')}`;
    const folder = runFolder(root, mark);
    const record = new OwnRecord({ mark, script, clock, signal });
    const stop = onEntry((entry) => record.note(entry));
    const made: string[] = [];
    const willMake = async (path: string) => {
      made.push(path);
      await writeLeftovers(folder, made);
    };
    const world: SelfTestWorld = {
      ...this.#parts,
      record,
      mark,
      folder,
      began: new Date(clock.now()).toISOString(),
      willMake,
      signal,
    };
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeLeftovers(folder, made);
      return await this.#steps(world, progress);
    } catch (error) {
      return [
        {
          id: 'scratch',
          what: said('The scratch folder'),
          ...failed(said('can be written'), describe(error), said('Free some space, then run it again.')),
        },
      ];
    } finally {
      stop();
      script.end();
      await Promise.race([editor.discard(folder), wait(clock, TIDIED_MS)]);
      for (const path of made)
        await rm(path, { force: true }).catch((error: unknown) => log.warn(`${path} could not be removed: ${error}`));
      await rm(folder, { recursive: true, force: true }).catch((error: unknown) => log.warn(`${folder} could not be removed: ${error}`));
      this.#isRunning = false;
    }
  }

  async #steps(world: SelfTestWorld, progress: (what: string, of: number) => void): Promise<Row[]> {
    const rows: Row[] = [];
    let without: Said | undefined;
    for (const step of STEPS) {
      if (world.signal.aborted) without = stopped();
      if (without === undefined) progress(shownOf(step.what()), STEPS.length);
      const seen = without === undefined ? await this.#try(step, world) : notTested(without);
      if (step.isEssential && seen.result === 'failed') without = said('nothing can be tried without the verifier');
      rows.push({ id: step.id, what: step.what(), ...seen });
      this.#parts.log.info(`Self-test: ${step.id}: ${seen.result} (${recordOf(seen.seen)})`);
    }
    return rows;
  }

  /** A step that hangs must not keep the others from being tried. */
  async #try(step: Step, world: SelfTestWorld): Promise<Seen> {
    const late = wait(this.#parts.clock, step.deadlineMs).then(() =>
      failed(
        said('an end'),
        said('nothing for {0} s', step.deadlineMs / 1000),
        said('Run "Sentinel: Show Log", then the self-test again.'),
      ),
    );
    const ended = new Promise<Seen>((resolve) => {
      world.signal.addEventListener('abort', () => resolve(notTested(stopped())), { once: true });
    });
    const run = step.run(world).catch((error: unknown) => failed(said('an answer'), describe(error), said('Run "Sentinel: Show Log".')));
    const seen = await Promise.race([run, late, ended]);
    // What it holds open is closed by itself, as far as it does not hang: only then can the folder go.
    await Promise.race([run, wait(this.#parts.clock, TIDIED_MS)]);
    return seen;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
