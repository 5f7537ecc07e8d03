/** How one line of a Markdown answer is shown. */
export interface MarkdownLine {
  readonly kind: 'prose' | 'blank' | 'open' | 'code' | 'close' | 'indented';
  /** For code: without the block's own indentation and quote marks; otherwise the line itself. */
  readonly text: string;
  /** On `open`: the fence as it was written. */
  readonly fence?: string;
  /** On `open`: the language word, made harmless. */
  readonly language?: string;
  /** True where the line belongs to something that could be run: it is held until a full verdict. */
  readonly isCode: boolean;
}

interface Fence {
  readonly marks: string;
  readonly indent: number;
  readonly quoted: boolean;
}

// More generous than CommonMark: any depth of indentation, quotes and list markers may come before a fence.
const OPEN = /^((?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const INDENTED = /^(?: {4}| {0,3}\t)/;

/**
 * Tells code from prose, line by line, so that the gate and the renderer agree on where blocks begin
 * and end. In doubt it is code for the gate (held longer) and prose for the renderer (made harmless).
 */
export class MarkdownLines {
  #fence: Fence | undefined;
  #inList = false;
  #afterBlank = true;
  #inIndented = false;

  /** True while a block may still continue with the next line. */
  get isOpen(): boolean {
    return this.#fence !== undefined || this.#inIndented;
  }

  /** `line` has no line ending. */
  next(line: string): MarkdownLine {
    return this.#fence ? this.#inside(line, this.#fence) : this.#outside(line);
  }

  #inside(line: string, fence: Fence): MarkdownLine {
    const bare = line.replace(/^[ \t>]+/, '');
    // Some renderers close a block with any mixture of marks after the right ones: so does this.
    if (bare.startsWith(fence.marks) && /^[`~]*\s*$/.test(bare.slice(fence.marks.length))) {
      this.#fence = undefined;
      this.#afterBlank = true;
      return { kind: 'close', text: line, fence: fence.marks, isCode: true };
    }
    let start = 0;
    while (start < fence.indent && (line[start] === ' ' || line[start] === '\t' || (fence.quoted && line[start] === '>'))) start += 1;
    return { kind: 'code', text: line.slice(start), isCode: true };
  }

  #outside(line: string): MarkdownLine {
    if (line.trim() === '') {
      this.#afterBlank = true;
      return { kind: 'blank', text: '', isCode: this.#inIndented };
    }
    const open = OPEN.exec(line);
    const [, prefix = '', marks = '', info = ''] = open ?? [];
    if (open && !(marks.startsWith('`') && info.includes('`'))) {
      this.#fence = { marks, indent: prefix.length, quoted: prefix.includes('>') };
      this.#inIndented = false;
      const language = /^[\w+#.-]*/.exec(info.trim())?.[0] ?? '';
      return { kind: 'open', text: line, fence: marks, language, isCode: true };
    }
    const isItem = LIST_ITEM.test(line);
    const isIndented = INDENTED.test(line) && !isItem;
    if (isItem) this.#inList = true;
    else if (this.#afterBlank && !/^[ \t]/.test(line)) this.#inList = false;
    const isBlock = isIndented && !this.#inList && (this.#afterBlank || this.#inIndented);
    this.#inIndented = isIndented;
    this.#afterBlank = false;
    if (isBlock) return { kind: 'indented', text: line.replace(INDENTED, ''), isCode: true };
    return { kind: 'prose', text: line, isCode: isIndented };
  }
}
