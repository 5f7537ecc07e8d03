import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { disagreements } from '../policy/agreement.ts';
import { type PlacedCase, parseCases } from '../policy/cases.ts';
import type { CompiledRule } from '../policy/compile.ts';
import { checkExamples, EXAMPLE_CONTEXT } from '../policy/examples.ts';
import type { ParsedFolder } from '../policy/folder.ts';
import { loadPolicies } from '../policy/load.ts';
import { problemText } from '../policy/source.ts';
import { type SplitClause, splitRules } from '../policy/splitRules.ts';
import type { Subject } from '../protocol/subject.ts';
import { createGates } from './engine.ts';
import type { Gates } from './gates.ts';
import type { Grammars } from './grammars.ts';
import { PolicyLibrary } from './policyFolders.ts';

/** How far the examples of a rule try one of its clauses. */
export interface ClauseCoverage extends Pick<SplitClause, 'clause' | 'says'> {
  /** Examples that meet it. */
  readonly examples: number;
  /** Those of them that no other clause of the rule meets: only they would miss it. */
  readonly alone: number;
}

/** How far a rule's own examples and its policy's cases try it. */
export interface RuleCoverage {
  readonly rule: string;
  /** Examples that it must match, and how many it does; the same for those that it must leave alone. */
  readonly matched: { readonly right: number; readonly of: number };
  readonly ignored: { readonly right: number; readonly of: number };
  /** Cases in which it fires. */
  readonly cases: number;
  /** In the order of the rule's `when`. */
  readonly clauses: readonly ClauseCoverage[];
}

export interface PolicyTestReport {
  readonly rules: readonly RuleCoverage[];
  readonly cases: number;
  /** What is wrong, as `file:line message` where there is a place. */
  readonly faults: readonly string[];
}

/** Where the policies are that are tried: one policy's folder, or a folder of such. */
function placeOf(folder: string): { parent: string; only: string | undefined } {
  const path = resolve(folder);
  return existsSync(join(path, 'rules.yaml')) ? { parent: dirname(path), only: basename(path) } : { parent: path, only: undefined };
}

function casesIn(folder: string, faults: string[]): PlacedCase[] {
  const place = join(folder, 'cases');
  const names = existsSync(place) ? readdirSync(place).filter((name) => /\.ya?ml$/.test(name)) : [];
  return names.sort().flatMap((name) => {
    const cases = parseCases(readFileSync(join(place, name), 'utf8'), join(place, name));
    if (!('problems' in cases)) return cases;
    faults.push(...cases.problems.map(problemText));
    return [];
  });
}

const textsOf = (folder: string) => ({
  'policy.md': readFileSync(join(folder, 'policy.md'), 'utf8'),
  'rules.yaml': readFileSync(join(folder, 'rules.yaml'), 'utf8'),
});

const firedOn = (gates: Gates, subject: Subject): string[] => gates.assess(subject, EXAMPLE_CONTEXT).findings.map(({ ruleId }) => ruleId);

/** What the examples of each rule try of its clauses, by the rule's full id. */
function clauseCoverage(
  folder: ParsedFolder,
  { shell: grammar, code }: Grammars,
  rules: readonly CompiledRule[],
): Map<string, ClauseCoverage[]> {
  const { name } = folder.prose;
  const split = splitRules({ origin: folder.origin, name, shownPath: folder.folder, texts: textsOf(folder.folder) });
  const { set } = loadPolicies([split.folder]);
  const gates = set === undefined ? undefined : createGates(set, grammar, code);
  return new Map(
    rules.map((rule) => {
      const own = split.clauses.filter((clause) => `${name}.${clause.rule}` === rule.id);
      const met = rule.examples.match.map((subject) => {
        const fired = new Set(gates === undefined ? [] : firedOn(gates, subject));
        return own.filter(({ id }) => fired.has(`${name}.${id}`));
      });
      const coverage = own.map((clause): ClauseCoverage => {
        const meeting = met.filter((clauses) => clauses.includes(clause));
        return {
          clause: clause.clause,
          says: clause.says,
          examples: meeting.length,
          alone: meeting.filter(({ length }) => length === 1).length,
        };
      });
      return [rule.id, coverage];
    }),
  );
}

