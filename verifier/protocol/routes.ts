import { z } from 'zod';
import { AnchorReport } from './anchor.ts';
import { Assessment, LayerReport } from './assessment.ts';
import { Claim, Claimed, ExecutionResult, PendingDecision, Person, Receipt } from './decision.ts';
import { History } from './history.ts';
import { PolicyCatalogue } from './policyCatalogue.ts';
import { MAX_TEXT, Reference, Subject } from './subject.ts';
import { SuppressionCounts } from './suppression.ts';
import { AcceptedSuppression, SuppressionChange } from './suppressionRoutes.ts';
import { Unassessed } from './unassessed.ts';
import { Depth, Sha256, Source, Timestamp, Timing } from './vocabulary.ts';

const id = z.string().min(1).max(128);
const asked = {
  requestId: id,
  sessionId: id,
  parentSessionId: id.optional(),
  source: Source,
  agent: id.optional(),
  model: id.optional(),
};

/** Should this be asked at all? */
export const CheckIntent = z.strictObject({
  ...asked,
  prompt: z.string().max(MAX_TEXT),
  references: z.array(Reference).max(100).optional(),
});
export type CheckIntent = z.infer<typeof CheckIntent>;

/** Is this output safe? */
export const Verify = z.strictObject({
  ...asked,
  subject: Subject,
  /** The prompt that led here: the auditor compares the output with it. */
  intent: z.string().max(MAX_TEXT).optional(),
  depth: Depth,
  /** With depth `full`: where the verdict on just these inputs is not known yet, the gates answer alone, at once. */
  orGates: z.boolean().optional(),
  timing: Timing.optional(),
  /** With timing `after`: how it came to be unassessed, in plain words. */
  unassessed: z.string().max(300).optional(),
  toolCallId: id.optional(),
  usage: z.strictObject({ inputTokens: z.int().nonnegative(), outputTokens: z.int().nonnegative() }).optional(),
});
export type Verify = z.infer<typeof Verify>;

/** What a door noticed about itself; becomes a ledger entry. */
export const Notice = z.strictObject({
  notice: z.enum(['guard-off', 'guard-on', 'save-guard-bypassed', 'save-guard-active', 'coverage-gap']),
  by: Person,
  detail: z.string().max(300),
});
export type Notice = z.infer<typeof Notice>;

/** Destroys salts and events of entries older than `before`; the chain still verifies. Cannot be undone. */
export const Erase = z.strictObject({ before: Timestamp, by: Person });
export type Erase = z.infer<typeof Erase>;
/** `busy`: chains that another window writes, which only that one can erase in. */
export const Erased = z.strictObject({ entries: z.int().nonnegative(), chains: z.int().nonnegative(), busy: z.int().nonnegative() });
export type Erased = z.infer<typeof Erased>;

/** `proof` is HMAC-SHA-256 of the caller's challenge under the decide token: an impostor cannot answer. */
export const Health = z.strictObject({
  version: z.string(),
  protocol: z.int(),
  proof: z.string(),
  policyDigest: Sha256,
  policyProblems: z.array(z.string()),
  layers: z.strictObject({ gates: LayerReport, audit: LayerReport }),
  ledger: z.strictObject({ chain: z.uuid(), seq: z.int().nonnegative(), dir: z.string() }),
  person: Person,
  /** How many memos wait to be anchored. */
  outboxDepth: z.int().nonnegative(),
  anchor: AnchorReport.optional(),
  pending: z.int().nonnegative(),
  suppressions: SuppressionCounts.optional(),
});
export type Health = z.infer<typeof Health>;
export const HealthQuery = z.strictObject({ challenge: z.string().regex(/^[0-9a-f]{32,128}$/) });

/**
 * Both sides are built from this table. `token`: which capability a caller must show; `decide` also
 * assesses, but never the other way round. `/events` is a stream and stands apart.
 */
export const ROUTES = {
  checkIntent: { method: 'POST', path: '/check-intent', token: 'assess', body: CheckIntent, reply: Assessment },
  verify: { method: 'POST', path: '/verify', token: 'assess', body: Verify, reply: Assessment },
  decisions: { method: 'GET', path: '/decisions', token: 'decide', body: z.undefined(), reply: z.array(PendingDecision) },
  claim: { method: 'POST', path: '/decisions/:id/claim', token: 'decide', body: Claim, reply: Claimed },
  /** `assess` suffices for an outcome; the server demands `decide` where a decision is given. */
  executionResult: { method: 'POST', path: '/execution-result', token: 'assess', body: ExecutionResult, reply: Receipt },
  erase: { method: 'POST', path: '/erase', token: 'decide', body: Erase, reply: Erased },
  notice: { method: 'POST', path: '/notices', token: 'decide', body: Notice, reply: Receipt },
  /** Recorded once for each `id`; a repetition gets the receipt of the entry that is there. */
  unassessed: { method: 'POST', path: '/unassessed', token: 'decide', body: Unassessed, reply: Receipt },
  suppressions: { method: 'GET', path: '/suppressions', token: 'assess', body: z.undefined(), reply: z.array(AcceptedSuppression) },
  suppress: { method: 'POST', path: '/suppressions', token: 'decide', body: SuppressionChange, reply: Receipt },
  policies: { method: 'GET', path: '/policies', token: 'assess', body: z.undefined(), reply: PolicyCatalogue },
  /** Takes a `HistoryQuery` in its address. */
  history: { method: 'GET', path: '/history', token: 'assess', body: z.undefined(), reply: History },
  health: { method: 'GET', path: '/health', token: 'none', body: z.undefined(), reply: Health },
} as const;

/** Server-sent events: each `data:` is one ledger entry as JSON. Needs the assess token. */
export const EVENTS_PATH = '/events';
