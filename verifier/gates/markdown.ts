import type { Segment } from '../policy/facts.ts';
import { languageSegments } from './fileSegments.ts';
import { languageId, SHELL_LANGUAGES, UNTOLD } from './languages.ts';
import { looksLikeShell } from './likeShell.ts';

interface Block {
  readonly language: string;
  readonly text: string;
  readonly offset: number;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  readonly quoted: boolean;
  readonly language: string;
  readonly offset: number;
  readonly lines: string[];
}

/**
 * Cuts Markdown (CommonMark 0.31, with fences anywhere in lists and quotes) into prose and code. A fence
 * that is never closed runs to the end. Shell blocks are given once each and once all together, so that a
 * command that is split over two of them is seen.
 */
export function markdownSegments(text: string): Segment[] {
  const segments: Segment[] = [];
  const blocks: Block[] = [];
  const prose = { from: 0, to: 0 };
  let fence: Fence | undefined;
  let indented: { offset: number; lines: string[] } | undefined;
  let blankBefore = true;
  const flushProse = (next: number): void => {
    const part = text.slice(prose.from, prose.to);
    if (part.trim() !== '') segments.push({ zone: 'prose', language: 'markdown', text: part, offset: prose.from });
    prose.from = next;
    prose.to = next;
  };
  const close = (block: Block): void => {
    blocks.push(block);
    segments.push(...blockSegments(block));
  };
  const closeIndented = (): void => {
    if (indented === undefined) return;
    const body = indented.lines.join('\n');
    close({ language: looksLikeShell(body) ? 'shellscript' : '', text: body, offset: indented.offset });
    indented = undefined;
  };
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const next = end + 1;
    if (fence !== undefined) {
      if (closes(line, fence)) {
        close(finished(fence));
        fence = undefined;
        prose.from = next;
        prose.to = next;
        blankBefore = true;
      } else fence.lines.push(fence.quoted ? unquote(line) : line);
    } else {
      const opening = opens(line, next);
      if (opening !== undefined) {
        closeIndented();
        flushProse(next);
        fence = opening;
      } else if (isIndented(line) && (indented !== undefined || blankBefore)) {
        if (indented === undefined) flushProse(next);
        indented ??= { offset: start, lines: [] };
        indented.lines.push(line);
      } else if (indented !== undefined && line.trim() === '') indented.lines.push(line);
      else {
        if (indented !== undefined) {
          closeIndented();
          prose.from = start;
        }
        prose.to = Math.min(next, text.length);
      }
      blankBefore = line.trim() === '' || (blankBefore && indented !== undefined);
    }
    start = next;
  }
  if (fence !== undefined) close(finished(fence));
  closeIndented();
  flushProse(text.length);
  return [...segments, ...joined(blocks)];
}

function blockSegments(block: Block): Segment[] {
  const { text, offset } = block;
  if (text.trim() === '') return [];
  let language = languageId(block.language);
  if (UNTOLD.has(language)) language = looksLikeShell(text) ? 'shellscript' : '';
  if (SHELL_LANGUAGES.has(language)) return [{ zone: 'shell', language, text: withoutPrompts(text), offset }];
  return languageSegments(text, language, offset, '');
}

/** All shell blocks of one language as one text. */
function joined(blocks: readonly Block[]): Segment[] {
  const byLanguage = new Map<string, Block[]>();
  for (const block of blocks) {
    const told = languageId(block.language);
    const language = UNTOLD.has(told) && looksLikeShell(block.text) ? 'shellscript' : told;
    if (!SHELL_LANGUAGES.has(language)) continue;
    const same = byLanguage.get(language);
    if (same === undefined) byLanguage.set(language, [block]);
    else same.push(block);
  }
  const segments: Segment[] = [];
  for (const [language, same] of byLanguage) {
    const [first] = same;
    if (first === undefined || same.length < 2) continue;
    segments.push({ zone: 'shell', language, text: same.map((block) => withoutPrompts(block.text)).join('\n'), offset: first.offset });
  }
  return segments;
}

/** `$ `, `user@host:~$ `, `PS C:\> `: blanked, so that columns stay. */
function withoutPrompts(text: string): string {
  if (!/[$#%>❯➜]\s/.test(text)) return text;
  return text
    .split('\n')
    .map((line) => {
      const prompt =
        /^\s*(?:[\w.-]{1,64}@[\w.-]{1,64}[^\s$#]{0,200}[$#] |\([\w.-]{1,64}\) \$ |PS [A-Za-z]:[^>]{0,200}> ?|[A-Za-z]:\\[^>]{0,200}>|[$%❯➜] )/.exec(
          line.slice(0, 400),
        )?.[0];
      return prompt === undefined ? line : ' '.repeat(prompt.length) + line.slice(prompt.length);
    })
    .join('\n');
}

/** An opening fence, behind any list markers and quote marks. */
function opens(line: string, bodyOffset: number): Fence | undefined {
  const at = line.search(/[`~]/);
  if (at < 0) return undefined;
  const before = line.slice(0, at);
  if (!/^[\s>*+\-\d.)]*$/.test(before)) return undefined;
  const mark = line.charAt(at);
  let length = 0;
  while (line.charAt(at + length) === mark) length++;
  if (length < 3) return undefined;
  const info = line.slice(at + length).trim();
  // Text in backquotes on one line is inline code, not a fence.
  if (mark === '`' && info.includes('`')) return undefined;
  const language = /^\{?\.?([^\s,{}:]*)/.exec(info)?.[1] ?? '';
  return { mark, length, quoted: before.includes('>'), language, offset: bodyOffset, lines: [] };
}

function closes(line: string, fence: Fence): boolean {
  let at = 0;
  while (at < line.length && /[\s>]/.test(line.charAt(at))) at++;
  let length = 0;
  while (line.charAt(at + length) === fence.mark) length++;
  return length >= fence.length && line.slice(at + length).trim() === '';
}

function finished(fence: Fence): Block {
  return { language: fence.language, text: fence.lines.join('\n'), offset: fence.offset };
}

function unquote(line: string): string {
  return line.replace(/^\s{0,3}>\s?/, '');
}

function isIndented(line: string): boolean {
  return (line.startsWith('    ') || line.startsWith('\t')) && line.trim() !== '';
}
