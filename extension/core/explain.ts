import { t } from '@vscode/l10n';
import type { CataloguePolicy, CatalogueRule } from '../../verifier/protocol/policyCatalogue.ts';
import type { ChatCommand, CommandContext } from './chatCommands.ts';
import { visibleLine } from './dialogText.ts';
import { plainWords, renderSafe } from './renderSafe.ts';

const MAX_SUGGESTED = 12;
const MAX_EXAMPLE_LINES = 24;
/** Sections of policy.md that say why, in the order in which they are shown. */
const WHY = ['Purpose', 'What to look at'];

/** `/explain [rule]`: what a rule is about, why, what would be safer, with its examples. Without a rule: the last finding's. */
export const explain: ChatCommand = async (context) => {
  const { verifier, view, signal, argument } = context;
  const { policies } = await verifier.policies({ signal });
  const wanted = argument.trim() || (await lastRule(context));
  if (wanted === undefined) {
    view.show(t('Nothing was found yet. Name a rule to have it explained: /policies lists the policies.'));
    return { rules: [] };
  }
  const found = findRule(policies, wanted);
  if (found !== undefined) {
    await tellRule(context, found.policy, found.rule);
    return { rules: [found.rule.id] };
  }
  const policy = policies.find(({ name }) => wanted === name || wanted === `${name}.audit`);
  if (policy !== undefined) {
    const byAudit = wanted !== policy.name;
    if (byAudit)
      view.show(
        `${t('The auditor, a language model, found this by the policy **{0}**; no fixed rule did.', plainWords(policy.title))}\n\n`,
      );
    await tellPolicy(context, policy);
    return { rules: [] };
  }
  if (wanted.startsWith('gate.') || wanted.startsWith('guard.')) {
    view.show(
      t("{0} is no rule of a policy: the guard itself met a limit or a problem. The finding's message says which.", plainWords(wanted)),
    );
    return { rules: [] };
  }
  suggest(context, policies, wanted);
  return { rules: [] };
};

async function lastRule({ verifier, signal }: CommandContext): Promise<string | undefined> {
  const { items } = await verifier.history({ limit: 100, only: 'noteworthy' }, { signal });
  return items.flatMap(({ ruleIds }) => ruleIds)[0];
}

/** By its full id, or by the part after the policy where only one has it. */
export function findRule(
  policies: readonly CataloguePolicy[],
  wanted: string,
): { readonly policy: CataloguePolicy; readonly rule: CatalogueRule } | undefined {
  const name = wanted.toLowerCase();
  const all = policies.flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })));
  const short = all.filter(({ rule }) => rule.id.endsWith(`.${name}`));
  return all.find(({ rule }) => rule.id === name) ?? (short.length === 1 ? short[0] : undefined);
}

async function tellRule(context: CommandContext, policy: CataloguePolicy, rule: CatalogueRule): Promise<void> {
  const { view, readText } = context;
  const effect = rule.verdict === 'block' ? t('blocks: letting it pass needs a reason') : t('asks a person');
  const title = rule.title === undefined ? '' : ` ${plainWords(visibleLine(rule.title))}`;
  view.show(`**${plainWords(rule.id)}**${title} · ${rule.severity}, ${effect}\n\n${plainWords(rule.message)}\n\n`);
  view.show(`${t('**Safer:** {0}', plainWords(rule.remediation))}\n\n`);
  if (rule.cwe.length > 0) view.show(`${t('Weakness: {0}', plainWords(rule.cwe.join(', ')))}\n\n`);
  const risks = [...(rule.owasp ?? []), ...(rule.attack ?? [])];
  if (risks.length > 0) view.show(`${t('Risk (OWASP) and technique (ATT&CK): {0}', plainWords(risks.join(', ')))}\n\n`);
  if (rule.since !== undefined) view.show(`${t('Since version {0}', plainWords(rule.since))}\n\n`);
  const text = await readText(rule.file);
  const examples = text === undefined ? [] : exampleLines(text, rule.line);
  if (examples.length > 0) view.show(`${t('Examples that it finds (match) and leaves alone (ignore):')}\n\n${fenced(examples)}\n`);
  view.show(`${t('Rule:')} `);
  view.place({ path: rule.file, line: rule.line });
  view.show('\n\n');
  await tellPolicy(context, policy);
}

async function tellPolicy({ view, readText }: CommandContext, policy: CataloguePolicy): Promise<void> {
  const path = `${policy.folder}/policy.md`;
  const text = (await readText(path)) ?? '';
  view.show(`${t('Policy **{0}**:', plainWords(visibleLine(policy.title)))} `);
  view.place({ path });
  view.show('\n\n');
  // A workspace's policy is the workspace's text: made inert like a model's answer.
  for (const heading of WHY) {
    const section = sectionOf(text, heading);
    if (section !== '') view.show(`**${heading}**\n\n${renderSafe(section)}\n`);
  }
}

function suggest({ view }: CommandContext, policies: readonly CataloguePolicy[], wanted: string): void {
  const words = wanted
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const near = policies
    .flatMap(({ rules }) => rules)
    .filter(({ id, message }) => words.some((word) => `${id} ${message}`.toLowerCase().includes(word)));
  view.show(t('There is no rule {0}.', plainWords(wanted.slice(0, 100))));
  if (near.length === 0) view.show(` ${t('/policies lists the policies with their rules.')}`);
  else
    view.show(
      ` ${t('Near it:')}\n\n${near
        .slice(0, MAX_SUGGESTED)
        .map(({ id, message }) => `- ${plainWords(id)}: ${plainWords(message)}`)
        .join('\n')}\n`,
    );
}

/** The text under a second-level heading of a Markdown file. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split(/\r?\n/);
  const from = lines.findIndex((line) => line.trimEnd() === `## ${heading}`);
  if (from === -1) return '';
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('## ') || line.startsWith('# '));
  return lines
    .slice(from + 1, length === -1 ? undefined : from + 1 + length)
    .join('\n')
    .trim();
}

/**
 * The lines below `examples:` of the rule whose `- id:` stands in a one-based line of a rules.yaml, as they are
 * written there: placeholders for credentials stay placeholders.
 */
export function exampleLines(yaml: string, line: number): string[] {
  const lines = yaml.split(/\r?\n/);
  const indent = (text: string) => text.length - text.trimStart().length;
  const dash = indent(lines[line - 1] ?? '');
  const rest = lines.slice(line);
  const end = rest.findIndex((text) => text.trim() !== '' && indent(text) <= dash);
  const rule = end === -1 ? rest : rest.slice(0, end);
  const at = rule.findIndex((text) => text.trim() === 'examples:');
  if (at === -1) return [];
  const depth = indent(rule[at] ?? '');
  const below = rule.slice(at + 1);
  const over = below.findIndex((text) => text.trim() !== '' && indent(text) <= depth);
  const examples = (over === -1 ? below : below.slice(0, over)).map((text) => text.slice(depth + 2)).filter((text) => text.trim() !== '');
  return examples.length <= MAX_EXAMPLE_LINES ? examples : [...examples.slice(0, MAX_EXAMPLE_LINES), '…'];
}

/** A fence longer than any in the text. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return `${fence}yaml\n${lines.join('\n').replaceAll('<vscode_', '<\u2060vscode_')}\n${fence}\n`;
}
