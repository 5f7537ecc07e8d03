import { PolicyFrontMatter } from './rule.ts';

/** Files of a new policy by their path within its folder. */
export type Scaffold = Readonly<Record<string, string>>;

/** How the schema of rules.yaml is named beside the policies' folders, where an editor finds it. */
export const SCHEMA_NAME = 'rules.schema.json';

/** Whether a policy may be named so. */
export function isPolicyName(name: string): boolean {
  return PolicyFrontMatter.shape.name.safeParse(name).success;
}

/** A policy that is valid, does one thing and is meant to be changed. @param name as {@link isPolicyName} allows */
export function scaffold(name: string): Scaffold {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
  return {
    'policy.md': `---
name: ${name}
title: ${title}
version: 1
---

# ${title}

## Purpose

Say in two sentences what this policy protects, and whom it serves. People decide by this text, and the auditor follows it.

## What to flag

| what | severity | verdict | rules |
| --- | --- | --- | --- |
| A deployment to production that is started by hand | high | review | deploy-by-hand |

## What to look at

Where it is started from, and whether a pipeline could do it.

## Exemptions

None.
`,
    'rules.yaml': `# yaml-language-server: $schema=../${SCHEMA_NAME}
schema: 1
rules:
  - id: deploy-by-hand
    severity: high              # low, medium, high, critical
    verdict: review             # review: a person decides; block: and must say why
    message: This deploys to production by hand, past the pipeline and its checks.
    remediation: Let the pipeline deploy; start it by merging.
    cwe: [CWE-284]
    when:                       # any one of these suffices
      - pattern: '\\bdeploy(?:\\.sh)?\\s+(?:--env[= ])?(?:production|prod)\\b'
        literals: [deploy]
        zones: [shell]
        unless: '(?m)^[ \\t]*(?:#|echo\\b|git\\s+commit\\b)[^\\n]*\\z'
    examples:
      match:                    # at least two that it must find
        - { kind: command, text: ./deploy.sh production }
        - { kind: command, text: deploy --env=prod }
      ignore:                   # at least two near-twins that it must leave alone
        - { kind: command, text: ./deploy.sh staging }
        - { kind: command, text: 'git commit -m "deploy production from the pipeline"' }
`,
    'cases/first.yaml': `- name: a deployment to production by hand
  kind: command
  text: ./deploy.sh production
  expect: { verdict: review, rules: [${name}.deploy-by-hand] }
- name: a deployment to the test system
  kind: command
  text: ./deploy.sh staging
  expect: { verdict: pass }
`,
  };
}
