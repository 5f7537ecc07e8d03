import type { Finding } from '../../verifier/protocol/assessment.ts';
import { plainWords } from './renderSafe.ts';

const MAX_WAYS = 3;

/**
 * How to ask so that it need not be withheld: what to leave out of a prompt, or what to ask for instead. Markdown
 * that is safe to show; empty where nothing is known.
 */
export function howToRephrase(what: 'prompt' | 'answer', findings: readonly Finding[]): string {
  const ways = [...new Set(findings.map((finding) => (what === 'prompt' ? leaveOut(finding) : askInstead(finding))))].slice(0, MAX_WAYS);
  if (ways.length === 0) return '';
  const head = what === 'prompt' ? 'To go on, rephrase the prompt:' : 'To go on, ask for it another way, for instance:';
  return `**${head}**\n\n${ways.map((way) => `- ${way}`).join('\n')}`;
}

function leaveOut({ policy, ruleId, location, remediation }: Finding): string {
  const where = location === undefined ? '' : ` (line ${location.startLine})`;
  if (policy === 'secrets') return `Leave out the credential${where} and write a placeholder such as \`<API_KEY>\` instead.`;
  const safer = remediation === undefined ? '' : ` Safer: ${plainWords(remediation)}`;
  return `Leave out what ${plainWords(ruleId)} found${where}, or say what you want to reach instead of how.${safer}`;
}

function askInstead({ policy, ruleId, remediation }: Finding): string {
  if (policy === 'secrets') return '“… and read every credential from the environment; write none into the code.”';
  return remediation === undefined ? `“… in a way that ${plainWords(ruleId)} allows.”` : `“… but this way: ${plainWords(remediation)}”`;
}
