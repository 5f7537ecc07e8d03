import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { type Assessment, compareFindings, type Finding } from '../../verifier/protocol/assessment.ts';
import type { Depth } from '../../verifier/protocol/vocabulary.ts';
import type { ChatCommand, CommandEnd } from './chatCommands.ts';
import type { Verifier } from './client.ts';
import { describeLayer, fileLabel } from './dialogText.ts';
import { plainWords } from './renderSafe.ts';

/** A text to look at: a file, or the part of it that is selected or attached. */
export interface ScanTarget {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  /** One-based line of the file at which the text begins. */
  readonly firstLine: number;
}

/** What there is to look at, and the names of what was attached but is no text, or too large. */
export interface ScanTargets {
  readonly read: readonly ScanTarget[];
  readonly leftOut: readonly string[];
}

const MAX_TARGETS = 20;
const MAX_FINDINGS = 50;

/**
 * `/scan`: gates and audit over what is open, selected or attached. Nothing is held by it, so nothing is asked; the
 * assessment is on record.
 */
export const scan: ChatCommand = async ({ verifier, view, signal, sessionId, targets, auditsFiles }) => {
  const { read, leftOut } = await targets();
  if (leftOut.length > 0) view.show(`*${t('Not looked at (too large or not text): {0}', leftOut.map(plainWords).join(', '))}*\n\n`);
  if (read.length > MAX_TARGETS) view.show(`*${t('Only the first {0} of {1} files are looked at.', MAX_TARGETS, read.length)}*\n\n`);
  if (read.length === 0) {
    view.show(t('There is nothing to scan: open a file, select a part of it, or attach files to the message.'));
    return { rules: [] };
  }
  const end: { rules: string[]; assessmentId?: string } = { rules: [] };
  for (const target of read.slice(0, MAX_TARGETS)) {
    if (signal.aborted) break;
    view.progress(t('Looking at {0}…', fileLabel(target.path)));
    const assessment = await ask(verifier, target, { sessionId, signal, depth: auditsFiles() ? 'full' : 'gates' });
    tell(assessment, target, view);
    end.rules.push(...sorted(assessment).map(({ ruleId }) => ruleId));
    if (assessment.findings.length > 0) end.assessmentId ??= assessment.id;
  }
  return { ...end, rules: [...new Set(end.rules)] };
};

function ask(
  verifier: Verifier,
  { path, language, text }: ScanTarget,
  { sessionId, signal, depth }: { sessionId: string; signal: AbortSignal; depth: Depth },
): Promise<Assessment> {
  const subject = { kind: 'file' as const, path, text, ...(language === '' ? {} : { language: language.slice(0, 64) }) };
  const asked = { requestId: randomUUID(), sessionId, source: 'chat', agent: 'sentinelai-guard', subject } as const;
  return verifier.verify({ ...asked, depth, timing: 'ahead' }, { signal });
}

function sorted({ findings }: Assessment): Finding[] {
  return [...findings].sort(compareFindings);
}

function tell(assessment: Assessment, { path, firstLine }: ScanTarget, view: Parameters<ChatCommand>[0]['view']): void {
  const findings = sorted(assessment);
  view.show('\n\n');
  view.place({ path });
  const { gates, audit } = assessment.layers;
  const layers = plainWords(`${describeLayer('gates', gates)} · ${describeLayer('audit', audit)}`);
  const count = countWords(findings.length);
  view.show(`: ${count} (${layers})\n\n`);
  for (const finding of findings.slice(0, MAX_FINDINGS)) {
    view.show(`- **${finding.severity}** `);
    if (finding.location !== undefined) {
      const line = finding.location.startLine + firstLine - 1;
      view.place({ path, line });
      view.show(' ');
    }
    const safer = finding.remediation === undefined ? '' : ` ${t('**Safer:** {0}', plainWords(finding.remediation))}`;
    view.show(`${t('rule {0}: {1}', plainWords(finding.ruleId), plainWords(finding.message))}${safer}\n`);
  }
  if (findings.length > MAX_FINDINGS) view.show(`- ${t('… and {0} more.', findings.length - MAX_FINDINGS)}\n`);
}

function countWords(count: number): string {
  if (count === 0) return t('nothing found');
  return count === 1 ? t('1 finding') : t('{0} findings', count);
}

/** What can be asked next about what was found. */
export function explanations(rules: CommandEnd['rules'], most = 3): { prompt: string; label: string }[] {
  return rules.slice(0, most).map((rule) => ({ prompt: rule, label: t('Explain {0}', rule) }));
}
