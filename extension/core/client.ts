import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { request } from 'node:http';
import type { z } from 'zod';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Claimed, ExecutionResult, PendingDecision, Person, Receipt } from '../../verifier/protocol/decision.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { History, HistoryAsked } from '../../verifier/protocol/history.ts';
import type { PolicyCatalogue } from '../../verifier/protocol/policyCatalogue.ts';
import { Problem } from '../../verifier/protocol/problem.ts';
import {
  type CheckIntent,
  type Erase,
  type Erased,
  type Health,
  type Notice,
  ROUTES,
  type Verify,
} from '../../verifier/protocol/routes.ts';
import { subjectText } from '../../verifier/protocol/subject.ts';
import type { AcceptedSuppression, SuppressionChange } from '../../verifier/protocol/suppressionRoutes.ts';
import type { Unassessed } from '../../verifier/protocol/unassessed.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../../verifier/protocol/vocabulary.ts';
import { said } from './said.ts';
import { VerifierError } from './verifierError.ts';

/** No call waits longer than this unless it says so, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 30_000;
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/** How to reach one running verifier. Tokens stay in memory. */
export interface Connection {
  /** Path of a Unix socket or a Windows named pipe. */
  readonly socket: string;
  readonly assessToken: string;
  /** Left out by doors that may ask but not decide. */
  readonly decideToken?: string;
  readonly person: Person;
}

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** The verifier as its callers see it. Every failure is a {@link VerifierError}. */
export interface Verifier {
  readonly person: Person;
  checkIntent(body: CheckIntent, options?: CallOptions): Promise<Assessment>;
  verify(body: Verify, options?: CallOptions): Promise<Assessment>;
  /** What waits for a person. */
  pending(options?: CallOptions): Promise<PendingDecision[]>;
  claim(assessmentId: string, windowId: string, options?: CallOptions): Promise<Claimed>;
  /** Records a decision or an outcome; the receipt proves that it is on disk. */
  record(body: ExecutionResult, options?: CallOptions): Promise<Receipt>;
  notice(body: Notice, options?: CallOptions): Promise<Receipt>;
  /** What a person let go on while no verifier could be had. Safe to repeat. */
  unassessed(body: Unassessed, options?: CallOptions): Promise<Receipt>;
  /** Destroys the content of old entries. */
  erase(body: Erase, options?: CallOptions): Promise<Erased>;
  /** What was accepted on this machine and not taken back. */
  suppressions(options?: CallOptions): Promise<AcceptedSuppression[]>;
  /** Accepts a suppression, or takes it back; on disk when it resolves. */
  suppress(change: SuppressionChange, options?: CallOptions): Promise<Receipt>;
  /** The rules in force, for people. */
  policies(options?: CallOptions): Promise<PolicyCatalogue>;
  /** What was assessed and what became of it, newest first. */
  history(asked: HistoryAsked, options?: CallOptions): Promise<History>;
  /** Also proves that the answerer holds the token that this window made. */
  health(options?: CallOptions): Promise<Health>;
}

interface Route<B, R> {
  readonly method: string;
  readonly path: string;
  readonly token: 'assess' | 'decide' | 'none';
  readonly body: z.ZodType<B>;
  readonly reply: z.ZodType<R>;
}

