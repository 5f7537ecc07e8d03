import type { PolicyFileName, PolicyFolder } from '../../verifier/policy/folder.ts';

/** A policy.md that is valid for a folder of this name. */
export function policyMd(name: string): string {
  return `---\nname: ${name}\ntitle: Policy of a test\nversion: 1\n---\n\nWhat it is about.\n\n## Exemptions\n\nNone.\n`;
}

/** Fields of the one rule of {@link rulesYaml} that a test wants otherwise; each is a line of YAML. */
export interface RuleLines {
  readonly id?: string;
  readonly verdict?: string;
  readonly severity?: string;
  readonly when?: string;
  readonly match?: string;
  readonly extra?: string;
}

/** A rules.yaml with one rule that finds the word `forbidden` in code. */
export function rulesYaml(rule: RuleLines = {}, tail = ''): string {
  return `schema: 1
rules:
  - id: ${rule.id ?? 'forbidden-word'}
    severity: ${rule.severity ?? 'medium'}
    verdict: ${rule.verdict ?? 'review'}
    message: This word is not allowed here.
    remediation: Write another word instead.
    cwe: [CWE-1]
    when:
      - ${rule.when ?? '{ pattern: "\\\\bforbidden\\\\b", literals: [forbidden], zones: [code] }'}
    examples:
      match:
        - ${rule.match ?? '{ kind: file, text: "a forbidden b", language: python }'}
        - { kind: file, text: "forbidden", language: python }
      ignore:
        - { kind: file, text: "allowed", language: python }
        - { kind: file, text: "forbiddenly", language: python }
${rule.extra ?? ''}${tail}`;
}

/** A folder in memory. */
export function folder(
  name: string,
  texts: Partial<Record<PolicyFileName, string>> = {},
  origin: PolicyFolder['origin'] = 'builtIn',
): PolicyFolder {
  return { origin, name, shownPath: `${origin}/${name}`, texts: { 'policy.md': policyMd(name), 'rules.yaml': rulesYaml(), ...texts } };
}
