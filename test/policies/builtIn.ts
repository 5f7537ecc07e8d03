import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { CodeGrammars } from '../../verifier/gates/code/grammars.ts';
import { createGates } from '../../verifier/gates/engine.ts';
import type { Gates } from '../../verifier/gates/gates.ts';
import { loadShellGrammar } from '../../verifier/gates/shell/grammar.ts';
import type { PolicyFolder } from '../../verifier/policy/folder.ts';
import { loadPolicies, type PolicySet } from '../../verifier/policy/load.ts';
import { problemText } from '../../verifier/policy/source.ts';
import { expandTemplates } from '../../verifier/policy/templates.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { Verdict } from '../../verifier/protocol/vocabulary.ts';

/** The folders that the product brings, read as they stand in the repository. */
export const POLICIES = fileURLToPath(new URL('../../policies/', import.meta.url));

/** Where the subjects of cases and examples stand. */
export const CONTEXT = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };

const Case = z.strictObject({
  name: z.string().min(5),
  kind: z.enum(['command', 'file', 'prompt', 'response']),
  text: z.string().min(1),
  path: z.string().optional(),
  language: z.string().optional(),
  cwd: z.string().optional(),
  expect: z.strictObject({ verdict: Verdict, rules: z.array(z.string()).min(1).optional() }),
});
export type Case = z.infer<typeof Case>;

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
  const code = new CodeGrammars();
  await code.load(['javascript', 'typescript', 'typescriptreact', 'python']);
  return { set, gates: createGates(set, await loadShellGrammar(), code) };
}

/** All cases of one policy, in the order of their files. */
export function casesOf(name: string): Case[] {
  const folder = `${POLICIES}${name}/cases/`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => z.array(Case).parse(parse(readFileSync(folder + file, 'utf8'))));
}

/** @throws where the case names a template that nobody knows, or a file without a path */
export function subjectOf(item: Omit<Case, 'name' | 'expect'>): Subject {
  const { text, unknown } = expandTemplates(item.text);
  if (unknown.length > 0) throw new Error(`unknown template ${unknown.join(', ')}`);
  const language = item.language === undefined ? {} : { language: item.language };
  switch (item.kind) {
    case 'command':
      return { kind: 'command', text, ...language, ...(item.cwd === undefined ? {} : { cwd: item.cwd }) };
    case 'file':
      if (item.path === undefined) throw new Error('a file needs a path');
      return { kind: 'file', text, path: item.path, ...language };
    default:
      return { kind: item.kind, text };
  }
}
