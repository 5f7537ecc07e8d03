import type { CompiledRule, EffectClause } from './compile.ts';
import type { EffectKind } from './facts.ts';
import { type PolicyFolder, type Prose } from './folder.ts';
import { LiteralIndex } from './literals.ts';
import { type PreparedTexts } from './prepared.ts';
import { type PolicyProblem } from './source.ts';
/** All rules in force, compiled and indexed. */
export interface PolicySet {
    /** SHA-256 over the sorted (origin, relative path, SHA-256) of the files in force. */
    readonly digest: string;
    /** Sorted by id. */
    readonly rules: readonly CompiledRule[];
    readonly prose: readonly Prose[];
    /** Effect clauses by what they are about. */
    readonly byEffect: ReadonlyMap<EffectKind, readonly {
        readonly rule: CompiledRule;
        readonly clause: EffectClause;
    }[]>;
    /** Literals of all patterns, numbered across rules. */
    readonly literals: LiteralIndex;
    /** First literal number of each pattern of each rule. */
    readonly literalNumbers: ReadonlyMap<CompiledRule, readonly (readonly number[])[]>;
}
export interface LoadResult {
    /** Undefined where no folder is valid. */
    readonly set: PolicySet | undefined;
    readonly problems: readonly PolicyProblem[];
    /** Folders that are not in force because of a problem in their own files. */
    readonly invalid: readonly PolicyFolder[];
}
/**
 * Compiles folders into one set. Built-in folders come first, then the user's, then the workspace's:
 * later ones add rules and tighten known ones, and whatever would replace or weaken a rule is
 * reported and left out.
 * @param prepared what the build has read of built-in folders
 */
export declare function loadPolicies(folders: readonly PolicyFolder[], prepared?: PreparedTexts): LoadResult;
