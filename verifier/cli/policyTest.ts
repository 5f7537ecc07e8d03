import { loadGrammars } from '../gates/grammars.ts';
import { type PolicyTestReport, testPolicies } from '../gates/policyTest.ts';
import { builtInPolicies } from '../product.ts';

function* lines({ rules, cases, faults }: PolicyTestReport): Generator<string> {
  const width = Math.max(0, ...rules.map(({ rule }) => rule.length));
  for (const { rule, matched, ignored, cases: fires, untried } of rules) {
    yield `${rule.padEnd(width)}  matched ${matched.right}/${matched.of}  ignored ${ignored.right}/${ignored.of}  cases ${fires}`;
    for (const { clause, says } of untried) yield `  no example or case exercises when[${clause}] ${says}`;
  }
  for (const fault of faults) yield `FAULT ${fault}`;
  const untried = rules.reduce((sum, rule) => sum + rule.untried.length, 0);
  yield `${rules.length} rules, ${cases} cases, ${faults.length} faults, ${untried} clauses without an example`;
}

/** `sentinel policy test`. @returns 0 if every example and case holds, 1 if not. */
export async function policyTest(folder: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const report = testPolicies(folder, builtInPolicies(), await loadGrammars());
  if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else for (const line of lines(report)) process.stdout.write(`${line}\n`);
  return report.faults.length === 0 ? 0 : 1;
}
