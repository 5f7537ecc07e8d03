import { z } from 'zod';

/** Raised when a request or reply changes incompatibly; both sides refuse another number. */
export const PROTOCOL_VERSION = 1;

/** Carries {@link PROTOCOL_VERSION} on each request. */
export const PROTOCOL_HEADER = 'sentinel-protocol';

/** What a machine concludes, from mildest to gravest. */
export const VERDICTS = ['pass', 'review', 'block'] as const;
export const Verdict = z.enum(VERDICTS);
export type Verdict = z.infer<typeof Verdict>;

/** The graver of two verdicts. Law 2 rests on this: nothing that is combined can lower a verdict. */
export function graver(a: Verdict, b: Verdict): Verdict {
  return VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b;
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** What a person (or an override) concludes. */
export const Choice = z.enum(['approve', 'deny']);
export type Choice = z.infer<typeof Choice>;

/** What became of the subject after the decision. */
export const Outcome = z.enum(['shown', 'saved', 'ran', 'withheld', 'failed']);
export type Outcome = z.infer<typeof Outcome>;

/** The door that asked. */
export const Source = z.enum(['chat', 'model', 'save', 'hook', 'git', 'ci', 'http', 'cli']);
export type Source = z.infer<typeof Source>;

/** `gates`: deterministic layer alone, fast. `full`: the auditor as well. */
export const Depth = z.enum(['gates', 'full']);
export type Depth = z.infer<typeof Depth>;

/**
 * `before`: the effect is held until the verdict. `after`: it has already happened (law 1).
 * `ahead`: text that is still being edited; nothing is held and nobody is to decide.
 */
export const Timing = z.enum(['before', 'after', 'ahead']);
export type Timing = z.infer<typeof Timing>;

export const LayerName = z.enum(['gates', 'audit']);
export type LayerName = z.infer<typeof LayerName>;

/**
 * Whether a layer took part in a verdict.
 * `pending`: the reply did not wait for it; its result is recorded when it comes.
 * `refused`: the audit failed because of the content, which counts as `review`.
 */
export const LayerState = z.enum(['ran', 'pending', 'off', 'skipped', 'unavailable', 'refused', 'failed']);
export type LayerState = z.infer<typeof LayerState>;

/** Lower-case hexadecimal SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Time as RFC 3339 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime({ precision: 3 });
