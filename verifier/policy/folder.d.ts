import { type CompiledRule, type Origin } from './compile.ts';
import { type PreparedTexts } from './prepared.ts';
import { type Tightening } from './rule.ts';
import { type PolicyProblem } from './source.ts';
/** The files of a policy folder that are in force; `cases/` are for tests. */
export declare const POLICY_FILE_NAMES: readonly ['policy.md', 'rules.yaml'];
export type PolicyFileName = (typeof POLICY_FILE_NAMES)[number];
/** One policy folder as text. */
export interface PolicyFolder {
    readonly origin: Origin;
    /** The folder's own name, which is also the policy's. */
    readonly name: string;
    /** How its files are named to people: a path that they can open. */
    readonly shownPath: string;
    readonly texts: Readonly<Partial<Record<PolicyFileName, string>>>;
}
/** A policy as auditor and people read it. A workspace's is hostile text (law 7). */
export interface Prose {
    readonly name: string;
    readonly title: string;
    readonly prose: string;
    readonly trusted: boolean;
}
/** A rule or tightening with its place, for problems that show only next to other folders. */
export interface Placed<T> {
    readonly item: T;
    readonly file: string;
    readonly line: () => number;
}
export interface ParsedFolder {
    readonly prose: Prose;
    readonly rules: readonly Placed<CompiledRule>[];
    readonly tighten: readonly Placed<Tightening>[];
}
/** The YAML texts of a folder, as {@link parseFolder} reads them. */
export declare function yamlTexts(folder: PolicyFolder): string[];
/**
 * Reads one folder; it is valid as a whole or not at all.
 * @param prepared counts for built-in folders alone: who else's texts the build can't have seen
 */
export declare function parseFolder(folder: PolicyFolder, prepared: PreparedTexts): ParsedFolder | readonly PolicyProblem[];
