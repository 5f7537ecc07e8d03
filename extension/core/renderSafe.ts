import { MarkdownLines } from './markdownLines.ts';

/**
 * Makes a model's Markdown safe to show, line by line: what looks at a remote server without being
 * asked (images) and what does something when it is clicked (`command:` and every other link that is
 * not http or https) is shown as text. Code blocks are written anew, at the left margin, so that no
 * reading of the text by another parser can turn them into something else.
 *
 * It does not rely on finding whole links, which may be spread over lines or encoded: it breaks the
 * few pairs of characters without which there is no link, image or tag.
 */
export class SafeRenderer {
  readonly #lines = new MarkdownLines();
  #fence: string | undefined;

  /** Markdown for the next line (given without its line ending), with line ending. */
  line(source: string): string {
    const line = this.#lines.next(source);
    switch (line.kind) {
      case 'open':
        return `${this.#closing()}${this.#opening(line.fence ?? '```', line.language ?? '')}`;
      case 'code':
        return `${inertCode(line.text)}\n`;
      case 'close':
      case 'blank':
        return `${this.#closing()}\n`;
      case 'indented':
        // Six marks: no line of an indented block is looked at for an end, so it must not hold one.
        return `${this.#fence ? '' : this.#opening('~~~~~~', '')}${inertCode(line.text).replace(/~{6,}/g, '~~~~~')}\n`;
      case 'prose':
        return `${this.#closing()}${safeLine(line.text)}\n`;
    }
  }

  /** Closes what the answer left open. */
  end(): string {
    return this.#closing();
  }

  #opening(fence: string, language: string): string {
    this.#fence = fence;
    return `\n${fence}${language}\n`;
  }

  #closing(): string {
    const fence = this.#fence;
    this.#fence = undefined;
    return fence === undefined ? '' : `${fence}\n`;
  }
}

/** A whole text at once. */
export function renderSafe(markdown: string): string {
  const renderer = new SafeRenderer();
  const lines = markdown.split(/\r\n?|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => renderer.line(line)).join('') + renderer.end();
}

/** Any text as plain words: nothing in it is read as Markdown. Line breaks become spaces. */
export function plainWords(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** Invisible and without width: breaks a pair of characters where a backslash would be seen. */
const BREAK = '\u2060';
// Entities, not backslashes: some parsers take backslashes out of a link's text and read it again.
const ENTITY = { '](': '&#40;', ']:': '&#58;' } as const;
const HTTP = /^[ \t]*(?:https?:\/\/[^\s<>]|<https?:\/\/[^\s<>]+>)/i;

/** Chat views look for their own tags inside code. */
function inertCode(line: string): string {
  return line.replaceAll('<vscode_', `<${BREAK}vscode_`);
}

function safeLine(line: string): string {
  const lastBracket = lastClosing(line);
  let out = '';
  let at = 0;
  while (at < line.length) {
    if (line[at] === '`') {
      const span = codeSpan(line, at);
      out += span.replace(/(!)(?=\[)|(\])(?=[(:])|(<)(?=[a-z](?:[a-z0-9+.-]*:|[^<>]*=))|(ftp:)(?=\/\/)/gi, `$&${BREAK}`);
      at += span.length;
      continue;
    }
    const pair = line.slice(at, at + 2);
    if (pair === '\\<') {
      out += '&lt;';
      at += 2;
    } else if (pair === '\\\\' || pair === '\\`') {
      out += pair;
      at += 2;
    } else if (pair === '![') {
      out += '!&#91;';
      at += 2;
    } else if (pair === '](' || pair === ']:') {
      out += HTTP.test(line.slice(at + 2)) ? pair : `]${ENTITY[pair]}`;
      at += 2;
    } else if (line[at] === '[' && at > lastBracket) {
      // Left open, it could reach over a fence into what is code here.
      out += '&#91;';
      at += 1;
    } else if (line[at] === '<' && !/^https?:\/\/[^\s<>]+>/i.test(line.slice(at + 1))) {
      out += '&lt;';
      at += 1;
    } else if (/^ftp:\/\//i.test(line.slice(at, at + 6))) {
      out += `${line.slice(at, at + 3)}&#58;`;
      at += 4;
    } else {
      out += line[at];
      at += 1;
    }
  }
  return out;
}

/** Where the last closing bracket is that no backslash takes away; -1 where there is none. */
function lastClosing(line: string): number {
  let found = -1;
  for (let at = 0; at < line.length; at += line[at] === '\\' ? 2 : 1) {
    if (line[at] === ']') found = at;
  }
  return found;
}

/** From an opening run of backticks to its closing one, or the run alone where there is none on the line. */
function codeSpan(line: string, at: number): string {
  const run = /^`+/.exec(line.slice(at))?.[0] ?? '`';
  for (let end = line.indexOf(run, at + run.length); end !== -1; ) {
    let after = end + run.length;
    while (line[after] === '`') after += 1;
    if (after - end === run.length) return line.slice(at, after);
    end = line.indexOf(run, after);
  }
  return run;
}
