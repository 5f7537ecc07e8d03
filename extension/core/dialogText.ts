import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import { type Assessment, compareFindings, type Finding, type LayerReport, type Layers } from '../../verifier/protocol/assessment.ts';
import type { Receipt } from '../../verifier/protocol/decision.ts';
import type { Question } from './ports.ts';

export const denyButton = (): string => t('Deny');
export const approveButton = (): string => t('Approve');
/** A `block` asks for a reason next, which the three dots announce. */
export const approveWithReasonButton = (): string => t('Approve with a Reason…');
/** Leads to what a person can do about a false alarm; the dialog comes again unless that settles it. */
export const notARiskButton = (): string => t('Not a Risk…');
export const denyAllButton = (): string => t('Deny All');
export const reviewEachButton = (): string => t('Review Each');

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
  const lines = findings.slice(0, MAX_SHOWN).map(describeFinding);
  if (findings.length > MAX_SHOWN) lines.push(t('… and {0} more findings.', findings.length - MAX_SHOWN));
  if (findings.length === 0) lines.push(t('No single line was named; the layers below say why it needs a person.'));
  lines.push(...assessment.policyProblems.slice(0, 3).map((problem) => t('Policy problem: {0}', visibleLine(problem))));
  const layers = describeLayers(assessment.layers);
  const blocked = assessment.verdict === 'block';
  return {
    message: headline(sentence(subject), happened(assessment), blocked, findings[0]?.severity),
    detail: `${clip(lines.join('\n\n'), MAX_DETAIL)}\n\n${layers}\n${consequence ? `${consequence} ` : ''}${t('Your decision is recorded.')}`,
    buttons: [denyButton(), blocked ? approveWithReasonButton() : approveButton(), ...further],
  };
}

/** Whole sentences, so that a translation can order their parts as its language does. */
function headline(subject: string, what: string, blocked: boolean, severity: Finding['severity'] | undefined): string {
  if (severity === undefined) return blocked ? t('{0} {1}: blocked.', subject, what) : t('{0} {1}: needs review.', subject, what);
  return blocked
    ? t('{0} {1}: blocked, {2} severity.', subject, what, severity)
    : t('{0} {1}: needs review, {2} severity.', subject, what, severity);
}

/** What a verdict that is no pass comes to. */
export function verdictWords(verdict: Assessment['verdict']): string {
  return verdict === 'block' ? t('blocked') : t('needs review');
}

function happened({ timing, findings }: Assessment): string {
  if (timing !== 'after') return t('was held back');
  const byAuditor = findings.some((finding) => finding.isNew) && findings.every(({ isNew, layer }) => !isNew || layer === 'audit');
  return byAuditor ? t('was written before the auditor had read it') : t('was written without an assessment');
}

/** One question about several held subjects. */
export function batchQuestion(items: readonly { subject: string; assessment: Assessment }[]): Question {
  const after = items.every(({ assessment }) => assessment.timing === 'after');
  const lines = items.slice(0, 15).map(({ subject, assessment }) => {
    const first = weighty(assessment)[0];
    return `${subject}: ${verdictWords(assessment.verdict)}${first ? ` (${first.ruleId})` : ''}`;
  });
  if (items.length > 15) lines.push(t('… and {0} more.', items.length - 15));
  return {
    message: after ? t('{0} items were written without an assessment.', items.length) : t('{0} items were held back.', items.length),
    detail: lines.join('\n'),
    buttons: [denyAllButton(), reviewEachButton()],
  };
}

/** Which layers took part in the verdict, in one line. */
export function describeLayers(layers: Layers): string {
  return t('Layers: {0} · {1}', describeLayer('gates', layers.gates), describeLayer('audit', layers.audit));
}

export function describeLayer(name: string, layer: Pick<LayerReport, 'state' | 'why'>): string {
  return layer.why ? `${name}: ${layer.state} (${layer.why})` : `${name}: ${layer.state}`;
}

/** What the dialog says of one finding: severity, policy, rule, where, why, what would be safer. */
export function describeFinding(finding: Finding): string {
  const lines = [
    t('{0} · policy {1} · rule {2}', finding.severity.toUpperCase(), finding.policy, finding.ruleId),
    visibleLine(finding.message),
  ];
  const excerpt = visibleLine(finding.evidence.excerpt);
  if (excerpt !== '') lines.push(finding.location ? t('line {0}: {1}', finding.location.startLine, excerpt) : excerpt);
  if (finding.remediation) lines.push(t('Safer: {0}', visibleLine(finding.remediation)));
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
  return t('Receipt: entry {0} · hash {1}…', receipt.seq, receipt.hash.slice(0, 16));
}

/** A subject at the beginning of a sentence. English ones are told by their article: a file's name keeps its case. */
export function sentence(subject: string): string {
  return subject.startsWith('the ') ? `The ${subject.slice(4)}` : subject;
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
