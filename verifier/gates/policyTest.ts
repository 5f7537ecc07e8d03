import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type PlacedCase, parseCases } from '../policy/cases.ts';
import type { CompiledRule } from '../policy/compile.ts';
import { checkExamples, EXAMPLE_CONTEXT } from '../policy/examples.ts';
import type { ParsedFolder } from '../policy/folder.ts';
import { loadPolicies } from '../policy/load.ts';
import { problemText } from '../policy/source.ts';
import { splitRules } from '../policy/splitRules.ts';
import type { Subject } from '../protocol/subject.ts';
import { createGates } from './engine.ts';
import type { Gates } from './gates.ts';
import type { Grammars } from './grammars.ts';
import { PolicyLibrary } from './policyFolders.ts';

/** How far a rule's own examples and its policy's cases try it. */
export interface RuleCoverage {
  readonly rule: string;
  /** Examples that it must match, and how many it does; the same for those that it must leave alone. */
  readonly matched: { readonly right: number; readonly of: number };
  readonly ignored: { readonly right: number; readonly of: number };
  /** Cases in which it fires. */
  readonly cases: number;
  /** Clauses that no example and no case needs or meets. */
  readonly untried: readonly { readonly clause: number; readonly says: string }[];
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

const firedOn = (gates: Gates, subject: Subject): string[] => gates.assess(subject, EXAMPLE_CONTEXT).findings.map(({ ruleId }) => ruleId);

/** Clauses by rule that none of the subjects meets. */
function untriedIn(
  folder: ParsedFolder,
  { shell: grammar, code }: Grammars,
  subjects: readonly Subject[],
): Map<string, RuleCoverage['untried'][number][]> {
  const texts = {
    'policy.md': readFileSync(join(folder.folder, 'policy.md'), 'utf8'),
    'rules.yaml': readFileSync(join(folder.folder, 'rules.yaml'), 'utf8'),
  };
  const { name } = folder.prose;
  const split = splitRules({ origin: folder.origin, name, shownPath: folder.folder, texts });
  const { set } = loadPolicies([split.folder]);
  const gates = set === undefined ? undefined : createGates(set, grammar, code);
  const met = new Set(gates === undefined ? [] : subjects.flatMap((subject) => firedOn(gates, subject)));
  const untried = new Map<string, RuleCoverage['untried'][number][]>();
  for (const { rule, clause, id, says } of split.clauses) {
    if (met.has(`${name}.${id}`)) continue;
    untried.set(`${name}.${rule}`, [...(untried.get(`${name}.${rule}`) ?? []), { clause, says }]);
  }
  return untried;
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
    const subjects = [...inForce.flatMap(({ examples }) => examples.match), ...cases.map(({ subject }) => subject)];
    const untried = untriedIn(policy, grammars, subjects);
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
        untried: untried.get(rule.id) ?? [],
      });
  }
  return { rules, cases: count, faults };
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
