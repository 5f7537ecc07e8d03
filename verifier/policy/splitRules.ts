import { stringify } from 'yaml';
import { z } from 'zod';
import type { PolicyFolder } from './folder.ts';
import { RulesFile } from './rule.ts';
import { checkShape, isProblems, parseYaml } from './source.ts';

/** A rule's clause as a rule of its own, so that it shows which clause an example needs. */
export interface SplitClause {
  /** Without the policy's name. */
  readonly rule: string;
  /** Number within the rule's `when`. */
  readonly clause: number;
  /** The clause's rule in the split folder, without the policy's name. */
  readonly id: string;
  /** The clause in a few words. */
  readonly says: string;
}

const Keyed = z.record(z.string(), z.unknown());

function says(clause: unknown): string {
  const text = Object.entries(Keyed.parse(clause))
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/**
 * The same folder with one rule for each clause. What a clause is does not matter here: all kinds are split alike.
 * @param folder one that is valid
 * @throws Error where it is not
 */
export function splitRules(folder: PolicyFolder): { folder: PolicyFolder; clauses: SplitClause[] } {
  const source = parseYaml(folder.texts['rules.yaml'] ?? '', folder.shownPath);
  const parsed = isProblems(source) ? source : checkShape(RulesFile, source, folder.shownPath);
  if (isProblems(parsed)) throw new Error(`${folder.shownPath} is not valid`);
  const clauses: SplitClause[] = [];
  const rules = parsed.rules.flatMap((rule, number) =>
    rule.when.map((clause, index) => {
      const id = `rule-${number}-clause-${index}`;
      clauses.push({ rule: rule.id, clause: index, id, says: says(clause) });
      return { ...rule, id, when: [clause], examples: ANY };
    }),
  );
  const text = stringify({ schema: 1, rules }, { aliasDuplicateObjects: false });
  return { folder: { ...folder, texts: { ...folder.texts, 'rules.yaml': text } }, clauses };
}

/** A split rule is only asked; the schema wants examples, and an object says its kind whatever the clause is. */
const NONE = { kind: 'command', text: 'true' };
const ANY = { match: [NONE, NONE], ignore: [NONE, NONE] };
