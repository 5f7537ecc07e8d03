import { z } from 'zod';
import { compareFindings, type Finding } from '../protocol/assessment.ts';
import { sha256 } from '../protocol/digest.ts';
import { graver, SEVERITIES, Severity, VERDICTS, Verdict } from '../protocol/vocabulary.ts';
import { parseJson } from './boundedText.ts';
import {
  MAX_DROPPED_LISTED,
  MAX_DROPPED_NOTE,
  MAX_EXCERPT,
  MAX_FINDINGS_KEPT,
  MAX_FINDINGS_READ,
  MAX_MESSAGE,
  MAX_QUOTES_CHECKED,
} from './limits.ts';
import { clip, visibleBlock, visibleLine } from './plainText.ts';
import { type QuotePlace, quoteFinder } from './quotePlace.ts';

const ClaimedFinding = z.object({
  policy: z.string(),
  severity: Severity,
  verdict: z.enum(['review', 'block']),
  confidence: z.number().min(0).max(1),
  message: z.string(),
  remediation: z.string().nullish(),
  quote: z.string(),
  /** A hint alone: the place is computed from the quote, so a wrong one spoils nothing. */
  startLine: z.number().nullish().catch(undefined),
});
type ClaimedFinding = z.infer<typeof ClaimedFinding>;

/** What the model is asked to answer. Every provider's own schema must match it. */
export const AuditAnswer = z.object({
  verdict: Verdict.nullish(),
  findings: z.array(ClaimedFinding).max(MAX_FINDINGS_READ),
});

export interface ReplyContext {
  /** The redacted text that was audited; quotes must occur in it. */
  readonly text: string;
  /** The number that each line of `text` has in the whole, where it holds only some. */
  readonly lineNumbers?: readonly number[];
  readonly policies: ReadonlySet<string>;
  /** A model may repeat or complete what it should not: its words are redacted like any others. */
  readonly redact: (text: string) => string;
}

export type ReplyReading =
  | { readonly state: 'read'; readonly verdict: Verdict; readonly findings: Finding[]; readonly dropped: string[] }
  | { readonly state: 'refused'; readonly why: string };

/**
 * Reads a model's complete answer as hostile input. The verdict is the gravest of those findings that
 * name a known policy and quote what is really there; nothing in the answer can lower another's.
 * Whatever is left out is listed in `dropped`.
 */
export function readReply(answer: string, context: ReplyContext): ReplyReading {
  const parsed = AuditAnswer.safeParse(parseJson(answer));
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return {
      state: 'refused',
      why: `The auditor's answer was not the JSON that it was asked for${where === '' ? '' : ` (at ${clip(where, 60)})`}.`,
    };
  }
  const claims = parsed.data.findings.toSorted(gravestFirst);
  const find = quoteFinder(context.text);
  const findings: Finding[] = [];
  const dropped: string[] = [];
  let unlisted = 0;
  const drop = (note: string) => {
    if (dropped.length < MAX_DROPPED_LISTED) dropped.push(clip(context.redact(visibleLine(note)), MAX_DROPPED_NOTE));
    else unlisted += 1;
  };
  for (const [read, claim] of claims.entries()) {
    // Gravest come first, so what is left out here can't be graver than what was kept.
    if (findings.length === MAX_FINDINGS_KEPT) {
      drop(`${claims.length - read} more finding(s): only the ${MAX_FINDINGS_KEPT} gravest are kept`);
      break;
    }
    if (read === MAX_QUOTES_CHECKED) {
      return { state: 'refused', why: `The auditor's answer held ${claims.length} findings, most of them not about this content.` };
    }
    const place = find(claim.quote, heldLine(claim.startLine, context));
    if (!context.policies.has(claim.policy)) drop(`unknown policy "${claim.policy}": ${claim.message}`);
    else if (place === undefined) drop(`${claim.policy}: quotes text that is not there: ${claim.message}`);
    else findings.push(toFinding(claim, place, context));
  }
  const verdict = findings.reduce<Verdict>((gravest, finding) => graver(gravest, finding.verdict), 'pass');
  const claimed = parsed.data.verdict ?? 'pass';
  if (graver(verdict, claimed) !== verdict) drop(`overall verdict "${claimed}": no verified finding supports it`);
  if (unlisted > 0) dropped.push(`${unlisted} more were dropped`);
  return { state: 'read', verdict, findings: findings.toSorted(compareFindings), dropped };
}

/** The line of the text that a model means by its number. */
function heldLine(claimed: number | null | undefined, { lineNumbers }: ReplyContext): number | undefined {
  if (lineNumbers === undefined || claimed === undefined || claimed === null) return claimed ?? undefined;
  const at = lineNumbers.indexOf(claimed);
  return at < 0 ? undefined : at + 1;
}

function gravestFirst(a: ClaimedFinding, b: ClaimedFinding): number {
  return (
    VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    b.confidence - a.confidence
  );
}

function toFinding(claim: ClaimedFinding, place: QuotePlace, { text, redact, lineNumbers }: ReplyContext): Finding {
  const inWhole = (line: number) => lineNumbers?.[line - 1] ?? line;
  const quoted = text.slice(place.start, place.end);
  const message = clip(redact(visibleLine(claim.message)), MAX_MESSAGE);
  const remediation = clip(redact(visibleLine(claim.remediation ?? '')), MAX_MESSAGE);
  return {
    ruleId: `${claim.policy}.audit`,
    policy: claim.policy,
    layer: 'audit',
    severity: claim.severity,
    verdict: claim.verdict,
    message: message === '' ? 'The auditor gave no reason.' : message,
    ...(remediation === '' ? {} : { remediation }),
    // The excerpt is the content's own text, never the model's version of it.
    evidence: { excerpt: clip(redact(visibleBlock(quoted)), MAX_EXCERPT), digest: sha256(quoted) },
    location: { startLine: inWhole(place.startLine), endLine: inWhole(place.endLine) },
    isNew: true,
    confidence: claim.confidence,
  };
}
