import { type Matcher, RE2JS, RE2JSException } from 're2js';

/** Larger programs (nested counted repetitions) would make each run slow, though still linear. */
const MAX_PROGRAM = 20_000;

/**
 * A regular expression of a policy (RE2, `^` and `$` mean the line). Compiling costs far more than
 * running one, and most are never run on a given text, so one that is known to compile waits for its
 * first use.
 */
export class Regexp {
  readonly source: string;
  #compiled: RE2JS | undefined;

  constructor(source: string) {
    this.source = source;
  }

  /** @throws RE2JSException where the source is not RE2 */
  get compiled(): RE2JS {
    this.#compiled ??= RE2JS.compile(this.source, RE2JS.MULTILINE);
    return this.#compiled;
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    return this.compiled.test(text);
  }

  matcher(text: string): Matcher {
    return this.compiled.matcher(text);
  }
}

/** What is wrong with a regular expression, in words; undefined where it can be used. */
export function regexpFault(regexp: Regexp): string | undefined {
  try {
    if (regexp.compiled.programSize() > MAX_PROGRAM) return 'the pattern is too large: use smaller counts in {…}';
    return regexp.compiled.matches('') ? 'the pattern matches the empty text, so it would match everywhere' : undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return `not an RE2 pattern: ${error.message}`;
    throw error;
  }
}

/** The same for a pattern that finds places: a text is searched in cuts, whose ends would pass for those of the text. */
export function patternFault(pattern: Regexp): string | undefined {
  if (/\\[AzZ]/.test(pattern.source)) return '\\A and \\z are not supported: use ^ and $, which mean the line';
  return regexpFault(pattern);
}
