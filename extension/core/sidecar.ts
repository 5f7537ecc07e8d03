import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Hello } from '../../verifier/protocol/handshake.ts';
import type { LedgerEntry } from '../../verifier/protocol/ledgerEntry.ts';
import type { Health } from '../../verifier/protocol/routes.ts';
import { createClient, type Verifier } from './client.ts';
import { type Clock, type Log, wait } from './ports.ts';
import { type Said, said } from './said.ts';
import { type SidecarProcess, type SidecarProgram, startSidecar } from './sidecarProcess.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

export type SidecarState =
  | { readonly name: 'stopped' }
  | { readonly name: 'starting' }
  | { readonly name: 'healthy'; readonly health: Health }
  | { readonly name: 'down'; readonly why: Said };

/** All times in milliseconds. */
export const LIMITS = {
  healthyWithin: 15_000,
  /** An antivirus can hold a new program up for longer: each start that is late gives the next one twice the time, up to this. */
  longestStart: 120_000,
  loadPoll: 50,
  pollEvery: 5_000,
  /** While nobody asks it anything: a verifier at rest should cost nothing. */
  idlePollEvery: 60_000,
  /** It counts as asked for this long. */
  askedFor: 10_000,
  pollDeadline: 5_000,
  /** First wait after a failure; it doubles up to the longest. */
  firstBackOff: 500,
  longestBackOff: 30_000,
  stopGrace: 3_000,
} as const;

/** What the verifier is told at its start, apart from the tokens. Asked anew for each start. */
export type HelloSource = () => Promise<Omit<Hello, 'protocol' | 'assessToken' | 'decideToken'>>;

interface Life {
  readonly process: SidecarProcess;
  readonly verifier: Verifier;
}

/**
 * Keeps one verifier running. `state` events tell each change, `entry` events each ledger entry.
 * A verifier that died or hangs is replaced after a growing pause; meanwhile every caller gets an
 * error and holds back.
 */
export class Sidecar extends EventEmitter<{ state: [SidecarState]; entry: [LedgerEntry] }> {
  readonly #program: SidecarProgram;
  readonly #hello: HelloSource;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: Readonly<Record<keyof typeof LIMITS, number>>;
  #state: SidecarState = { name: 'stopped' };
  #life: Life | undefined;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #wanted = false;
  #failures = 0;
  #lateStarts = 0;
  #lastAsked = 0;
  #cancelTimer: () => void = () => {};
  /** Set while the next look is as far off as an idle verifier's. */
  #lookSooner: (() => void) | undefined;

  constructor(parts: {
    program: SidecarProgram;
    hello: HelloSource;
    clock: Clock;
    log: Log;
    limits?: Partial<Record<keyof typeof LIMITS, number>>;
  }) {
    super();
    this.#program = parts.program;
    this.#hello = parts.hello;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#limits = { ...LIMITS, ...parts.limits };
  }

  get state(): SidecarState {
    return this.#state;
  }

  /** Process id of the running verifier. */
  get pid(): number | undefined {
    return this.#life?.process.pid;
  }

  /** Starts, or starts again. Calls while one is running are folded into one more. */
  restart(): Promise<void> {
    this.#wanted = true;
    this.#failures = 0;
    return this.#replace();
  }

