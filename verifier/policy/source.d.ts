import type { z } from 'zod';
/** What is wrong with a policy file, and where (one-based line), in words that a person can act on. */
export interface PolicyProblem {
    readonly file: string;
    readonly line: number;
    readonly message: string;
}
/** `file:line message`, the form that terminals and editors make clickable. */
export declare function problemText(problem: PolicyProblem): string;
type Path = readonly PropertyKey[];
/** A parsed YAML text whose values can be traced back to lines. */
export interface YamlSource {
    readonly value: unknown;
    /** Line of the node at `path`, or of its nearest known ancestor. */
    lineAt(path: Path): number;
}
/**
 * Parses YAML 1.2.
 * @param firstLine line of the file on which `text` begins
 * @returns the source, or problems where the text is not YAML (duplicate keys and alias bombs included)
 */
export declare function parseYaml(text: string, file: string, firstLine?: number): YamlSource | readonly PolicyProblem[];
/**
 * As {@link parseYaml}, unless the value is known already; then the text is parsed only when a line is asked for.
 * @param known the value of exactly this text
 */
export declare function yamlSource(text: string, file: string, firstLine: number, known: unknown): YamlSource | readonly PolicyProblem[];
/** Checks a parsed value against a schema; problems carry the line of the offending field. */
export declare function checkShape<T>(schema: z.ZodType<T>, source: YamlSource, file: string): T | readonly PolicyProblem[];
/** Distinguishes the two outcomes of {@link parseYaml} and {@link checkShape}. */
export declare function isProblems(result: unknown): result is readonly PolicyProblem[];
export {};
