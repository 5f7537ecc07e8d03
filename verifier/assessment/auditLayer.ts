import type { Auditor, AuditRequest, AuditResult } from '../audit/auditor.ts';
import type { Finding, LayerReport, TraceLine } from '../protocol/assessment.ts';
import { subjectText } from '../protocol/subject.ts';
import { graver, type Verdict } from '../protocol/vocabulary.ts';
import { layerFinding } from './findings.ts';
import type { LayerOptions } from './layers.ts';
import type { GatesPort } from './ports.ts';
import type { AssessmentRequest } from './request.ts';
import { subjectName } from './subjectName.ts';

export interface AuditLayer {
  readonly report: LayerReport;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly trace: readonly TraceLine[];
}

/** The auditor, or why there is none. Loaded when first needed, so that it costs no start. */
export interface AuditSource {
  auditor(): Promise<Auditor | undefined>;
  readonly offBecause: string;
}

type AuditOptions = Pick<LayerOptions, 'gates' | 'audit' | 'context' | 'onError'>;

/**
 * The auditor as a layer. Never rejects: each failure is a state with a reason (design: fail modes).
 * @param scripts what the subject runs besides, as the auditor is to read it
 */
export async function runAudit(
  request: AssessmentRequest,
  digest: string,
  options: AuditOptions,
  signal: AbortSignal,
  scripts: string | Promise<string> = '',
): Promise<AuditLayer> {
  const { gates, audit: source } = options;
  if (request.depth === 'gates') return without('skipped', 'Only the gates were asked for.');
  const started = performance.now();
  try {
    const auditor = await source.auditor();
    if (auditor === undefined) return without('off', source.offBecause);
    const asked = await redactedRequest(request, await scripts, options);
    if (asked.lineNumbers?.length === 0) return without('skipped', 'Nothing has changed since the text that was last accepted.');
    const result = await auditor.audit(asked, signal);
    return await fromResult(result, digest, gates);
  } catch (error) {
    options.onError(error);
    // Law 3 before everything: what could not be redacted is not sent, and what was not audited does not pass.
    return {
      report: { state: 'failed', why: 'Secrets could not be removed from the text, so it was not sent.', ms: performance.now() - started },
      verdict: 'review',
      findings: [layerFinding('audit.not-run', digest)],
      trace: [{ step: 'error', ruleId: 'audit.not-run', note: 'The audit could not be prepared.' }],
    };
  }
}

function without(state: 'off' | 'skipped', why: string): AuditLayer {
  return { report: { state, why: why.slice(0, 300), ms: 0 }, verdict: 'pass', findings: [], trace: [] };
}

async function redactedRequest(request: AssessmentRequest, scripts: string, { gates, context }: AuditOptions): Promise<AuditRequest> {
  const { subject } = request;
  const attached = request.references.map(({ name, text }) => `\n\n[attached: ${name}]\n${text}`).join('');
  const name = subjectName(subject, context.workspaceRoots);
  const language = 'language' in subject ? subject.language : undefined;
  const [[text = '', redactedName = '', redactedLanguage = '', intent = ''], { prose }] = await Promise.all([
    gates.redact([subjectText(subject) + attached + scripts, name ?? '', language ?? '', request.intent ?? '']),
    gates.policies(),
  ]);
  return {
    purpose: request.purpose,
    kind: subject.kind,
    ...(await linesToRead(request, text, gates)),
    ...(name === undefined ? {} : { name: redactedName }),
    ...(language === undefined ? {} : { language: redactedLanguage }),
    ...(request.intent === undefined ? {} : { intent }),
    policies: prose,
  };
}

/** Of a file that had an accepted text: what changed, so that no more leaves the machine than is to be examined. */
async function linesToRead(
  { subject }: AssessmentRequest,
  redacted: string,
  gates: GatesPort,
): Promise<Pick<AuditRequest, 'text' | 'lineNumbers' | 'removed'>> {
  if (subject.kind !== 'file' || subject.baseline === undefined) return { text: redacted };
  const { baseline } = subject;
  const [{ changedLines }, { linesOf }] = await Promise.all([import('./changedLines.ts'), import('../audit/textLines.ts')]);
  /** Redaction keeps the number of lines; if it ever did not, the numbers would be about other lines. */
  const pick = (of: string, original: string, numbers: readonly number[]): string | undefined => {
    const lines = linesOf(of);
    return lines.length === linesOf(original).length ? numbers.map((number) => lines[number - 1] ?? '').join('\n') : undefined;
  };
  const changes = changedLines(baseline, subject.text);
  const text = changes && pick(redacted, subject.text, changes.read);
  if (changes === undefined || text === undefined) return { text: redacted };
  if (changes.removed.length === 0) return { text, lineNumbers: changes.read };
  // The whole is redacted, as a line of a key tells nothing by itself.
  const [before = ''] = await gates.redact([baseline]);
  const removed = pick(before, baseline, changes.removed);
  return {
    text,
    lineNumbers: changes.read,
    ...(removed === undefined ? {} : { removed: { text: removed, lineNumbers: changes.removed } }),
  };
}

/** Findings arrive redacted by the auditor; what else it says may quote the content or the service. */
async function fromResult(result: AuditResult, digest: string, gates: GatesPort): Promise<AuditLayer> {
  if (result.state === 'ran') {
    const dropped = await gates.redact(result.dropped.slice(0, 20));
    return {
      report: { state: 'ran', ms: result.ms, model: result.model },
      verdict: result.findings.reduce((verdict, finding) => graver(verdict, finding.verdict), result.verdict),
      findings: result.findings,
      trace: dropped.map((note) => ({ step: 'dropped', note: note.slice(0, 400) })),
    };
  }
  const [why = ''] = await gates.redact([result.why]);
  const report = { state: result.state, why: why.slice(0, 300), ms: result.ms } as const;
  if (result.state === 'unavailable') return { report, verdict: 'pass', findings: [], trace: [] };
  return {
    report,
    verdict: 'review',
    findings: [layerFinding('audit.refused', digest)],
    trace: [{ step: 'error', ruleId: 'audit.refused', note: report.why }],
  };
}