/**
 * Runs every example and case of the policies in a folder, together with the built-in ones.
 * @param folder one policy's folder or a folder of policies; absent: the built-in ones
 * @throws SentinelError `policies_invalid` when there is no valid policy at all
 */
export function testPolicies(folder: string | undefined, builtIn: string, grammars: Grammars): PolicyTestReport {
  const { shell: grammar, code } = grammars;
  const { parent, only } = placeOf(folder ?? builtIn);
  const own = parent === resolve(builtIn);
  const { set, problems } = new PolicyLibrary({ builtIn, workspace: [], ...(own ? {} : { user: parent }) }).look();
  const faults: string[] = [...problems];
  const gates = createGates(set, grammar, code);
  const tried = set.folders.filter(
    ({ folder: path }) => dirname(resolve(path)) === parent && (only === undefined || basename(path) === only),
  );
  if (tried.length === 0 && problems.length === 0)
    faults.push(`There is no policy in ${folder ?? builtIn}: a policy is a folder with policy.md and rules.yaml.`);
  const rules: RuleCoverage[] = [];
  let count = 0;
  for (const policy of tried) {
    const cases = casesIn(policy.folder, faults);
    count += cases.length;
    const fired = cases.map(({ subject }) => firedOn(gates, subject));
    faults.push(...cases.flatMap((placed, index) => caseFaults(placed, gates, fired[index] ?? [])));
    const placed = new Map(policy.rules.map((place) => [place.item.id, place]));
    const inForce = set.rules.filter(({ id }) => placed.has(id));
    const wrong = checkExamples({ rules: inForce }, gates);
    for (const { ruleId, message } of wrong) {
      const place = placed.get(ruleId);
      faults.push(place === undefined ? message : problemText({ file: place.file, line: place.line(), message }));
    }
    const clauses = clauseCoverage(policy, grammars, inForce);
    faults.push(...proseFaults(policy));
    const right = (rule: CompiledRule, side: 'match' | 'ignore') => {
      const of = rule.examples[side].length;
      return { right: of - wrong.filter((fault) => fault.ruleId === rule.id && fault.side === side).length, of };
    };
    for (const rule of inForce)
      rules.push({
        rule: rule.id,
        matched: right(rule, 'match'),
        ignored: right(rule, 'ignore'),
        cases: fired.filter((ids) => ids.includes(rule.id)).length,
        clauses: clauses.get(rule.id) ?? [],
      });
  }
  return { rules, cases: count, faults };
}

/** Where policy.md and rules.yaml part ways, against the rules as they are written, not as somebody else tightened them. */
function proseFaults(policy: ParsedFolder): string[] {
  const file = join(policy.folder, 'policy.md');
  const rules = policy.rules.map(({ item }) => item);
  return disagreements(readFileSync(file, 'utf8'), rules).map((one) => problemText({ file, ...one }));
}

function caseFaults({ item, subject, file, line }: PlacedCase, gates: Gates, fired: readonly string[]): string[] {
  const fault = (message: string): string => problemText({ file, line, message: `Case \`${item.name}\`: ${message}` });
  const { verdict } = gates.assess(subject, EXAMPLE_CONTEXT);
  const others = fired.length > 0 ? fired.join(', ') : 'nothing';
  return [
    ...(verdict === item.expect.verdict
      ? []
      : [fault(`the verdict is ${verdict}, expected ${item.expect.verdict}; what fired: ${others}.`)]),
    ...(item.expect.rules ?? []).filter((id) => !fired.includes(id)).map((id) => fault(`${id} did not fire; what fired: ${others}.`)),
  ];
}
