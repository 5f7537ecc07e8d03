import { type Matcher, RE2JS, RE2JSException } from 're2js';

/** Larger programs (nested counted repetitions) would make each run slow, though still linear. */
const MAX_PROGRAM = 20_000;

const LINE_FEED = '(?:\\r?\\n)';
const LINE_END = '(?:\\r?$)';

/**
 * A regular expression of a policy (RE2, `^` and `$` mean the line). Compiling costs far more than
 * running one, and most are never run on a given text, so one that is known to compile waits for its
 * first use.
 */
export class Regexp {
  readonly source: string;
  #compiled: RE2JS | undefined;
  /** For texts with carriage returns. */
  #windows: RE2JS | undefined;

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
    return this.#for(text).test(text);
  }

  matcher(text: string): Matcher {
    return this.#for(text).matcher(text);
  }

  #for(text: string): RE2JS {
    if (!text.includes('\r')) return this.compiled;
    this.#windows ??= RE2JS.compile(withWindowsLineEnds(this.source), RE2JS.MULTILINE);
    return this.#windows;
  }
}

/**
 * The pattern for texts with either line end: a line feed of it, and the end of a line, may have a carriage return
 * before it. In sets of characters nothing changes, so `[^\n]` and `\s` hold a carriage return as ever.
 */
function withWindowsLineEnds(source: string): string {
  let result = '';
  let inSet = false;
  for (let at = 0; at < source.length; at += 1) {
    const letter = source.charAt(at);
    if (letter === '\\') {
      const quoted = source.startsWith('\\Q', at) ? source.indexOf('\\E', at) : -1;
      const escaped = quoted === -1 ? source.slice(at, at + 2) : source.slice(at, quoted + 2);
      result += !inSet && escaped === '\\n' ? LINE_FEED : escaped;
      at += escaped.length - 1;
      continue;
    }
    // A bracket that comes first in its set is one of its letters.
    const opens: boolean = !inSet && letter === '[';
    if (opens && /^\[\^?\]/.test(source.slice(at, at + 3))) {
      const start = source.slice(at, source.indexOf(']', at) + 1);
      result += start;
      at += start.length - 1;
      inSet = true;
      continue;
    }
    // `[:alpha:]` within a set ends with a bracket of its own.
    if (inSet && source.startsWith('[:', at)) {
      const named = source.slice(at, source.indexOf(':]', at) + 2);
      result += named;
      at += Math.max(0, named.length - 1);
      continue;
    }
    inSet = opens || (inSet && letter !== ']');
    result += !inSet && letter === '$' ? LINE_END : letter;
  }
  return result;
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
