import { z } from 'zod';
import { Severity } from '../protocol/vocabulary.ts';
import { BUILD_KINDS, BUILD_TRAITS, CODE_SINKS, CODE_SOURCES, EFFECT_KINDS, EFFECT_TRAITS, SECRET_KINDS, TARGET_CLASSES } from './facts.ts';

/** Where in a subject a text pattern is looked for. */
export const Zone = z.enum(['code', 'shell', 'prose', 'config', 'prompt']);
export type Zone = z.infer<typeof Zone>;

const CALL_NAME = /^(?:\*\.?)?[\w$@/-]+(?:\(\))?(?:\.[\w$-]+(?:\(\))?)*=?$/;

/** What an argument must be; `is` alone asks whether there is one. */
export const ArgumentTest = z.strictObject({
  /** Position, keyword, or dotted name of a property of an object literal. Absent: any argument. */
  at: z.union([z.int().nonnegative(), z.string().min(1)]).optional(),
  is: z.enum(['given', 'absent', 'literal', 'dynamic']).optional(),
  /** RE2 on the value of a literal. */
  value: z.string().min(1).max(500).optional(),
  /** RE2 on the argument as it is written. */
  written: z.string().min(1).max(500).optional(),
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
    effect: z.enum(EFFECT_KINDS),
    /** Any of these classes of target; absent: any target. */
    target: z.array(z.enum(TARGET_CLASSES)).min(1).optional(),
    /** All of these must be present. */
    traits: z.array(z.enum(EFFECT_TRAITS)).optional(),
    /** None of these may be present. */
    without: z.array(z.enum(EFFECT_TRAITS)).optional(),
    programs: z.array(z.string()).optional(),
    /** Where the command stands; absent: anywhere. A command that is mentioned stands in `prose` or `prompt`. */
    zones: z.array(Zone).min(1).optional(),
    /** An effect whose line also matches this (RE2) is no match. */
    unless: z.string().min(2).max(2000).optional(),
  }),
  z.strictObject({ secret: z.union([z.literal('any'), z.array(z.enum(SECRET_KINDS)).min(1)]) }),
  z.strictObject({
    /** RE2 syntax (re2js): linear time, no look-around, no back-references. */
    pattern: z.string().min(2).max(2000),
    literals: z.array(z.string().min(2)).min(1),
    zones: z.array(Zone).min(1),
    /** VS Code language ids; absent: any. */
    languages: z.array(z.string()).optional(),
    /** A match whose line (with the line before) also matches this is no match. */
    unless: z.string().min(2).max(2000).optional(),
  }),
  z.strictObject({
    /** A value that reaches such a place. */
    code: z.enum(CODE_SINKS),
    /** Any of these chose it. */
    from: z.array(z.enum(CODE_SOURCES)).min(1),
    /** Only where it was put together with literal text. */
    built: z.literal(true).optional(),
    languages: z.array(z.string()).min(1).optional(),
  }),
  z.strictObject({
    /** Calls by the dotted name that imports resolve to (`hashlib.md5`); `*.name`: on anything; `*.name=`: a write to a member. */
    call: z.array(z.string().regex(CALL_NAME)).min(1),
    /** All of these must hold. */
    arguments: z.array(ArgumentTest).min(1).optional(),
    /** None of these may hold. */
    without: z.array(ArgumentTest).min(1).optional(),
    /** Name of the variable, property or function that the result goes to (RE2). */
    into: z.string().min(2).max(500).optional(),
    /** One of these must occur in the text, in any case, or it is not parsed for this clause; absent: the last parts of the names. */
    literals: z.array(z.string().min(2)).min(1).optional(),
    languages: z.array(z.string()).min(1).optional(),
  }),
  z.strictObject({
    /** What a Dockerfile, workflow, manifest or lock file says. */
    build: z.enum(BUILD_KINDS),
    /** All of these must be present. */
    traits: z.array(z.enum(BUILD_TRAITS)).min(1).optional(),
    /** None of these may be present. */
    without: z.array(z.enum(BUILD_TRAITS)).min(1).optional(),
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
  /** Without the policy's name; the full id is `<policy>.<id>`. */
  id: z.string().regex(/^[a-z][a-z0-9-]{2,60}$/),
  /** A few words for lists; absent: the id says enough. */
  title: z.string().min(3).max(80).optional(),
  severity: Severity,
  verdict: z.enum(['review', 'block']),
  message: z.string().min(10).max(400),
  remediation: z.string().min(10).max(400),
  cwe: z.array(z.string().regex(/^CWE-\d+$/)).min(1),
  owasp: z.array(z.string().regex(/^(A\d\d:20\d\d|LLM\d\d:20\d\d)$/)).optional(),
  /** Techniques of MITRE ATT&CK. */
  attack: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).optional(),
  /** The product's version that first had the rule. */
  since: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional(),
  /** Any one of these suffices. */
  when: z.array(Clause).min(1),
  exemptable: z.array(Exemption).optional(),
  examples: z.strictObject({ match: z.array(z.lazy(() => Example)).min(2), ignore: z.array(z.lazy(() => Example)).min(2) }),
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
    kind: z.enum(['command', 'file', 'response', 'prompt']),
    text: z.string().min(1),
    language: z.string().optional(),
    path: z.string().optional(),
  }),
]);
export type Example = z.infer<typeof Example>;

/** A workspace (or user) folder may also make a known rule stricter. Anything that is not stricter is an error. */
export const Tightening = z.strictObject({
  rule: z.string(),
  verdict: z.enum(['review', 'block']).optional(),
  severity: Severity.optional(),
});
export type Tightening = z.infer<typeof Tightening>;

/** `rules.yaml`. */
export const RulesFile = z.strictObject({
  schema: z.literal(1),
  rules: z.array(Rule),
  tighten: z.array(Tightening).optional(),
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
