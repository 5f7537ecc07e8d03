import type { CompiledRule } from './compile.ts';

/** Where prose and rules of a policy part ways; one-based line of policy.md. */
export interface Disagreement {
  readonly line: number;
  readonly message: string;
}

interface Row {
  readonly line: number;
  readonly severities: readonly string[];
  readonly verdicts: readonly string[];
  readonly rules: readonly string[];
}

const HEADER = /^\|[^\n]*\|\s*severity\s*\|\s*verdict\s*\|\s*rules\s*\|\s*$/;
const RULE_CELL = /\|[^|]*\|\s*$/;

const words = (cell: string | undefined): string[] => (cell ?? '').split(/[\s,`]+/).filter((word) => word !== '');

/** Lines of the table whose columns are what, severity, verdict and rules: its header, and its rows. */
function table(lines: readonly string[]): { header: number; rows: number[] } | undefined {
  const header = lines.findIndex((line) => HEADER.test(line.trimEnd()));
  if (header < 0) return undefined;
  let end = header + 1;
  while (lines[end]?.startsWith('|')) end++;
  return { header, rows: Array.from({ length: Math.max(0, end - header - 2) }, (_, index) => header + 2 + index) };
}

function readRow(text: string, index: number): Row {
  // From the right: the first cell may hold a bar of its own (`curl … | sh`).
  const [rules, verdicts, severities] = text.trimEnd().split('|').slice(0, -1).reverse();
  return { line: index + 1, severities: words(severities), verdicts: words(verdicts), rules: words(rules) };
}

/**
 * Holds the table under "What to flag" against the rules: each row names the rules that enforce it, each rule stands in a row, and
 * both say the same severity and verdict.
 * @param policyMd the whole file
 * @param rules those of this policy
 */
export function disagreements(policyMd: string, rules: readonly Pick<CompiledRule, 'id' | 'severity' | 'verdict'>[]): Disagreement[] {
  const lines = policyMd.split('\n');
  const found = table(lines);
  if (found === undefined)
    return [{ line: 1, message: 'There is no table with the columns what, severity, verdict and rules: the prose names no rule.' }];
  const rows = found.rows.map((index) => readRow(lines[index] ?? '', index));
  const known = new Map(rules.map((rule) => [rule.id.slice(rule.id.indexOf('.') + 1), rule]));
  const named = new Set(rows.flatMap((row) => row.rules));
  const ofRows = rows.flatMap(({ line, severities, verdicts, rules: ids }): Disagreement[] => {
    if (ids.length === 0) return [{ line, message: 'The row names no rule: no gate keeps what it says.' }];
    return ids.flatMap((id): Disagreement[] => {
      const rule = known.get(id);
      if (rule === undefined) return [{ line, message: `The row names \`${id}\`, which is no rule of this policy.` }];
      if (severities.includes(rule.severity) && verdicts.includes(rule.verdict)) return [];
      return [{ line, message: `\`${id}\` is ${rule.severity} and ${rule.verdict}; the row says something else.` }];
    });
  });
  const unsaid = [...known.keys()].filter((id) => !named.has(id));
  return [
    ...ofRows,
    ...unsaid.map((id) => ({ line: found.header + 1, message: `No row names the rule \`${id}\`: nobody is told of it.` })),
  ];
}

/** The prose without the names of rules, which only tools follow. */
export function withoutRuleNames(prose: string): string {
  const lines = prose.split('\n');
  const found = table(lines);
  if (found === undefined) return prose;
  for (const index of [found.header, found.header + 1, ...found.rows]) lines[index] = (lines[index] ?? '').replace(RULE_CELL, '|');
  return lines.join('\n');
}