/** A client for one connection. It keeps no state and no sockets, so it needs no closing. */
export function createClient(connection: Connection): Verifier {
  const call = <B, R>(route: Route<B, R>, path: string, body: B | undefined, options: CallOptions, decide = false): Promise<R> => {
    const kind = decide ? 'decide' : route.token;
    const token = kind === 'none' ? undefined : kind === 'decide' ? connection.decideToken : connection.assessToken;
    if (kind === 'decide' && token === undefined)
      throw new VerifierError('forbidden', said('This door may ask for assessments but not decide.'));
    return exchange(connection.socket, { route, path, body, token }, options);
  };
  return {
    person: connection.person,
    async checkIntent(body, options = {}) {
      return answering(body.requestId, sha256(body.prompt), await call(ROUTES.checkIntent, ROUTES.checkIntent.path, body, options));
    },
    async verify(body, options = {}) {
      const digest = sha256(subjectText(body.subject));
      return answering(body.requestId, digest, await call(ROUTES.verify, ROUTES.verify.path, body, options));
    },
    pending: (options = {}) => call(ROUTES.decisions, ROUTES.decisions.path, undefined, options),
    claim(assessmentId, windowId, options = {}) {
      return call(ROUTES.claim, ROUTES.claim.path.replace(':id', encodeURIComponent(assessmentId)), { windowId }, options);
    },
    record: (body, options = {}) => call(ROUTES.executionResult, ROUTES.executionResult.path, body, options, body.decision !== undefined),
    erase: (body, options = {}) => call(ROUTES.erase, ROUTES.erase.path, body, options),
    unassessed: (body, options = {}) => call(ROUTES.unassessed, ROUTES.unassessed.path, body, options),
    notice: (body, options = {}) => call(ROUTES.notice, ROUTES.notice.path, body, options),
    suppressions: (options = {}) => call(ROUTES.suppressions, ROUTES.suppressions.path, undefined, options),
    suppress: (change, options = {}) => call(ROUTES.suppress, ROUTES.suppress.path, change, options),
    policies: (options = {}) => call(ROUTES.policies, ROUTES.policies.path, undefined, options),
    history(asked, options = {}) {
      const query = new URLSearchParams(Object.entries(asked).map(([name, value]): [string, string] => [name, String(value)]));
      return call(ROUTES.history, `${ROUTES.history.path}?${query}`, undefined, options);
    },
    async health(options = {}) {
      const challenge = randomBytes(32).toString('hex');
      const health = await call(ROUTES.health, `${ROUTES.health.path}?challenge=${challenge}`, undefined, options);
      const expected = createHmac('sha256', connection.decideToken ?? '')
        .update(challenge)
        .digest();
      const proof = Buffer.from(health.proof, 'hex');
      if (proof.length !== expected.length || !timingSafeEqual(proof, expected)) {
        throw new VerifierError('impostor', said('Something else answered in place of the verifier. Restart the verifier.'));
      }
      return health;
    },
  };
}

/** An answer about other bytes or to another question is as bad as none. */
function answering(requestId: string, digest: string, assessment: Assessment): Assessment {
  if (assessment.requestId !== requestId || assessment.subjectDigest !== digest) {
    throw new VerifierError('garbage', said('The verifier answered another question than the one asked. Restart the verifier.'));
  }
  return assessment;
}

interface Call<B, R> {
  readonly route: Route<B, R>;
  readonly path: string;
  readonly body: B | undefined;
  readonly token: string | undefined;
}

async function exchange<B, R>(socketPath: string, { route, path, body, token }: Call<B, R>, options: CallOptions): Promise<R> {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const late = AbortSignal.timeout(deadlineMs);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  let reply: { status: number; text: string };
  try {
    reply = await send(
      { socketPath, path, method: route.method, signal, agent: false },
      token,
      body === undefined ? undefined : JSON.stringify(body),
    );
  } catch (error) {
    if (error instanceof VerifierError) throw error;
    if (options.signal?.aborted) throw new VerifierError('cancelled', said('The request was cancelled.'), { cause: error });
    if (late.aborted) throw new VerifierError('late', said('The verifier did not answer within {0} ms.', deadlineMs), { cause: error });
    throw new VerifierError('unreachable', said('The verifier is not reachable.'), { cause: error });
  }
  const json = parseJson(reply.text);
  if (reply.status >= 200 && reply.status < 300) {
    const parsed = route.reply.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new VerifierError('garbage', said("The verifier's answer to {0} could not be understood. Restart the verifier.", route.path));
  }
  const problem = Problem.safeParse(json);
  if (problem.success) throw new VerifierError(problem.data.code, problem.data.message);
  throw new VerifierError('garbage', said('The verifier answered {0} with status {1} and no reason.', route.path, reply.status));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Target {
  readonly socketPath: string;
  readonly path: string;
  readonly method: string;
  readonly signal: AbortSignal;
  readonly agent: false;
}

function send(target: Target, token: string | undefined, body: string | undefined): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = { [PROTOCOL_HEADER]: String(PROTOCOL_VERSION) };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, headers }, (incoming) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > MAX_REPLY_BYTES) outgoing.destroy(new VerifierError('garbage', said("The verifier's answer was too large.")));
        else pieces.push(piece);
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
