import { type CompiledRule, compileRule, type Origin } from './compile.ts';
import { NOTHING_PREPARED, type PreparedTexts, preparedValue } from './prepared.ts';
import { PolicyFrontMatter, RulesFile, type Tightening } from './rule.ts';
import { checkShape, isProblems, type PolicyProblem, yamlSource } from './source.ts';

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
  readonly line: () => number;
}

export interface ParsedFolder {
  readonly origin: Origin;
  /** Path of the folder as people can open it. */
  readonly folder: string;
  /** Of the front matter. */
  readonly version: number;
  readonly prose: Prose;
  readonly rules: readonly Placed<CompiledRule>[];
  readonly tighten: readonly Placed<Tightening>[];
}

/** The YAML between the two `---` at the top of a policy.md, and how long the whole of it is. */
function frontMatter(text: string): { yaml: string; length: number } | undefined {
  const parts = /^---\r?\n([\s\S]*?\r?\n)---(?:\r?\n|$)/.exec(text);
  return parts === null ? undefined : { yaml: parts[1] ?? '', length: parts[0].length };
}

/** The YAML texts of a folder, as {@link parseFolder} reads them. */
export function yamlTexts(folder: PolicyFolder): string[] {
  return [frontMatter(folder.texts['policy.md'] ?? '')?.yaml ?? '', folder.texts['rules.yaml'] ?? ''];
}

type ParsedProse = Pick<ParsedFolder, 'prose' | 'version'>;

function parseProse(folder: PolicyFolder, text: string, file: string, prepared: PreparedTexts): ParsedProse | readonly PolicyProblem[] {
  const front = frontMatter(text);
  if (front === undefined) return [{ file, line: 1, message: 'The file must begin with front matter between two lines of `---`.' }];
  const source = yamlSource(front.yaml, file, 2, preparedValue(prepared, front.yaml));
  if (isProblems(source)) return source;
  const fields = checkShape(PolicyFrontMatter, source, file);
  if (isProblems(fields)) return fields;
  const problems: PolicyProblem[] = [];
  if (fields.name !== folder.name) {
    const message = `The name \`${fields.name}\` must be the folder's, \`${folder.name}\`.`;
    problems.push({ file, line: source.lineAt(['name']), message });
  }
  const prose = text.slice(front.length).trim();
  if (!prose.split('\n').some((line) => line.trimEnd() === '## Exemptions')) {
    problems.push({
      file,
      line: text.split('\n').length,
      message: 'A section headed `## Exemptions` is missing; say there if there are none.',
    });
  }
  if (problems.length > 0) return problems;
  const { name, title, version } = fields;
  return { prose: { name, title, prose, trusted: folder.origin !== 'workspace' }, version };
}

type ParsedRules = Pick<ParsedFolder, 'rules' | 'tighten'>;

function parseRules(folder: PolicyFolder, text: string, file: string, prepared: PreparedTexts): ParsedRules | readonly PolicyProblem[] {
  const known = preparedValue(prepared, text);
  const source = yamlSource(text, file, 1, known);
  if (isProblems(source)) return source;
  const parsed = checkShape(RulesFile, source, file);
  if (isProblems(parsed)) return parsed;
  const problems: PolicyProblem[] = [];
  const rules: Placed<CompiledRule>[] = [];
  const seen = new Set<string>();
  for (const [index, rule] of parsed.rules.entries()) {
    const line = (): number => source.lineAt(['rules', index, 'id']);
    if (seen.has(rule.id)) problems.push({ file, line: line(), message: `The rule \`${rule.id}\` is there twice.` });
    seen.add(rule.id);
    const compiled = compileRule(rule, folder.name, folder.origin, known !== undefined);
    if ('id' in compiled) rules.push({ item: compiled, file, line });
    else {
      for (const fault of compiled) {
        problems.push({ file, line: source.lineAt(['rules', index, ...fault.path]), message: `Rule \`${rule.id}\`: ${fault.message}.` });
      }
    }
  }
  const tighten = (parsed.tighten ?? []).map((item, index) => ({ item, file, line: () => source.lineAt(['tighten', index]) }));
  return problems.length > 0 ? problems : { rules, tighten };
}

/**
 * Reads one folder; it is valid as a whole or not at all.
 * @param prepared counts for built-in folders alone: who else's texts the build can't have seen
 */
export function parseFolder(folder: PolicyFolder, prepared: PreparedTexts): ParsedFolder | readonly PolicyProblem[] {
  const path = (name: PolicyFileName): string => `${folder.shownPath}/${name}`;
  const missing = POLICY_FILE_NAMES.filter((name) => folder.texts[name] === undefined);
  if (missing.length > 0) {
    return missing.map((name) => ({ file: path(name), line: 1, message: 'The file is missing: a policy has policy.md and rules.yaml.' }));
  }
  const known = folder.origin === 'builtIn' ? prepared : NOTHING_PREPARED;
  const prose = parseProse(folder, folder.texts['policy.md'] ?? '', path('policy.md'), known);
  const rules = parseRules(folder, folder.texts['rules.yaml'] ?? '', path('rules.yaml'), known);
  if (isProblems(prose)) return isProblems(rules) ? [...prose, ...rules] : prose;
  return isProblems(rules) ? rules : { origin: folder.origin, folder: folder.shownPath, ...prose, ...rules };
}
