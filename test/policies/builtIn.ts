import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGates } from '../../verifier/gates/engine.ts';
import type { Gates } from '../../verifier/gates/gates.ts';
import { loadGrammars } from '../../verifier/gates/grammars.ts';
import { caseSubject, type PolicyCase, parseCases } from '../../verifier/policy/cases.ts';
import { EXAMPLE_CONTEXT } from '../../verifier/policy/examples.ts';
import type { PolicyFolder } from '../../verifier/policy/folder.ts';
import { loadPolicies, type PolicySet } from '../../verifier/policy/load.ts';
import { problemText } from '../../verifier/policy/source.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';

/** The folders that the product brings, read as they stand in the repository. */
export const POLICIES = fileURLToPath(new URL('../../policies/', import.meta.url));

/** Where the subjects of cases and examples stand. */
export const CONTEXT = EXAMPLE_CONTEXT;

export function builtInNames(): string[] {
  return readdirSync(POLICIES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export function builtInFolders(): PolicyFolder[] {
  return builtInNames().map((name) => ({
    origin: 'builtIn',
    name,
    shownPath: `policies/${name}`,
    texts: {
      'policy.md': readFileSync(`${POLICIES}${name}/policy.md`, 'utf8'),
      'rules.yaml': readFileSync(`${POLICIES}${name}/rules.yaml`, 'utf8'),
    },
  }));
}

/** @throws with each problem on its line where a built-in folder is not valid */
export async function builtInGates(): Promise<{ set: PolicySet; gates: Gates }> {
  const { set, problems } = loadPolicies(builtInFolders());
  if (set === undefined || problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  const { shell, code } = await loadGrammars();
  return { set, gates: createGates(set, shell, code) };
}

/**
 * All cases of one policy, in the order of their files.
 * @throws with each problem on its line where a file is not valid
 */
export function casesOf(name: string): PolicyCase[] {
  const folder = `${POLICIES}${name}/cases/`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => {
    const cases = parseCases(readFileSync(folder + file, 'utf8'), `policies/${name}/cases/${file}`);
    if ('problems' in cases) throw new Error(cases.problems.map(problemText).join('\n'));
    return cases.map(({ item }) => item);
  });
}

/** @throws where the case names a template that nobody knows, or a file without a path */
export function subjectOf(item: Omit<PolicyCase, 'name' | 'expect'>): Subject {
  const subject = caseSubject(item);
  if (typeof subject === 'string') throw new Error(subject);
  return subject;
}
