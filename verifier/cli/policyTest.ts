import { loadGrammars } from '../gates/grammars.ts';
import { type ClauseCoverage, type PolicyTestReport, testPolicies } from '../gates/policyTest.ts';
import { builtInPolicies } from '../product.ts';

function clauseLine({ clause, says, examples, alone }: ClauseCoverage): string {
  const tried =
    examples === 0
      ? 'NO EXAMPLE'
      : alone === 0
        ? `examples ${examples}, each met by another clause too`
        : `examples ${examples}, alone ${alone}`;
  return `when[${clause}]  ${tried}  ${says}`;
}

function* lines({ rules, cases, faults }: PolicyTestReport): Generator<string> {
  const width = Math.max(0, ...rules.map(({ rule }) => rule.length));
  for (const { rule, matched, ignored, cases: fires, clauses } of rules) {
    yield `${rule.padEnd(width)}  matched ${matched.right}/${matched.of}  ignored ${ignored.right}/${ignored.of}  cases ${fires}`;
    for (const clause of clauses) yield `  ${clauseLine(clause)}`;
  }
  for (const fault of faults) yield `FAULT ${fault}`;
  const all = rules.flatMap(({ clauses }) => clauses);
  const [untried, shared] = [all.filter(({ examples }) => examples === 0), all.filter(({ alone }) => alone === 0)];
  yield `${rules.length} rules, ${cases} cases, ${faults.length} faults, ${untried.length} of ${all.length} clauses without an example, ${shared.length - untried.length} without one of their own`;
}

/** `sentinel policy test`. @returns 0 if every example and case holds, 1 if not. */
export async function policyTest(folder: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const report = testPolicies(folder, builtInPolicies(), await loadGrammars());
  if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else for (const line of lines(report)) process.stdout.write(`${line}\n`);
  return report.faults.length === 0 ? 0 : 1;
}
