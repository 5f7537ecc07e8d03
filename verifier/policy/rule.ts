import { z } from 'zod';
import { Severity } from '../protocol/vocabulary.ts';
import { BUILD_KINDS, BUILD_TRAITS, CODE_SINKS, CODE_SOURCES, EFFECT_KINDS, EFFECT_TRAITS, SECRET_KINDS, TARGET_CLASSES } from './facts.ts';

/** Where in a subject a text pattern is looked for. */
export const Zone = z.enum(['code', 'shell', 'prose', 'config', 'prompt']);
export type Zone = z.infer<typeof Zone>;

const CALL_NAME = /^(?:\*\.?)?[\w$@/-]+[!?]?(?:\(\))?(?:\.[\w$-]+[!?]?(?:\(\))?)*=?$/;

/** What an argument must be; `is` alone asks whether there is one. */
export const ArgumentTest = z.strictObject({
  at: z
    .union([z.int().nonnegative(), z.string().min(1)])
    .optional()
    .describe('Position, keyword, or dotted name of a property of an object literal. Absent: any argument.'),
  is: z
    .enum(['given', 'absent', 'literal', 'dynamic'])
    .optional()
    .describe('given: there is one; absent: there is none; literal: its value is known; dynamic: it is not.'),
  value: z.string().min(1).max(500).optional().describe('RE2 on the value of a literal.'),
  written: z.string().min(1).max(500).optional().describe('RE2 on the argument as it is written.'),
});
export type ArgumentTest = z.infer<typeof ArgumentTest>;

/**
 * One way to match. A clause on effects, secrets, flows of values (`code`), calls or files of builds reads facts; a pattern reads text. `literals`
 * are looked for first: one of them must occur (case-insensitively) or the pattern is not run; in a
 * long text it is run on the lines around them. `^` and `$` mean the line.
 * All given conditions must hold.
 */
export const Clause = z.union([
  z.strictObject({
    effect: z.enum(EFFECT_KINDS).describe('What a command does, read from its syntax: wrappers and quoting are dealt with already.'),
    target: z.array(z.enum(TARGET_CLASSES)).min(1).optional().describe('Any of these classes of target. Absent: any target.'),
    traits: z.array(z.enum(EFFECT_TRAITS)).optional().describe('All of these must be present.'),
    without: z.array(z.enum(EFFECT_TRAITS)).optional().describe('None of these may be present.'),
    programs: z.array(z.string()).optional().describe('Bare names of the programs that count. Absent: all.'),
    zones: z
      .array(Zone)
      .min(1)
      .optional()
      .describe('Where the command stands. Absent: anywhere. One that is only mentioned stands in prose or prompt.'),
    unless: z.string().min(2).max(2000).optional().describe('RE2. An effect whose line matches this is none.'),
  }),
  z.strictObject({
    secret: z
      .union([z.literal('any'), z.array(z.enum(SECRET_KINDS)).min(1)])
      .describe('A credential of one of these kinds. Where one is found, the patterns of the rule stay silent.'),
  }),
  z.strictObject({
    pattern: z.string().min(2).max(2000).describe('RE2: linear time, no look-around, no back-references. ^ and $ mean the line.'),
    literals: z
      .array(z.string().min(2))
      .min(1)
      .describe('One of these must occur, in any case, or the pattern is not run. Choose rare ones.'),
    zones: z.array(Zone).min(1).describe('Where the pattern is looked for.'),
    languages: z.array(z.string()).optional().describe('VS Code language ids. Absent: any.'),
    notLanguages: z.array(z.string()).min(1).optional().describe('Languages in which this is left to the clauses about code.'),
    unless: z
      .string()
      .min(2)
      .max(2000)
      .optional()
      .describe('RE2. A match whose line, with the one before, matches this is none; end it with \\z to speak of the matched line alone.'),
  }),
  z.strictObject({
    code: z.enum(CODE_SINKS).describe('A value reaches such a place in the code.'),
    from: z.array(z.enum(CODE_SOURCES)).min(1).describe('Any of these chose the value.'),
    built: z.literal(true).optional().describe('Only where the value was put together with literal text.'),
    languages: z.array(z.string()).min(1).optional().describe('VS Code language ids. Absent: any.'),
  }),
  z.strictObject({
    call: z
      .array(z.string().regex(CALL_NAME))
      .min(1)
      .describe('Calls by the dotted name that imports resolve to (hashlib.md5). *.name: on anything; *.name=: a write to a member.'),
    arguments: z.array(ArgumentTest).min(1).optional().describe('All of these must hold.'),
    without: z.array(ArgumentTest).min(1).optional().describe('None of these may hold.'),
    into: z.string().min(2).max(500).optional().describe('RE2 on the name of the variable, property or function that the result goes to.'),
    literals: z
      .array(z.string().min(2))
      .min(1)
      .optional()
      .describe('One of these must occur, in any case, or the text is not parsed for this clause. Absent: the last parts of the names.'),
    languages: z.array(z.string()).min(1).optional().describe('VS Code language ids. Absent: any.'),
  }),
  z.strictObject({
    /** What a Dockerfile, workflow, manifest or lock file says. */
    build: z.enum(BUILD_KINDS).describe('What a build file says, read from its structure: Dockerfiles, workflows, manifests, lock files.'),
    traits: z.array(z.enum(BUILD_TRAITS)).min(1).optional().describe('All of these must be present.'),
    without: z.array(z.enum(BUILD_TRAITS)).min(1).optional().describe('None of these may be present.'),
  }),
]);
export type Clause = z.infer<typeof Clause>;

