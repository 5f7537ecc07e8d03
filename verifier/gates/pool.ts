import { Worker } from 'node:worker_threads';
import type { PolicyFolder } from '../policy/folder.ts';
import type { PolicyFolders } from '../protocol/handshake.ts';
import { SentinelError } from '../protocol/problem.ts';
import type { GatePool } from './inProcess.ts';
import type { Answer, Question, WorkerStart } from './workerMessages.ts';

export interface GatePoolOptions {
  readonly folders: PolicyFolders;
  /** Entry of the worker; by default the one beside this file or bundle. */
  readonly workerUrl?: URL;
  /** Time that one question may take before the worker is stopped and replaced, in milliseconds. */
  readonly deadlineMs?: number;
  /** Told of the folders in force, whenever these changed, with the list whose digest is that of the policies. */
  readonly onInForce?: (folders: readonly PolicyFolder[], list: string) => void;
}

const DEADLINE_MS = 10_000;
/** Time for a worker to load its grammar, on a busy machine. */
const START_MS = 60_000;
/** Memory of the worker in MiB: a text that needs more ends the worker, not the verifier. */
const MEMORY_MB = 1024;

/** From sources the entry is TypeScript; a bundle has it beside itself under the name that the build gives it. */
function defaultWorkerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './gatesWorker.mjs', import.meta.url);
}

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const notRun = (why: string, cause?: unknown): SentinelError =>
  new SentinelError('internal', `The gates did not run: ${why}.`, cause === undefined ? undefined : { cause });

/** One worker thread and a queue before it: a second one would only compete for the same cores. */
class WorkerQueue {
  readonly #options: Required<GatePoolOptions>;
  readonly #queue: Waiting[] = [];
  #lastGood: readonly PolicyFolder[] = [];
  #worker: Worker | undefined;
  #ready = false;
  #current: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: Required<GatePoolOptions>) {
    this.#options = options;
  }

  ask(question: Question): Promise<Answer> {
    if (this.#closed) return Promise.reject(new SentinelError('shutting_down', 'The gates are shut down.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ question, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#failCurrent(new SentinelError('shutting_down', 'The gates are shut down.'));
    for (const waiting of this.#queue.splice(0)) waiting.reject(new SentinelError('shutting_down', 'The gates are shut down.'));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#closed || this.#current !== undefined || this.#queue.length === 0) return;
    if (this.#worker === undefined) this.#start();
    if (!this.#ready || this.#worker === undefined) return;
    this.#current = this.#queue.shift();
    if (this.#current === undefined) return;
    const { deadlineMs } = this.#options;
    this.#arm(deadlineMs, `a text took longer than ${deadlineMs} ms`);
    this.#worker.postMessage(this.#current.question);
  }

  #start(): void {
    const data: WorkerStart = { folders: this.#options.folders, lastGood: this.#lastGood };
    const worker = new Worker(this.#options.workerUrl, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      stdout: false,
      stderr: false,
    });
    this.#worker = worker;
    this.#ready = false;
    this.#arm(START_MS, `the worker took longer than ${START_MS} ms to start`);
    worker.on('message', (answer: Answer) => this.#worker === worker && this.#heard(answer));
    worker.on('error', (error) => this.#lost(worker, 'the worker crashed', error));
    worker.on('exit', (code) => this.#lost(worker, `the worker ended (exit code ${code})`));
  }

  #arm(ms: number, why: string): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#timer = setTimeout(() => worker !== undefined && this.#lost(worker, why), ms);
  }

  #heard(answer: Answer): void {
    if (answer.type === 'good') {
      this.#lastGood = answer.folders;
      this.#options.onInForce(answer.folders, answer.list);
      return;
    }
    clearTimeout(this.#timer);
    if (answer.type === 'ready') this.#ready = true;
    else {
      const current = this.#current;
      this.#current = undefined;
      if (answer.type === 'failed') current?.reject(new SentinelError(answer.code, answer.message));
      else current?.resolve(answer);
    }
    this.#next();
  }

  /** The worker hung, crashed or ended: whoever waits for it hears so, the others get a new one. */
  #lost(worker: Worker, why: string, cause?: unknown): void {
    if (this.#worker !== worker) return;
    clearTimeout(this.#timer);
    const started = this.#ready;
    this.#worker = undefined;
    this.#ready = false;
    void worker.terminate();
    this.#failCurrent(notRun(why, cause));
    // One that can't even start would not start for the next in the queue either.
    if (!started) for (const waiting of this.#queue.splice(0)) waiting.reject(notRun(why, cause));
    this.#next();
  }

  #failCurrent(error: Error): void {
    const current = this.#current;
    this.#current = undefined;
    current?.reject(error);
  }
}

/**
 * The gates on a thread of their own. A question that hangs, crashes or exhausts the worker rejects with
 * SentinelError `internal`; the next one finds a new worker with the same policies in force.
 * @throws SentinelError `internal` when the worker can't be started
 */
export async function createGatePool(options: GatePoolOptions): Promise<GatePool> {
  const queue = new WorkerQueue({ workerUrl: defaultWorkerUrl(), deadlineMs: DEADLINE_MS, onInForce: () => undefined, ...options });
  try {
    await queue.ask({ type: 'redact', texts: [] });
  } catch (error) {
    await queue.close();
    throw error;
  }
  return {
    policies: async () => {
      const answer = await queue.ask({ type: 'policies' });
      return answer.type === 'policies' ? answer.value : unexpected(answer);
    },
    catalogue: async () => {
      const answer = await queue.ask({ type: 'catalogue' });
      return answer.type === 'catalogue' ? answer.value : unexpected(answer);
    },
    assess: async (subject, context) => {
      const answer = await queue.ask({ type: 'assess', subject, context });
      return answer.type === 'assess' ? answer.value : unexpected(answer);
    },
    redact: async (texts) => {
      const answer = await queue.ask({ type: 'redact', texts });
      return answer.type === 'redact' ? answer.value : unexpected(answer);
    },
    close: () => queue.close(),
  };
}

function unexpected(answer: Answer): never {
  throw notRun(`the worker answered something else (${answer.type})`);
}
