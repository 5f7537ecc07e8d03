/** Bounds of the deterministic layer: sizes and counts, never a clock (law 9). */

/** UTF-16 units of a subject that are examined; the rest gives `review` unread. */
export const MAX_EXAMINED = 1024 * 1024;

/** Steps that one assessment may use; a step is about one character read once by one pattern. */
export const MAX_STEPS = 100_000_000;

/** Segments that a subject is cut into at most. */
export const MAX_SEGMENTS = 4000;

/** Candidate commands taken from prose, in one subject. */
export const MAX_MENTIONS = 400;

/** Findings in a result; the gravest are kept. */
export const MAX_FINDINGS = 100;

/** Trace lines in a result. */
export const MAX_TRACE = 200;

/** UTF-16 units of an excerpt. */
export const MAX_EXCERPT = 240;
