import { styleText } from 'node:util';
import type { Concluded } from '../assessment/layers.ts';
import type { Finding, LayerReport } from '../protocol/assessment.ts';
import type { MetSuppression } from '../protocol/suppression.ts';
import type { Verdict } from '../protocol/vocabulary.ts';

const COLOURS = { pass: 'green', review: 'yellow', block: 'red' } as const;

/** Control characters could move the cursor or recolour what stands above. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

function paint(verdict: Verdict, text: string, colours: boolean): string {
  return colours ? styleText(COLOURS[verdict], text, { validateStream: false }) : text;
}

function findingText(finding: Finding, name: string, colours: boolean): string {
  const { ruleId, severity, verdict, message, remediation, evidence, location, isNew } = finding;
  const place = location === undefined ? name : `${name}:${location.startLine}`;
  const said = visible(`${ruleId} (${severity}${isNew ? '' : ', known'}) ${message}`);
  const lines = [`${visible(place)} ${paint(verdict, verdict, colours)} ${said}`];
  if (evidence.excerpt !== '') lines.push(...evidence.excerpt.split('\n').map((line) => `    | ${visible(line)}`));
  if (remediation !== undefined) lines.push(`    safer: ${visible(remediation)}`);
  return `${lines.join('\n')}\n`;
}

/** What was found, for people: `name:line verdict rule (severity) message`, the line, what is safer. */
export function render({ verdict, findings }: Concluded, name: string, colours: boolean): string {
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  const found = findings.map((finding) => findingText(finding, name, colours)).join('');
  return `${found}${visible(name)}: ${paint(verdict, verdict, colours)}, ${count}\n`;
}

function layerText(name: string, { state, why }: LayerReport): string {
  return `${name}: ${state}${why === undefined ? '' : ` (${why})`}`;
}

function suppressionsText(met: readonly MetSuppression[]): string {
  const count = (state: MetSuppression['state']): number => met.filter((one) => one.state === state).length;
  const without = [
    `${count('not-accepted')} not accepted on this machine`,
    `${count('expired')} expired`,
    `${count('forbidden')} forbidden`,
  ];
  return `suppressions: ${count('active')} in force; without effect: ${without.join(', ')}`;
}

/** Which layers took part, what the gates passed over, and problems of policy files. */
export function renderStatus({ layers, trace, problems, suppressions }: Concluded, notes: readonly string[]): string {
  const lines = [layerText('gates', layers.gates), layerText('audit', layers.audit)];
  for (const { step, ruleId, note } of trace) lines.push(`${step}${ruleId === undefined ? '' : ` ${ruleId}`}: ${note}`);
  if (suppressions !== undefined) lines.push(suppressionsText(suppressions));
  lines.push(...notes.map((note) => `note: ${note}`), ...problems.map((problem) => `policy problem: ${problem}`));
  return visible(`${lines.join('\n')}\n`);
}
