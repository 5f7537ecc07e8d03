/** GitHub's and npm's checksum: CRC-32 of the random part in base 62, six characters. */
export declare function checksum62(random: string): string;
/** Every name that an example may use. */
export declare const TEMPLATE_NAMES: readonly string[];
/** The value of one template, or undefined where the name is unknown or takes no such length. */
export declare function templateValue(name: string, length?: number): string | undefined;
/** A text with its templates expanded, and the ones that nobody knows (left as they were). */
export interface Expansion {
    readonly text: string;
    readonly unknown: readonly string[];
}
/**
 * Expands `{{name}}` and `{{name:length}}`. Braces with spaces (`{{ user }}`, `${{ secrets.X }}`) are
 * other people's templates and stay.
 */
export declare function expandTemplates(text: string): Expansion;
