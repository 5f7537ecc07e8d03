import { parentPort, workerData } from 'node:worker_threads';
import { policyLines } from '../policy/policyLines.ts';
import { SentinelError } from '../protocol/problem.ts';
import { LocalGates } from './inProcess.ts';
import { PolicyLibrary } from './policyFolders.ts';
import { loadShellGrammar } from './shell/grammar.ts';
import type { Answer, Question, WorkerStart } from './workerMessages.ts';

/** Entry of the thread on which the gates run, so that no text can stall the server's event loop (law 9). */

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread; it is started by gates/pool.ts.');

const start: WorkerStart = workerData;
const gates = new LocalGates(new PolicyLibrary(start.folders, start.lastGood), await loadShellGrammar());
const say = (answer: Answer): void => port.postMessage(answer);
let digest: string | undefined;

/** Tells the pool which texts are in force whenever they changed. */
function report(policyDigest: string): void {
  if (policyDigest === digest) return;
  digest = policyDigest;
  const folders = gates.lastGood;
  say({ type: 'good', folders, list: policyLines(folders) });
}

async function answer(question: Question): Promise<Answer> {
  switch (question.type) {
    case 'policies': {
      const value = gates.policies();
      report(value.policyDigest);
      return { type: 'policies', value };
    }
    case 'catalogue': {
      const value = gates.catalogue();
      report(value.policyDigest);
      return { type: 'catalogue', value };
    }
    case 'assess': {
      const value = await gates.assess(question.subject, question.context);
      report(value.policyDigest);
      return { type: 'assess', value };
    }
    case 'redact':
      return { type: 'redact', value: gates.redact(question.texts) };
  }
}

// The pool asks one question at a time.
port.on('message', async (question: Question) => {
  try {
    say(await answer(question));
  } catch (error) {
    if (error instanceof SentinelError) say({ type: 'failed', code: error.code, message: error.message });
    else
      say({
        type: 'failed',
        code: 'internal',
        message: `The gates failed on this text (${error instanceof Error ? error.name : 'unknown reason'}).`,
      });
  }
});
try {
  // Compiled before the first question, which would otherwise wait for it.
  report(gates.policies().policyDigest);
} catch (error) {
  // Without a valid policy each question says so, and an edit may heal it.
  if (!(error instanceof SentinelError)) throw error;
}
say({ type: 'ready' });
