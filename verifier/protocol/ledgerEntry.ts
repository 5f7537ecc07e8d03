import { z } from 'zod';
import { AnchorScope } from './anchor.ts';
import { Finding, Layers } from './assessment.ts';
import { Person } from './decision.ts';
import { KeyRotationRecord, PublicKeyText, SignatureText } from './keyRecord.ts';
import { Day, MetSuppression, RuleId } from './suppression.ts';
import { UncheckedAction } from './unassessed.ts';
import { Choice, Depth, LayerName, Outcome, Sha256, Source, Timestamp, Timing, Verdict } from './vocabulary.ts';

/** Version of the entry format; specified in docs/ledger-format.md. */
export const LEDGER_FORMAT = 1;

export const SubjectKind = z.enum(['prompt', 'response', 'command', 'file', 'tool']);

/** Of the subject itself only digests, sizes and a redacted name are kept. */
const SubjectRecord = z.strictObject({
  kind: SubjectKind,
  digest: Sha256,
  bytes: z.int().nonnegative(),
  name: z.string().max(512).optional(),
});

const LedgerFinding = Finding.omit({ remediation: true, match: true });

/** A finding that a person's suppression took out of a verdict. `digest` is that of the accepted terms. */
const LedgerSuppressed = MetSuppression.pick({ digest: true, ruleId: true, until: true, reason: true, line: true });

export const LedgerEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('genesis'),
    product: z.string(),
    version: z.string(),
    protocol: z.int(),
    platform: z.string(),
  }),
  z.strictObject({
    type: z.literal('session-open'),
    session: z.uuid(),
    person: Person,
    policyDigest: Sha256,
    audit: z.strictObject({ state: z.enum(['on', 'off']), why: z.string().optional(), model: z.string().optional() }),
    /** How the session's entries are anchored; absent where they are not. */
    anchor: AnchorScope.optional(),
    /** What recovery found and did before this session began. */
    recovered: z.strictObject({ tornBytes: z.int().nonnegative(), closedItems: z.int().nonnegative() }),
  }),
  z.strictObject({ type: z.literal('session-close'), session: z.uuid(), reason: z.enum(['clean', 'recovered']) }),
  z.strictObject({ type: z.literal('heartbeat'), session: z.uuid(), assessments: z.int().nonnegative(), pending: z.int().nonnegative() }),
  z.strictObject({
    type: z.literal('policy-change'),
    session: z.uuid(),
    from: Sha256,
    to: Sha256,
    problems: z.array(z.string().max(600)),
  }),
  z.strictObject({
    type: z.literal('assessment'),
    session: z.uuid(),
    assessmentId: z.uuid(),
    requestId: z.string().max(128),
    /** The door's own conversation or window. */
    sessionId: z.string().max(128),
    parentSessionId: z.string().max(128).optional(),
    toolCallId: z.string().max(128).optional(),
    source: Source,
    agent: z.string().max(128).optional(),
    model: z.string().max(128).optional(),
    depth: Depth,
    /** `after`: the effect had happened unassessed; `unassessed` says how it got past. */
    timing: Timing,
    unassessed: z.string().max(300).optional(),
    subject: SubjectRecord,
    verdict: Verdict,
    findings: z.array(LedgerFinding),
    suppressed: z.array(LedgerSuppressed).optional(),
    layers: Layers,
    policyDigest: Sha256,
    inputsDigest: Sha256,
    cached: z.boolean(),
    ms: z.number().nonnegative(),
  }),
  /** A layer that the reply had not waited for. */
  z.strictObject({
    type: z.literal('late-layer'),
    session: z.uuid(),
    assessmentId: z.uuid(),
    layer: LayerName,
    layers: Layers,
    findings: z.array(LedgerFinding),
  }),
  z.strictObject({
    type: z.literal('decision'),
    session: z.uuid(),
    assessmentId: z.uuid(),
    choice: Choice,
    by: Person,
    reason: z.string().max(1000).optional(),
    subjectDigest: Sha256,
    policyDigest: Sha256,
    inputsDigest: Sha256,
    verdict: Verdict,
    /** The person, or the recovery that closed what a crash left open. */
    cause: z.enum(['person', 'cancelled', 'recovered']),
  }),
  z.strictObject({
    type: z.literal('outcome'),
    session: z.uuid(),
    assessmentId: z.uuid(),
    outcome: Outcome,
    subjectDigest: Sha256,
    detail: z.string().max(300).optional(),
  }),
  /** Content of entries older than `before` was destroyed: `entries` of this chain lost salt and event. Written before it happens. */
  z.strictObject({
    type: z.literal('erasure'),
    session: z.uuid(),
    by: Person,
    before: Timestamp,
    entries: z.int().positive(),
  }),
  /** What a door noticed about itself: the guard switched off or on, a save hook disabled, a gap in coverage. */
  z.strictObject({
    type: z.literal('notice'),
    session: z.uuid(),
    notice: z.enum(['guard-off', 'guard-on', 'save-guard-bypassed', 'save-guard-active', 'coverage-gap']),
    by: Person,
    detail: z.string().max(300),
  }),
  /** What a person let go on while no verifier could be had; written down by the door then, recorded later. */
  z.strictObject({
    type: z.literal('unassessed'),
    session: z.uuid(),
    id: z.uuid(),
    action: UncheckedAction,
    subject: SubjectRecord,
    by: Person,
    reason: z.string().max(1000),
    why: z.string().max(300),
    happenedAt: Timestamp,
    spool: z.strictObject({ prev: Sha256, hash: Sha256, intact: z.boolean() }),
  }),
  /** From this entry on the chain is written with this key: the first with its id, but for genesis. The key signs that it is this chain. */
  z.strictObject({ type: z.literal('signing-key'), publicKey: PublicKeyText, signature: SignatureText }),
  /** From this entry on the chain is written with the key that the one before handed over to. */
  KeyRotationRecord.extend({ type: z.literal('key-rotation') }),
  /** A person accepted a suppression, or took it back. What it let through later says so in its assessment. */
  z.strictObject({
    type: z.literal('suppression'),
    session: z.uuid(),
    action: z.enum(['accept', 'withdraw']),
    digest: Sha256,
    kind: z.enum(['comment', 'entry']),
    ruleId: RuleId,
    /** The file, or the glob of an entry; redacted. */
    name: z.string().max(512),
    until: Day,
    reason: z.string().max(300),
    by: Person,
  }),
]);
export type LedgerEvent = z.infer<typeof LedgerEvent>;
export type LedgerEventType = LedgerEvent['type'];

/**
 * One line of a ledger file. `content` is SHA-256 over RFC 8785 JSON of `{salt, event}`; `hash` is
 * SHA-256 over RFC 8785 JSON of the header `{v, chain, seq, time, prev, key, content}`. Erasing salt
 * and event leaves a header that still verifies.
 */
export const LedgerEntry = z.strictObject({
  v: z.literal(LEDGER_FORMAT),
  chain: z.uuid(),
  seq: z.int().nonnegative(),
  time: Timestamp,
  /** Hash of the entry before; 64 zeros for the first. */
  prev: Sha256,
  /** Id of the key that its writer seals checkpoints with; null where the writer has none. */
  key: z.string().length(11).nullable(),
  content: Sha256,
  hash: Sha256,
  /** 16 random bytes as lower-case hexadecimal: keeps small events from being guessed from `content`. */
  salt: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
  event: LedgerEvent.nullable(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;
