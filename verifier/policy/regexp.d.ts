import { type Matcher, RE2JS } from 're2js';
/**
 * A regular expression of a policy (RE2, `^` and `$` mean the line). Compiling costs far more than
 * running one, and most are never run on a given text, so one that is known to compile waits for its
 * first use.
 */
export declare class Regexp {
    #private;
    readonly source: string;
    constructor(source: string);
    /** @throws RE2JSException where the source is not RE2 */
    get compiled(): RE2JS;
    /** Whether it matches anywhere in the text. */
    test(text: string): boolean;
    matcher(text: string): Matcher;
}
/** What is wrong with a regular expression, in words; undefined where it can be used. */
export declare function regexpFault(regexp: Regexp): string | undefined;
/** The same for a pattern that finds places: a text is searched in cuts, whose ends would pass for those of the text. */
export declare function patternFault(pattern: Regexp): string | undefined;
