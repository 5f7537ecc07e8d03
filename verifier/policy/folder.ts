import { type CompiledRule, compileRule, type Origin } from './compile.ts';
import { PolicyFrontMatter, RulesFile, type Tightening } from './rule.ts';
import { checkShape, isProblems, type PolicyProblem, parseYaml } from './source.ts';

/** The files of a policy folder that are in force; `cases/` are for tests. */
export const POLICY_FILE_NAMES = ['policy.md', 'rules.yaml'] as const;
export type PolicyFileName = (typeof POLICY_FILE_NAMES)[number];

/** One policy folder as text. */
export interface PolicyFolder {
  readonly origin: Origin;
  /** The folder's own name, which is also the policy's. */
  readonly name: string;
  /** How its files are named to people: a path that they can open. */
  readonly shownPath: string;
  readonly texts: Readonly<Partial<Record<PolicyFileName, string>>>;
}

/** A policy as auditor and people read it. A workspace's is hostile text (law 7). */
export interface Prose {
  readonly name: string;
  readonly title: string;
  readonly prose: string;
  readonly trusted: boolean;
}

/** A rule or tightening with its place, for problems that show only next to other folders. */
export interface Placed<T> {
  readonly item: T;
  readonly file: string;
  readonly line: number;
}

export interface ParsedFolder {
  readonly prose: Prose;
  readonly rules: readonly Placed<CompiledRule>[];
  readonly tighten: readonly Placed<Tightening>[];
}

function parseProse(folder: PolicyFolder, text: string, file: string): Prose | readonly PolicyProblem[] {
  const parts = /^---\r?\n([\s\S]*?\r?\n)---(?:\r?\n|$)/.exec(text);
  if (parts === null) return [{ file, line: 1, message: 'The file must begin with front matter between two lines of `---`.' }];
  const source = parseYaml(parts[1] ?? '', file, 2);
  if (isProblems(source)) return source;
  const front = checkShape(PolicyFrontMatter, source, file);
  if (isProblems(front)) return front;
  const problems: PolicyProblem[] = [];
  if (front.name !== folder.name) {
    const message = `The name \`${front.name}\` must be the folder's, \`${folder.name}\`.`;
    problems.push({ file, line: source.lineAt(['name']), message });
  }
  const prose = text.slice(parts[0].length).trim();
  if (!prose.split('\n').some((line) => line.trimEnd() === '## Exemptions')) {
    problems.push({
      file,
      line: text.split('\n').length,
      message: 'A section headed `## Exemptions` is missing; say there if there are none.',
    });
  }
  return problems.length > 0 ? problems : { name: front.name, title: front.title, prose, trusted: folder.origin !== 'workspace' };
}

type ParsedRules = Pick<ParsedFolder, 'rules' | 'tighten'>;

function parseRules(folder: PolicyFolder, text: string, file: string): ParsedRules | readonly PolicyProblem[] {
  const source = parseYaml(text, file);
  if (isProblems(source)) return source;
  const parsed = checkShape(RulesFile, source, file);
  if (isProblems(parsed)) return parsed;
  const problems: PolicyProblem[] = [];
  const rules: Placed<CompiledRule>[] = [];
  const seen = new Set<string>();
  for (const [index, rule] of parsed.rules.entries()) {
    const line = source.lineAt(['rules', index, 'id']);
    if (seen.has(rule.id)) problems.push({ file, line, message: `The rule \`${rule.id}\` is there twice.` });
    seen.add(rule.id);
    const compiled = compileRule(rule, folder.name, folder.origin);
    if ('id' in compiled) rules.push({ item: compiled, file, line });
    else {
      for (const fault of compiled) {
        problems.push({ file, line: source.lineAt(['rules', index, ...fault.path]), message: `Rule \`${rule.id}\`: ${fault.message}.` });
      }
    }
  }
  const tighten = (parsed.tighten ?? []).map((item, index) => ({ item, file, line: source.lineAt(['tighten', index]) }));
  return problems.length > 0 ? problems : { rules, tighten };
}

/** Reads one folder; it is valid as a whole or not at all. */
export function parseFolder(folder: PolicyFolder): ParsedFolder | readonly PolicyProblem[] {
  const path = (name: PolicyFileName): string => `${folder.shownPath}/${name}`;
  const missing = POLICY_FILE_NAMES.filter((name) => folder.texts[name] === undefined);
  if (missing.length > 0) {
    return missing.map((name) => ({ file: path(name), line: 1, message: 'The file is missing: a policy has policy.md and rules.yaml.' }));
  }
  const prose = parseProse(folder, folder.texts['policy.md'] ?? '', path('policy.md'));
  const rules = parseRules(folder, folder.texts['rules.yaml'] ?? '', path('rules.yaml'));
  if (isProblems(prose)) return isProblems(rules) ? [...prose, ...rules] : prose;
  return isProblems(rules) ? rules : { prose, ...rules };
}