  /** The running verifier. Waits for one that is starting; otherwise a {@link VerifierError}. */
  async verifier(): Promise<Verifier> {
    while (this.#running) await this.#running;
    if (this.#life && this.#state.name === 'healthy') {
      this.#lastAsked = this.#clock.now();
      this.#lookSooner?.();
      return this.#life.verifier;
    }
    const why = this.#state.name === 'down' ? this.#state.why : said('it is stopped');
    throw new VerifierError('not_running', said('The verifier is not running: {0}', why));
  }

  /** Ends the verifier and does not start it again. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#cancelTimer();
    while (this.#running) await this.#running;
    await this.#end();
    this.#enter({ name: 'stopped' });
  }

  #replace(): Promise<void> {
    this.#cancelTimer();
    if (!this.#running) {
      this.#running = this.#begin().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return this.#wanted ? this.#replace() : undefined;
    });
    return this.#queued;
  }

  async #begin(): Promise<void> {
    await this.#end();
    if (!this.#wanted) return;
    this.#enter({ name: 'starting' });
    const assessToken = randomBytes(32).toString('hex');
    const decideToken = randomBytes(32).toString('hex');
    const patience = Math.min(this.#limits.longestStart, this.#limits.healthyWithin * 2 ** this.#lateStarts);
    const deadline = this.#clock.now() + patience;
    let process: SidecarProcess | undefined;
    try {
      const hello = { ...(await this.#hello()), assessToken, decideToken };
      process = await startSidecar(this.#program, hello, {
        clock: this.#clock,
        log: this.#log,
        events: { entry: (entry) => this.emit('entry', entry) },
        limitMs: patience,
      });
      const verifier = createClient({ socket: process.ready.socket, assessToken, decideToken, person: process.ready.person });
      const health = await this.#loaded(verifier, deadline);
      this.#lateStarts = 0;
      const life = { process, verifier };
      this.#life = life;
      this.#lastAsked = this.#clock.now();
      void process.ended.then((why) => this.#died(life, why));
      this.#log.info(`The verifier is running (version ${health.version}, process ${process.pid}).`);
      this.#enter({ name: 'healthy', health });
      this.#pollLater(life, 0);
    } catch (error) {
      process?.kill();
      const problem = asVerifierError(error);
      if (problem.code === 'late') this.#lateStarts += 1;
      this.#failed({ record: problem.message, shown: problem.shown });
    }
  }

  /** The first answer tells who is there; the gates load after it, and until then nothing can be checked. */
  async #loaded(verifier: Verifier, deadline: number): Promise<Health> {
    for (;;) {
      const health = await verifier.health({ deadlineMs: Math.max(1, deadline - this.#clock.now()) });
      if (health.layers.gates.state !== 'pending') return health;
      if (this.#clock.now() >= deadline) throw new VerifierError('late', said('The gates were not loaded in time.'));
      await wait(this.#clock, this.#limits.loadPoll);
    }
  }

  async #end(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    this.#lookSooner = undefined;
    await life?.process.stop(this.#limits.stopGrace);
  }

  #died(life: Life, why: Said): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    this.#failed(said('{0}.', why));
  }

  #failed(why: Said): void {
    this.#cancelTimer();
    this.#lookSooner = undefined;
    if (!this.#wanted) return;
    const pause = Math.min(this.#limits.longestBackOff, this.#limits.firstBackOff * 2 ** this.#failures);
    this.#failures += 1;
    this.#log.error(`The verifier is down: ${why.record} Next attempt in ${pause / 1000} s.`);
    this.#enter({ name: 'down', why });
    this.#cancelTimer = this.#clock.after(pause, () => void this.#replace());
  }

  #pollLater(life: Life, polls: number): void {
    this.#cancelTimer();
    const { pollEvery, idlePollEvery, askedFor } = this.#limits;
    const idle = this.#clock.now() - this.#lastAsked > askedFor;
    this.#lookSooner = idle ? () => this.#pollLater(life, polls) : undefined;
    this.#cancelTimer = this.#clock.after(idle ? idlePollEvery : pollEvery, () => void this.#poll(life, polls));
  }

  async #poll(life: Life, polls: number): Promise<void> {
    try {
      const health = await life.verifier.health({ deadlineMs: this.#limits.pollDeadline });
      if (this.#life !== life) return;
      // Only a verifier that stays up for a while earns short pauses again.
      if (polls >= 2) this.#failures = 0;
      this.#enter({ name: 'healthy', health });
      this.#pollLater(life, polls + 1);
    } catch (error) {
      if (this.#life !== life) return;
      this.#life = undefined;
      life.process.kill();
      const { message, shown } = asVerifierError(error);
      this.#failed(said('It did not answer its health check ({0})', { record: message, shown }));
    }
  }

  #enter(state: SidecarState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
