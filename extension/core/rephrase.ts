import { t } from '@vscode/l10n';
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
  const head = what === 'prompt' ? t('To go on, rephrase the prompt:') : t('To go on, ask for it another way, for instance:');
  return `**${head}**\n\n${ways.map((way) => `- ${way}`).join('\n')}`;
}

function leaveOut({ policy, ruleId, location, remediation }: Finding): string {
  const line = location?.startLine;
  if (policy === 'secrets')
    return line === undefined
      ? t('Leave out the credential and write a placeholder such as `<API_KEY>` instead.')
      : t('Leave out the credential (line {0}) and write a placeholder such as `<API_KEY>` instead.', line);
  const rule = plainWords(ruleId);
  const way =
    line === undefined
      ? t('Leave out what {0} found, or say what you want to reach instead of how.', rule)
      : t('Leave out what {0} found (line {1}), or say what you want to reach instead of how.', rule, line);
  return remediation === undefined ? way : `${way} ${t('Safer: {0}', plainWords(remediation))}`;
}

function askInstead({ policy, ruleId, remediation }: Finding): string {
  if (policy === 'secrets') return t('“… and read every credential from the environment; write none into the code.”');
  return remediation === undefined
    ? t('“… in a way that {0} allows.”', plainWords(ruleId))
    : t('“… but this way: {0}”', plainWords(remediation));
}
