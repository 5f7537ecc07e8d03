import { homedir } from 'node:os';
import type { ExplainedRule, Explanation } from '../gates/explain.ts';
import { explain } from '../gates/explain.ts';
import { loadGrammars } from '../gates/grammars.ts';
import { PolicyLibrary } from '../gates/policyFolders.ts';
import { builtInPolicies } from '../product.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { readInput } from './input.ts';

export interface PolicyExplainOptions {
  readonly file?: string;
  readonly prompt?: string;
  readonly language?: string;
  readonly cwd: string;
  readonly policies?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

function* ruleLines(rule: ExplainedRule): Generator<string> {
  yield `  ${rule.id} (${rule.severity}, ${rule.verdict})${rule.title === undefined ? '' : `: ${rule.title}`}`;
  if (rule.state === 'fired' || rule.state === 'exempted') {
    yield `    ${rule.message}`;
    yield `    Safer: ${rule.remediation}`;
    const since = rule.since === undefined ? [] : [`since ${rule.since}`];
    yield `    ${[...rule.cwe, ...(rule.owasp ?? []), ...(rule.attack ?? []), ...since].join(', ')}`;
  }
  for (const note of rule.notes) yield `    saw ${note}`;
  for (const { clause, saw, failed } of rule.near) yield `    when[${clause}] saw ${saw}, but ${failed.join('; and ')}`;
  if (rule.state === 'silent') yield '    nothing that it speaks of is there';
}

const HEADINGS: Readonly<Record<ExplainedRule['state'], string>> = {
  fired: 'Rules that fired',
  exempted: 'Rules whose finding was exempted',
  near: 'Rules that came near',
  silent: 'Rules that have nothing to say',
};

/** The explanation as a person reads it. */
export function* explanationLines(explained: Explanation, all: boolean): Generator<string> {
  yield `verdict: ${explained.verdict}`;
  if (explained.commands.length > 0) yield '\nCommands as understood (what a wrapper runs stands below it)';
  for (const { level, words, elevated, remote } of explained.commands) {
    const how = [...(elevated ? ['elevated'] : []), ...(remote ? ['on another machine'] : [])];
    yield `  ${'  '.repeat(level)}${words.map((word) => JSON.stringify(word)).join(' ')}${how.length > 0 ? ` (${how.join(', ')})` : ''}`;
  }
  yield explained.effects.length > 0 ? '\nEffects' : '\nEffects: none';
  for (const { kind, program, target, traits, targetText, zone } of explained.effects) {
    const what = targetText === undefined ? '' : ` ${JSON.stringify(targetText)}`;
    yield `  ${kind} of ${target}${what} by ${program}${traits.length > 0 ? ` (${traits.join(', ')})` : ''}, in ${zone}`;
  }
  if (explained.calls.length > 0) yield '\nCalls as resolved';
  for (const { line, name, into } of explained.calls) yield `  line ${line}: ${name}${into === '' ? '' : `, into ${into}`}`;
  if (explained.flows.length > 0) yield '\nValues that reach a place where they may do harm';
  for (const { line, sources, sink, built } of explained.flows)
    yield `  line ${line}: of ${sources.join(', ')} into ${sink}${built ? ', put together with literal text' : ''}`;
  for (const state of ['fired', 'exempted', 'near', 'silent'] as const) {
    const rules = explained.rules.filter((rule) => rule.state === state);
    if (rules.length === 0) continue;
    if (state === 'silent' && !all) {
      yield `\n${rules.length} rules have nothing to say; --all lists them.`;
      continue;
    }
    yield `\n${HEADINGS[state]}`;
    for (const rule of rules) yield* ruleLines(rule);
  }
  for (const limit of explained.limits) yield `\nlimit: ${limit}`;
}

/** `sentinel policy explain`. @returns the exit code of the verdict. */
export async function policyExplain(command: string | undefined, options: PolicyExplainOptions): Promise<number> {
  const { file, prompt, language, cwd, policies } = options;
  const given = {
    ...(command === undefined ? {} : { command }),
    ...(file === undefined ? {} : { file }),
    ...(prompt === undefined ? {} : { prompt }),
  };
  if (Object.keys(given).length !== 1) throw new CommandError(EXIT.usage, 'Give a command, a file with --file or a prompt with --prompt.');
  const { subject } = await readInput({ cwd, ...(language === undefined ? {} : { language }), ...given }, process.stdin);
  const library = new PolicyLibrary({ builtIn: builtInPolicies(), workspace: [], ...(policies === undefined ? {} : { user: policies }) });
  const { set, problems } = library.look();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const explained = explain(set, await loadGrammars(), subject, { workspaceRoots: [cwd], home: homedir() });
  if (options.json === true) process.stdout.write(`${JSON.stringify(explained)}\n`);
  else for (const line of explanationLines(explained, options.all === true)) process.stdout.write(`${line}\n`);
  return EXIT[explained.verdict];
}