/**
 * Deterministic conditions under which a gate's finding is dropped, where the rule lists them:
 * `test-path`, `docs-path`: the file's path; `dummy-value`: the matched value is a documented or
 * obvious placeholder; `build-path`: the target is build output; `marker`: the line carries
 * `sentinel:example` in a comment and the path is a test or documentation path.
 */
export const Exemption = z.enum(['test-path', 'docs-path', 'dummy-value', 'build-path', 'marker']);
export type Exemption = z.infer<typeof Exemption>;

export const Rule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,60}$/)
    .describe("Without the policy's name: the full id is <policy>.<id>. People suppress and record by it, so that it never changes."),
  title: z.string().min(3).max(80).optional().describe('A few words for lists. Absent: the id says enough.'),
  severity: Severity.describe('How grave it is where it is true.'),
  verdict: z.enum(['review', 'block']).describe('review: a person decides; block: and must say why.'),
  message: z.string().min(10).max(400).describe('What is wrong, in words that a person can act on.'),
  remediation: z.string().min(10).max(400).describe('What is safer.'),
  cwe: z
    .array(z.string().regex(/^CWE-\d+$/))
    .min(1)
    .describe('Weaknesses, such as CWE-78.'),
  owasp: z
    .array(z.string().regex(/^(A\d\d:20\d\d|LLM\d\d:20\d\d)$/))
    .min(1)
    .optional()
    .describe('Risks of the OWASP Top Ten (A03:2021), or of that for applications of language models (LLM06:2025).'),
  attack: z
    .array(z.string().regex(/^T\d{4}(\.\d{3})?$/))
    .min(1)
    .optional()
    .describe('Techniques of MITRE ATT&CK, such as T1059.004, where one truly fits.'),
  since: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional()
    .describe('The version of the product, or of your policies, that first had the rule.'),
  when: z.array(Clause).min(1).describe('Any one of these suffices.'),
  exemptable: z.array(Exemption).min(1).optional().describe('The only reasons for which the gates may drop a finding of this rule.'),
  examples: z
    .strictObject({
      match: z
        .array(z.lazy(() => Example))
        .min(2)
        .describe('What the rule must find: for each clause one that no other clause finds.'),
      ignore: z
        .array(z.lazy(() => Example))
        .min(2)
        .describe('Near-twins that it must leave alone: the same call with a literal, the same words in a comment.'),
    })
    .describe('Run by "sentinel policy test".'),
});
export type Rule = z.infer<typeof Rule>;

/**
 * An example is a subject in short: a bare string is a command for rules on effects alone, else the
 * object says its kind. `{{name}}` and `{{name:length}}` expand to credential-looking values at load time, so that the
 * repository itself holds none (see policy/templates.ts).
 */
export const Example = z.union([
  z.string().min(1),
  z.strictObject({
    kind: z.enum(['command', 'file', 'response', 'prompt']).describe('What the text is.'),
    text: z.string().min(1).describe('{{name}} and {{name:length}} expand to credential-looking values; never write a real one.'),
    language: z.string().optional().describe('VS Code language id.'),
    path: z.string().optional().describe('Of a file; exemptions go by it.'),
  }),
]);
export type Example = z.infer<typeof Example>;

/** A workspace (or user) folder may also make a known rule stricter. Anything that is not stricter is an error. */
export const Tightening = z.strictObject({
  rule: z.string().describe('Full id of a rule that exists.'),
  verdict: z.enum(['review', 'block']).optional().describe('A stricter one.'),
  severity: Severity.optional().describe('A graver one.'),
});
export type Tightening = z.infer<typeof Tightening>;

/** `rules.yaml`. */
export const RulesFile = z.strictObject({
  schema: z.literal(1).describe('Version of this format.'),
  rules: z.array(Rule).describe('Rules that this policy brings.'),
  tighten: z.array(Tightening).optional().describe('Known rules that shall be stricter here.'),
});
export type RulesFile = z.infer<typeof RulesFile>;

/** Front matter of `policy.md`. The prose below it must have a section headed `## Exemptions`. */
export const PolicyFrontMatter = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{2,40}$/),
  title: z.string().min(3).max(80),
  version: z.int().positive(),
  owner: z.string().optional(),
});
export type PolicyFrontMatter = z.infer<typeof PolicyFrontMatter>;
