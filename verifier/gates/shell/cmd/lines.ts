/** A command of cmd.exe, as it stands between its operators. */
export interface BatchCommand {
  /** With escaped operators in a private area (see {@link plain}) and redirections taken out. */
  readonly text: string;
  /** What it prints goes to the next one. */
  readonly piped: boolean;
  readonly redirections: readonly { readonly operator: string; readonly to: string }[];
  /** UTF-16 offsets in the text that was cut. */
  readonly start: number;
  readonly end: number;
}

const SHIFT = 0xe000;
/** Longest line of cmd.exe. */
const MAX_COMMAND = 8191;

/** Takes characters that were escaped back from where they were hidden. */
export function plain(text: string): string {
  return text.replace(/[\uE000-\uE0FF]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - SHIFT));
}

const REDIRECTION = /([0-9]?)(>>|>|<)(?:&([0-9])|[ \t]*("[^"\n]*"?|[^\s&|<>()"]+)?)/y;
const OPENS = /^[\s@]*(?:if\b|else\b|$)|\belse[\s@]*$/i;

/** Cuts a batch text into commands at `&`, `|`, line ends and parentheses, outside quotes and behind no caret. */
export function commandsOf(source: string): { readonly commands: readonly BatchCommand[]; readonly limit?: string } {
  const commands: BatchCommand[] = [];
  let text = '';
  let start = 0;
  let quoted = false;
  let tooLong = false;
  let redirections: { operator: string; to: string }[] = [];
  const end = (at: number, piped: boolean, next: number): void => {
    if (text.trim() !== '' || redirections.length > 0)
      commands.push({ text: text.trim(), piped, redirections, start, end: Math.max(start, at) });
    text = '';
    redirections = [];
    start = next;
    quoted = false;
  };
  for (let at = 0; at < source.length; ) {
    const letter = source.charAt(at);
    if (text.length > MAX_COMMAND && letter !== '\n') {
      // cmd.exe does not run it either; the parts of a loop were read in one piece.
      tooLong = true;
      at++;
      continue;
    }
    if (text === '' && /\s/.test(letter)) start = at + 1;
    if (letter === '\n' || letter === '\r') {
      end(at, false, at + 1);
      at++;
    } else if (quoted || letter === '"') {
      if (letter === '"') quoted = !quoted;
      text += letter;
      at++;
    } else if (letter === '^') {
      const next = source.charAt(at + 1);
      if (next === '\n') at += 2;
      else if (next === '\r') at += 3;
      else {
        text += /[&|<>()^"]/.test(next) ? String.fromCharCode(SHIFT + next.charCodeAt(0)) : next;
        at += 2;
      }
    } else if (letter === '&') {
      const size = source.charAt(at + 1) === '&' ? 2 : 1;
      end(at, false, at + size);
      at += size;
    } else if (letter === '|') {
      const or = source.charAt(at + 1) === '|';
      end(at, !or, at + (or ? 2 : 1));
      at += or ? 2 : 1;
    } else if (letter === '(' && /\bin[ \t]*$/i.test(text.slice(-12)) && /^[\s@]*for\b/i.test(text.slice(0, 40))) {
      const close = closing(source, at);
      text += source.slice(at, close);
      at = close;
    } else if (letter === '(' && /\bdo[ \t@]*$/i.test(text.slice(-12)) && /^[\s@]*for\b/i.test(text.slice(0, 40))) {
      // What a loop does over and over stays with it.
      const close = balanced(source, at);
      text += source.slice(at + 1, close - 1);
      at = close;
      if (text.length > MAX_COMMAND) end(at, false, at);
    } else if (letter === '(' && OPENS.test(text.slice(-400))) {
      end(at, false, at + 1);
      at++;
    } else if (letter === ')' && !/\(/.test(text)) {
      end(at, false, at + 1);
      at++;
    } else {
      REDIRECTION.lastIndex = at;
      const redirection =
        /[<>\d]/.test(letter) && (letter === '<' || letter === '>' || text === '' || /\s/.test(text.charAt(text.length - 1)))
          ? REDIRECTION.exec(source)
          : null;
      if (redirection === null) {
        text += letter;
        at++;
      } else {
        if (redirection[3] === undefined && redirection[4] !== undefined)
          redirections.push({ operator: `${redirection[1]}${redirection[2]}`, to: redirection[4].replaceAll('"', '') });
        at += redirection[0].length;
      }
    }
  }
  end(source.length, false, source.length);
  return tooLong ? { commands, limit: `a command is longer than ${MAX_COMMAND} characters` } : { commands };
}

function closing(source: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < source.length; at++) {
    const letter = source.charAt(at);
    if (letter === '\n') return at;
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'" || letter === '`') quote = letter;
    else if (letter === ')') return at + 1;
  }
  return source.length;
}

function balanced(source: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < source.length; at++) {
    const letter = source.charAt(at);
    if (letter === '"') quoted = !quoted;
    else if (letter === '\n') quoted = false;
    else if (letter === '^') at++;
    else if (!quoted && letter === '(') depth++;
    else if (!quoted && letter === ')' && --depth === 0) return at + 1;
  }
  return source.length + 1;
}

/** The words of a command, their quotes taken off. */
export function wordsOf(text: string): string[] {
  return (text.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []).map((word) => plain(word.replaceAll('"', '')));
}
