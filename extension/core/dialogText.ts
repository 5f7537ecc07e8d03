import { basename } from 'node:path';
import { type Assessment, compareFindings, type Finding, type LayerReport, type Layers } from '../../verifier/protocol/assessment.ts';
import type { Receipt } from '../../verifier/protocol/decision.ts';
import type { Question } from './ports.ts';

export const DENY = 'Deny';
export const APPROVE = 'Approve';
/** A `block` asks for a reason next, which the three dots announce. */
export const APPROVE_WITH_REASON = 'Approve with a Reason…';
/** Leads to what a person can do about a false alarm; the dialog comes again unless that settles it. */
export const NOT_A_RISK = 'Not a Risk…';
export const DENY_ALL = 'Deny All';
export const REVIEW_EACH = 'Review Each';

/** A modal has no scroll bar on every system: what is beyond these is counted, and stays in the problems view. */
const MAX_SHOWN = 5;
const MAX_DETAIL = 3500;

/** The findings that carry the verdict, gravest first. Known ones only where there is nothing else. */
export function weighty(assessment: Assessment): Finding[] {
  const sorted = [...assessment.findings].sort(compareFindings);
  const fresh = sorted.filter((finding) => finding.isNew);
  return fresh.length > 0 ? fresh : sorted;
}

/** The question about one held subject, such as `the answer` or `src/app.ts`. `further`: buttons beside the decision. */
export function question(subject: string, assessment: Assessment, consequence?: string, further: readonly string[] = []): Question {
  const findings = weighty(assessment);
  const severity = findings[0] ? `, ${findings[0].severity} severity` : '';
  const lines = findings.slice(0, MAX_SHOWN).map(describeFinding);
  if (findings.length > MAX_SHOWN) lines.push(`… and ${findings.length - MAX_SHOWN} more findings.`);
  if (findings.length === 0) lines.push('No single line was named; the layers below say why it needs a person.');
  lines.push(...assessment.policyProblems.slice(0, 3).map((problem) => `Policy problem: ${visibleLine(problem)}`));
  const layers = describeLayers(assessment.layers);
  const blocked = assessment.verdict === 'block';
  return {
    message: `${sentence(subject)} ${happened(assessment)}: ${blocked ? 'blocked' : 'needs review'}${severity}.`,
    detail: `${clip(lines.join('\n\n'), MAX_DETAIL)}\n\n${layers}\n${consequence ? `${consequence} ` : ''}Your decision is recorded.`,
    buttons: [DENY, blocked ? APPROVE_WITH_REASON : APPROVE, ...further],
  };
}

function happened({ timing, findings }: Assessment): string {
  if (timing !== 'after') return 'was held back';
  const byAuditor = findings.some((finding) => finding.isNew) && findings.every(({ isNew, layer }) => !isNew || layer === 'audit');
  return byAuditor ? 'was written before the auditor had read it' : 'was written without an assessment';
}

/** One question about several held subjects. */
export function batchQuestion(items: readonly { subject: string; assessment: Assessment }[]): Question {
  const after = items.every(({ assessment }) => assessment.timing === 'after');
  const lines = items.slice(0, 15).map(({ subject, assessment }) => {
    const first = weighty(assessment)[0];
    return `${subject}: ${assessment.verdict === 'block' ? 'blocked' : 'needs review'}${first ? ` (${first.ruleId})` : ''}`;
  });
  if (items.length > 15) lines.push(`… and ${items.length - 15} more.`);
  return {
    message: `${items.length} items ${after ? 'were written without an assessment' : 'were held back'}.`,
    detail: lines.join('\n'),
    buttons: [DENY_ALL, REVIEW_EACH],
  };
}

/** Which layers took part in the verdict, in one line. */
export function describeLayers(layers: Layers): string {
  return `Layers: ${describeLayer('gates', layers.gates)} · ${describeLayer('audit', layers.audit)}`;
}

export function describeLayer(name: string, layer: Pick<LayerReport, 'state' | 'why'>): string {
  return layer.why ? `${name}: ${layer.state} (${layer.why})` : `${name}: ${layer.state}`;
}

/** What the dialog says of one finding: severity, policy, rule, where, why, what would be safer. */
export function describeFinding(finding: Finding): string {
  const place = finding.location ? `line ${finding.location.startLine}: ` : '';
  const lines = [`${finding.severity.toUpperCase()} · policy ${finding.policy} · rule ${finding.ruleId}`, visibleLine(finding.message)];
  if (finding.evidence.excerpt) lines.push(`${place}${visibleLine(finding.evidence.excerpt)}`);
  if (finding.remediation) lines.push(`Safer: ${visibleLine(finding.remediation)}`);
  return lines.join('\n');
}

/**
 * Text of others as one line that shows all that is in it: no line break or character without a shape can make
 * it look like the dialog's own words, or run backwards.
 */
export function visibleLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ⏎ ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}

/** A file's name for people. */
export function fileLabel(path: string): string {
  return visibleLine(basename(path));
}

/** Proof for the reader that a decision is on record. */
export function receiptLine(receipt: Receipt): string {
  return `Receipt: entry ${receipt.seq} · hash ${receipt.hash.slice(0, 16)}…`;
}

function sentence(subject: string): string {
  return subject.startsWith('the ') ? `The ${subject.slice(4)}` : subject;
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
