import { randomUUID } from 'node:crypto';
import type { Verifier } from '../../extension/core/client.ts';
import type {
  ChatView,
  Clock,
  Dialog,
  Documents,
  DocumentText,
  Log,
  Model,
  NamedStorage,
  Problems,
  Question,
  Unassessable,
} from '../../extension/core/ports.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import type { Assessment, Finding } from '../../verifier/protocol/assessment.ts';
import type { ExecutionResult, Person, Receipt } from '../../verifier/protocol/decision.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { History, HistoryAsked } from '../../verifier/protocol/history.ts';
import type { PolicyCatalogue } from '../../verifier/protocol/policyCatalogue.ts';
import type { CheckIntent, Erase, Erased, Health, Notice, Verify } from '../../verifier/protocol/routes.ts';
import { type Subject, subjectText } from '../../verifier/protocol/subject.ts';
import type { AcceptedSuppression, SuppressionChange } from '../../verifier/protocol/suppressionRoutes.ts';
import type { Unassessed } from '../../verifier/protocol/unassessed.ts';
import type { Verdict } from '../../verifier/protocol/vocabulary.ts';

export const PERSON = { name: 'Ada', source: 'os-user' } as const;

/** Time that passes only when told, or at once where `eager`. */
export class FakeClock implements Clock {
  time = 0;
  #timers: { at: number; run: () => void }[] = [];
  now(): number {
    return this.time;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  /** Timers that have not run. */
  get waiting(): number {
    return this.#timers.length;
  }
  /** Lets time pass in the order of the timers, and everything that follows from them. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.time = next.at;
      next.run();
      await settle();
    }
    this.time = end;
  }
}

/** Lets pending promises run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A dialog whose answers are given in advance; it waits where there are none. */
export class FakeDialog implements Dialog {
  readonly questions: Question[] = [];
  readonly reasonsAsked: string[] = [];
  readonly told: string[] = [];
  /** The actions of each notification. */
  readonly offered: string[][] = [];
  answers: (string | undefined)[] = [];
  reasons: (string | undefined)[] = [];
  toldAnswers: (string | undefined)[] = [];
  open = 0;
  mostOpen = 0;
  #waiting: ((answer: string | undefined) => void)[] = [];

  async ask(question: Question): Promise<string | undefined> {
    this.questions.push(question);
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    const answer =
      this.answers.length > 0 ? this.answers.shift() : await new Promise<string | undefined>((resolve) => this.#waiting.push(resolve));
    this.open -= 1;
    return answer;
  }
  /** Presses a button of the dialog that is open. */
  press(answer: string | undefined): void {
    this.#waiting.shift()?.(answer);
  }
  async askReason(title: string): Promise<string | undefined> {
    this.reasonsAsked.push(title);
    return this.reasons.shift();
  }
  async tell(_level: string, message: string, ...actions: string[]): Promise<string | undefined> {
    this.told.push(message);
    this.offered.push(actions);
    return this.toldAnswers.shift();
  }
}

export class FakeLog implements Log {
  readonly lines: string[] = [];
  debug = (message: string) => void this.lines.push(`debug ${message}`);
  info = (message: string) => void this.lines.push(`info ${message}`);
  warn = (message: string) => void this.lines.push(`warn ${message}`);
  error = (message: string) => void this.lines.push(`error ${message}`);
}

export class FakeStorage implements NamedStorage {
  readonly files = new Map<string, string>();
  read = async (name: string) => this.files.get(name);
  write = async (name: string, text: string) => void this.files.set(name, text);
  remove = async (name: string) => void this.files.delete(name);
  names = async () => [...this.files.keys()];
}

export class FakeProblems implements Problems {
  readonly shown = new Map<string, readonly Finding[]>();
  /** Paths whose findings are about a text that is not on disk, and the line that says so. */
  readonly held = new Map<string, string>();
  set(path: string, findings: readonly Finding[]): void {
    this.shown.set(path, findings);
    this.held.delete(path);
  }
  setHeld(path: string, findings: readonly Finding[], why: string): void {
    this.shown.set(path, findings);
    this.held.set(path, why);
  }
}

export function finding(verdict: 'review' | 'block', message = 'Deletes everything.'): Finding {
  return {
    ruleId: 'destructive-operations.recursive-delete',
    policy: 'destructive-operations',
    layer: 'gates',
    severity: verdict === 'block' ? 'critical' : 'medium',
    verdict,
    message,
    remediation: 'Name the folder.',
    evidence: { excerpt: 'rm -rf /', digest: sha256('rm -rf /') },
    location: { startLine: 2, endLine: 2 },
    isNew: true,
  };
}

export function assessmentOf(subject: Subject, verdict: Verdict, requestId = 'r'): Assessment {
  const digest = sha256(subjectText(subject));
  return {
    id: randomUUID(),
    nonce: randomUUID(),
    requestId,
    time: '2026-01-01T00:00:00.000Z',
    timing: 'before',
    verdict,
    findings: verdict === 'pass' ? [] : [finding(verdict)],
    trace: [],
    layers: { gates: { state: 'ran', ms: 1 }, audit: { state: 'off', why: 'no API key is set', ms: 0 } },
    subjectDigest: digest,
    policyDigest: sha256('policies'),
    inputsDigest: sha256(JSON.stringify(subject)),
    cached: false,
    policyProblems: [],
    seq: 1,
  };
}

interface Issued {
  readonly assessment: Assessment;
  nonce: string;
  decided?: 'approve' | 'deny';
}

/** A verifier with the real one's rules on nonces, in memory. `judge` gives the verdict for a text. */
export class FakeVerifier implements Verifier {
  readonly person: Person = PERSON;
  readonly asked: (Verify | CheckIntent)[] = [];
  readonly recorded: ExecutionResult[] = [];
  readonly notices: Notice[] = [];
  catalogue: PolicyCatalogue = { policyDigest: sha256('policies'), policies: [] };
  readonly issued = new Map<string, Issued>();
  judge: (text: string, asked: Verify | CheckIntent) => Verdict | Promise<Verdict>;
  /** Set to make every call fail from now on. */
  failure: VerifierError | undefined;
  #seq = 10;

  constructor(judge: FakeVerifier['judge'] = (text) => (text.includes('BAD') ? 'block' : text.includes('ODD') ? 'review' : 'pass')) {
    this.judge = judge;
  }

  async #issue(asked: Verify | CheckIntent, subject: Subject): Promise<Assessment> {
    this.asked.push(asked);
    const verdict = await this.judge(subjectText(subject), asked);
    if (this.failure) throw this.failure;
    const assessment = {
      ...assessmentOf(subject, verdict, asked.requestId),
      timing: ('timing' in asked && asked.timing) || ('before' as const),
    };
    this.issued.set(assessment.id, { assessment, nonce: assessment.nonce });
    return assessment;
  }
  checkIntent = (body: CheckIntent) => this.#issue(body, { kind: 'prompt', text: body.prompt });
  verify = (body: Verify) => this.#issue(body, body.subject);
  pending = async () => [];
  async claim(assessmentId: string) {
    if (this.failure) throw this.failure;
    const item = this.issued.get(assessmentId);
    if (!item || item.decided) throw new VerifierError('already_decided', 'decided');
    item.nonce = randomUUID();
    return { assessmentId, nonce: item.nonce };
  }
  async record(body: ExecutionResult): Promise<Receipt> {
    if (this.failure) throw this.failure;
    const item = this.issued.get(body.assessmentId);
    if (!item) throw new VerifierError('not_found', 'unknown');
    if (item.nonce !== body.nonce) throw new VerifierError('nonce_spent', 'spent');
    if (body.decision?.choice === 'approve' && item.assessment.verdict === 'block' && !body.decision.reason)
      throw new VerifierError('reason_required', 'reason');
    item.nonce = randomUUID();
    if (body.decision) item.decided = body.decision.choice;
    this.recorded.push(body);
    this.#seq += 1;
    return {
      seq: this.#seq,
      hash: sha256(String(this.#seq)),
      chain: randomUUID(),
      anchor: 'off',
      ...(body.decision ? { nonce: item.nonce } : {}),
    };
  }
  async notice(body: Notice): Promise<Receipt> {
    if (this.failure) throw this.failure;
    this.notices.push(body);
    return { seq: 1, hash: sha256('n'), chain: randomUUID(), anchor: 'off' };
  }
  readonly erasures: Erase[] = [];
  async erase(body: Erase): Promise<Erased> {
    if (this.failure) throw this.failure;
    this.erasures.push(body);
    return { entries: 3, chains: 1, busy: 0 };
  }
  policies = async () => this.catalogue;
  readonly suppressed: SuppressionChange[] = [];
  acceptedSuppressions: AcceptedSuppression[] = [];
  suppressions = async () => this.acceptedSuppressions;
  async suppress(change: SuppressionChange): Promise<Receipt> {
    if (this.failure) throw this.failure;
    this.suppressed.push(change);
    return { seq: 1, hash: sha256('s'), chain: randomUUID(), anchor: 'off' };
  }
  told: History = { items: [], gaps: [], passed: 0, unreadable: 0, complete: true };
  readonly historyAsked: HistoryAsked[] = [];
  history = async (asked: HistoryAsked) => {
    this.historyAsked.push(asked);
    return this.told;
  };
  readonly unassessedActions: Unassessed[] = [];
  async unassessed(body: Unassessed): Promise<Receipt> {
    if (this.failure) throw this.failure;
    if (!this.unassessedActions.some(({ id }) => id === body.id)) this.unassessedActions.push(body);
    return { seq: 2, hash: sha256(body.id), chain: randomUUID(), anchor: 'off' };
  }
  health = async (): Promise<Health> => healthOf();

  /** `deny`, `deny:cancelled`, `approve`, or an outcome, in the order in which they were recorded. */
  get story(): string[] {
    return this.recorded.map(({ decision, outcome }) =>
      decision ? `${decision.choice}${decision.cause ? `:${decision.cause}` : ''}` : (outcome ?? ''),
    );
  }
}

export function healthOf(): Health {
  return {
    version: '0.1.0',
    protocol: 1,
    proof: '00',
    policyDigest: sha256('policies'),
    policyProblems: [],
    layers: { gates: { state: 'ran', ms: 1 }, audit: { state: 'off', why: 'no API key is set', ms: 0 } },
    ledger: { chain: randomUUID(), seq: 7, dir: '/ledger' },
    person: PERSON,
    outboxDepth: 0,
    pending: 0,
  };
}

export class FakeView implements ChatView {
  shown = '';
  readonly progressed: string[] = [];
  recoveries = 0;
  show(markdown: string): void {
    this.shown += markdown;
  }
  progress(message: string): void {
    this.progressed.push(message);
  }
  offerRecovery(): void {
    this.recoveries += 1;
  }
}

/** Answers with the given chunks. */
export class FakeModel implements Model {
  readonly id = 'test/model';
  readonly calls: string[][] = [];
  readonly chunks: readonly string[];
  readonly #beforeChunk: (index: number) => void | Promise<void>;
  constructor(chunks: readonly string[], beforeChunk: (index: number) => void | Promise<void> = () => {}) {
    this.chunks = chunks;
    this.#beforeChunk = beforeChunk;
  }
  async send(messages: readonly { role: string; text: string }[]): Promise<AsyncIterable<string>> {
    this.calls.push(messages.map(({ role, text }) => `${role}: ${text}`));
    const { chunks } = this;
    const before = this.#beforeChunk;
    return (async function* () {
      for (const [index, chunk] of chunks.entries()) {
        await before(index);
        yield chunk;
      }
    })();
  }
}

/** Open documents and a disk. `save` asks the guard first, as VS Code does. */
export class FakeDocuments implements Documents {
  readonly editors = new Map<string, { text: string; dirty: boolean }>();
  readonly disk = new Map<string, string>();
  /** Files that no text can be had from, and why. */
  readonly unassessable = new Map<string, string>();
  mayWrite: (document: DocumentText) => Promise<boolean> = async () => true;
  wasSaved: (document: DocumentText) => unknown = () => {};
  /** Another part of VS Code that changes the text after the check. */
  format: (text: string) => string = (text) => text;

  edit(path: string, text: string): void {
    this.editors.set(path, { text, dirty: true });
  }
  document(path: string): DocumentText {
    return { path, language: 'shellscript', text: this.editors.get(path)?.text ?? '' };
  }
  open(path: string) {
    const editor = this.editors.get(path);
    return editor && { ...this.document(path), dirty: editor.dirty };
  }
  async onDisk(path: string): Promise<DocumentText | Unassessable | undefined> {
    const unassessable = this.unassessable.get(path);
    if (unassessable !== undefined) return { unassessable };
    const text = this.disk.get(path);
    return text === undefined ? undefined : { path, language: '', text };
  }
  async save(path: string): Promise<boolean> {
    const editor = this.editors.get(path);
    if (!editor || !(await this.mayWrite(this.document(path)))) return false;
    editor.text = this.format(editor.text);
    this.disk.set(path, editor.text);
    editor.dirty = false;
    this.wasSaved(this.document(path));
    return true;
  }
  async replaceAndSave(path: string, text: string): Promise<boolean> {
    this.edit(path, text);
    return this.save(path);
  }
}
