/**
 * Finds many literals in one pass (Aho and Corasick, 1975), ignoring the case of letters. It decides
 * which patterns are worth running, so it must be linear whatever the text is.
 */
/** Positions kept for each literal; more than that tells nothing new. */
export declare const MAX_HITS = 512;
/** Where the literals of an index occur in a text: start offsets, ascending, by the literal's number. */
export type LiteralHits = ReadonlyMap<number, readonly number[]>;
export declare class LiteralIndex {
    #private;
    /** @param literals compared without regard to the case of ASCII letters; empty ones never hit */
    constructor(literals: readonly string[]);
    /** Calls `visit` with the number and start of each occurrence, in the order in which they end. */
    each(text: string, visit: (number: number, start: number) => void): void;
    /** All occurrences in `text`, at most {@link MAX_HITS} of each literal. */
    scan(text: string): LiteralHits;
}
