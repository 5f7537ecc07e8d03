/** A call found in a program text: its dotted name and the string literals among its arguments. */
export interface CodeCall {
  readonly name: string;
  /** Literal arguments in order; a list of literals counts as several. */
  readonly strings: readonly string[];
  /** The first argument is not a literal. */
  readonly computed: boolean;
  readonly list: boolean;
  /** UTF-16 range of the call's name. */
  readonly start: number;
  readonly end: number;
}

const NAME = /[\w.:$>-]/;
const MAX_CALLS = 500;

/**
 * Finds calls in Python, Ruby, Perl, PHP and JavaScript one-liners, in one pass: `name(…)`, `name "…"`
 * and text in backquotes. Comments and literals are stepped over, so that a mention is no call.
 */
export function findCalls(code: string, limit = MAX_CALLS): CodeCall[] {
  const calls: CodeCall[] = [];
  let at = 0;
  while (at < code.length && calls.length < limit) {
    const letter = code.charAt(at);
    if (letter === '"' || letter === "'") at = literalEnd(code, at);
    else if (letter === '`') {
      const end = literalEnd(code, at);
      calls.push({ name: '`', strings: [code.slice(at + 1, end - 1)], computed: false, list: false, start: at, end });
      at = end;
    } else if (letter === '#' && (at === 0 || /[\s;]/.test(code.charAt(at - 1)))) {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
    } else if (/[A-Za-z_$]/.test(letter)) {
      let end = at + 1;
      while (end < code.length && NAME.test(code.charAt(end))) end++;
      const name = code.slice(at, end).replace(/[>:-]+$/, '');
      let next = end;
      while (code.charAt(next) === ' ') next++;
      const opener = code.charAt(next);
      if (opener === '(' || (next > end && (opener === '"' || opener === "'")) || opener === '{') {
        if (opener !== '{' || /^(?:qx|q|qq|system|%x|exec)$/.test(name))
          calls.push({ ...readArguments(code, name, opener === '(' || opener === '{' ? next + 1 : next), start: at, end });
      }
      // A literal after the name is read again as a literal, never as code.
      at = end;
    } else at++;
  }
  return calls;
}

function literalEnd(code: string, start: number): number {
  const quote = code.charAt(start);
  const triple = quote.repeat(3);
  if (quote !== '`' && code.startsWith(triple, start)) {
    const end = code.indexOf(triple, start + 3);
    return end < 0 ? code.length : end + 3;
  }
  for (let at = start + 1; at < code.length; at++) {
    if (code.charAt(at) === '\\') at++;
    else if (code.charAt(at) === quote) return at + 1;
  }
  return code.length;
}

function readArguments(code: string, name: string, start: number): Omit<CodeCall, 'start' | 'end'> {
  const strings: string[] = [];
  let at = start;
  let depth = 0;
  let computed = false;
  let list = false;
  for (let seen = 0; at < code.length && seen < 4000; seen++) {
    const letter = code.charAt(at);
    if (letter === '"' || letter === "'" || letter === '`') {
      const end = literalEnd(code, at);
      strings.push(unescapeLiteral(code.slice(at + 1, end - 1)));
      at = end;
      continue;
    }
    if (letter === '[' || letter === '(' || letter === '{') {
      if (letter === '[' && strings.length === 0) list = true;
      depth++;
    } else if (letter === ']' || letter === ')' || letter === '}') {
      if (depth-- === 0) break;
    } else if (letter === ';' || letter === '\n') {
      if (depth === 0) break;
    } else if (strings.length === 0 && /[A-Za-z_$@]/.test(letter) && !/^[rbufRBUF]["']/.test(code.slice(at, at + 2))) computed = true;
    at++;
  }
  return { name, strings, computed, list };
}

function unescapeLiteral(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code === 'n' ? '\n' : code === 't' ? '\t' : code,
  );
}
