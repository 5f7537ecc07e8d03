import type { Expression, Statement } from './ast.ts';

/** Syntax nodes that one text may have. */
const MAX_NODES = 60_000;
/** Nesting that the reader, which is recursive, survives with a wide margin. */
const MAX_NESTING = 150;

/** Operators or members in a row; what follows them is recursive too. */
const MAX_CHAIN = 500;

/** A bound that the text exceeds; its message says which. */
export class TextLimit extends Error {}

/** What strings need from the grammar around them: their substitutions hold statements. */
export interface Nested {
  statements(reader: Reader, closer: string): Statement[];
  expression(reader: Reader): Expression;
}

/** A place in a text of PowerShell; counts what is read, so that hostile texts meet a bound. */
export class Reader {
  readonly text: string;
  readonly nested: Nested;
  at = 0;
  nodes = 0;
  #depth = 0;

  constructor(text: string, nested: Nested) {
    // PowerShell takes typographic quotes and dashes for plain ones. The lengths stay.
    this.text = text
      .replace(/[“”„]/g, '"')
      .replace(/[‘’‚‛]/g, "'")
      .replace(/[–—―]/g, '-')
      .replaceAll('\0', ' ');
    this.nested = nested;
  }

  get letter(): string {
    return this.text.charAt(this.at);
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  startsWith(what: string): boolean {
    return this.text.startsWith(what, this.at);
  }

  /** The match of a sticky pattern here, without going on. */
  look(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  /** The match of a sticky pattern here; goes on behind it. */
  take(pattern: RegExp): RegExpExecArray | null {
    const match = this.look(pattern);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  /** Whether a sticky pattern matches here: cheaper than its match. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  /** The text that a sticky pattern matches here; goes on behind it. */
  takeText(pattern: RegExp): string | undefined {
    if (!this.sees(pattern)) return undefined;
    const from = this.at;
    this.at = pattern.lastIndex;
    return this.text.slice(from, this.at);
  }

  /** Goes on behind these characters, where they are next. */
  skip(what: string): boolean {
    if (!this.startsWith(what)) return false;
    this.at += what.length;
    return true;
  }

  /** Passes over blanks, comments and joined lines. @param lines over ends of lines and `;` too */
  blank(lines = false): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x20 || code === 0x09 || (lines && (code === 0x0a || code === 0x0d || code === 0x3b))) this.at++;
      else if (code === 0x23) this.takeText(/[^\r\n]*/y);
      else if (code === 0x3c && this.startsWith('<#')) {
        const end = this.text.indexOf('#>', this.at + 2);
        this.at = end < 0 ? this.text.length : end + 2;
      } else if (code === 0x60) {
        if (this.takeText(/`\r?\n/y) === undefined) return;
      } else if (code > 0x7f || code === 0x0b || code === 0x0c) {
        if (this.takeText(lines ? /[\s\uFEFF]+/y : /[^\S\r\n]+/y) === undefined) return;
      } else return;
    }
  }

  /** Counts one more link of a chain of operators, members or indexes. @throws TextLimit on too many */
  link(length: number): void {
    this.nodes++;
    if (length > MAX_CHAIN) throw new TextLimit(`an expression chains more than ${MAX_CHAIN} operators`);
  }

  /** Reads something nested. @throws TextLimit on too much of it */
  deeper<T>(read: () => T): T {
    if (++this.nodes > MAX_NODES) throw new TextLimit(`the shell text has more than ${MAX_NODES} syntax nodes`);
    if (++this.#depth > MAX_NESTING) throw new TextLimit(`the shell text is nested deeper than ${MAX_NESTING}`);
    const result = read();
    this.#depth--;
    return result;
  }
}
