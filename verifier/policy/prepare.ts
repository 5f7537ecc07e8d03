import { sha256 } from '../protocol/digest.ts';
import { type PolicyFolder, yamlTexts } from './folder.ts';
import { loadPolicies } from './load.ts';
import type { PreparedFile } from './prepared.ts';
import { isProblems, parseYaml, problemText } from './source.ts';

/**
 * Reads the built-in folders for the build: every pattern is compiled and every example expanded, so
 * that the product need not do so again before its first answer.
 * @throws Error with each problem on its line
 */
export function preparePolicies(folders: readonly PolicyFolder[]): PreparedFile {
  const { problems } = loadPolicies(folders);
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  const texts: Record<string, unknown> = {};
  for (const yaml of folders.flatMap(yamlTexts)) {
    const source = parseYaml(yaml, 'policies');
    if (!isProblems(source)) texts[sha256(yaml)] = source.value;
  }
  return { schema: 1, texts };
}
