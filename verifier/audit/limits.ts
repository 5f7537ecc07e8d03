/**
 * Bounds of one audit, in UTF-16 units and counts. They keep a request inside a model's window (about
 * four characters a token), its price foreseeable, and the check of a hostile answer short.
 */

/** A longer subject is not audited at all: an audit of a part would look like an audit of the whole. */
export const MAX_SUBJECT = 400_000;
/** The intent is only compared with; a longer one is cut, and the auditor is told so. */
export const MAX_INTENT = 20_000;
export const MAX_NAME = 1_000;
/** What a change took away is context as well. */
export const MAX_REMOVED = 20_000;
export const MAX_WORKSPACE_POLICY = 20_000;
export const MAX_WORKSPACE_POLICIES = 20;

/** An answer with more findings than this is not read. */
export const MAX_FINDINGS_READ = 5_000;
/** Findings whose quotes are looked up; when these run out before {@link MAX_FINDINGS_KEPT} is reached, the answer is not trusted. */
export const MAX_QUOTES_CHECKED = 300;
export const MAX_FINDINGS_KEPT = 50;
export const MAX_QUOTE = 4_000;
export const MAX_DROPPED_LISTED = 20;

/** Lengths that the protocol allows: {@link Finding} and {@link LayerReport}. */
export const MAX_MESSAGE = 600;
export const MAX_EXCERPT = 400;
export const MAX_WHY = 300;
export const MAX_DROPPED_NOTE = 200;
