import { isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** What is wrong with a policy file, and where (one-based line), in words that a person can act on. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** `file:line message`, the form that terminals and editors make clickable. */
export function problemText(problem: PolicyProblem): string {
  return `${problem.file}:${problem.line} ${problem.message}`;
}

type Path = readonly PropertyKey[];

/** A parsed YAML text whose values can be traced back to lines. */
export interface YamlSource {
  readonly value: unknown;
  /** Line of the node at `path`, or of its nearest known ancestor. */
  lineAt(path: Path): number;
}

interface Issue {
  readonly path: Path;
  readonly message: string;
}

/**
 * Parses YAML 1.2.
 * @param firstLine line of the file on which `text` begins
 * @returns the source, or problems where the text is not YAML (duplicate keys and alias bombs included)
 */
export function parseYaml(text: string, file: string, firstLine = 1): YamlSource | readonly PolicyProblem[] {
  const lines = new LineCounter();
  const lineOf = (offset: number): number => lines.linePos(offset).line + firstLine - 1;
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    if (document.errors.length > 0) {
      return document.errors.slice(0, 5).map((error) => ({ file, line: lineOf(error.pos[0]), message: error.message }));
    }
    const lineAt = (path: Path): number => {
      for (let length = path.length; length > 0; length--) {
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const key = path[length - 1];
        // A key's own line is nearer to what is wrong than that of its value, which may begin below.
        if (isMap(parent)) {
          const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
          if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lineOf(pair.key.range[0]);
        }
        const node = document.getIn(path.slice(0, length), true);
        if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return lineOf(Number(node.range[0]));
      }
      return firstLine;
    };
    return { value: document.toJS({ maxAliasCount: 100 }), lineAt };
  } catch (error) {
    // Nesting beyond the parser's stack, or more aliases than allowed.
    const why = error instanceof Error ? error.message : 'unknown reason';
    return [{ file, line: firstLine, message: `This YAML can't be read: ${why}` }];
  }
}

/**
 * As {@link parseYaml}, unless the value is known already; then the text is parsed only when a line is asked for.
 * @param known the value of exactly this text
 */
export function yamlSource(text: string, file: string, firstLine: number, known: unknown): YamlSource | readonly PolicyProblem[] {
  if (known === undefined) return parseYaml(text, file, firstLine);
  let parsed: YamlSource | readonly PolicyProblem[] | undefined;
  return {
    value: known,
    lineAt: (path) => {
      parsed ??= parseYaml(text, file, firstLine);
      return isProblems(parsed) ? firstLine : parsed.lineAt(path);
    },
  };
}

/** Issues of a union: those of the alternative that fits best, so that the message is about what was meant. */
function flatten(issues: readonly z.core.$ZodIssue[], base: Path): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union') {
      const best = issue.errors
        .map((alternative) => flatten(alternative, path))
        .filter((alternative) => alternative.length > 0)
        .sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
      return best ?? [{ path, message: issue.message }];
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], message: `unknown field \`${key}\`` }));
    }
    return [{ path, message: issue.message }];
  });
}

const depth = (issues: readonly Issue[]): number => Math.max(...issues.map((issue) => issue.path.length));

/** Checks a parsed value against a schema; problems carry the line of the offending field. */
export function checkShape<T>(schema: z.ZodType<T>, source: YamlSource, file: string): T | readonly PolicyProblem[] {
  const result = schema.safeParse(source.value);
  if (result.success) return result.data;
  return flatten(result.error.issues, [])
    .slice(0, 10)
    .map(({ path, message }) => ({ file, line: source.lineAt(path), message: `${path.map(String).join('.') || 'the file'}: ${message}` }));
}

/** Distinguishes the two outcomes of {@link parseYaml} and {@link checkShape}. */
export function isProblems(result: unknown): result is readonly PolicyProblem[] {
  return Array.isArray(result);
}
