/** A key or a list item of a YAML text, as far as block and one-line style tell. */
export interface YamlNode {
  /** Empty for an item of a list. */
  readonly key: string;
  readonly parent: YamlNode | undefined;
  readonly children: YamlNode[];
  /** Of a block scalar its lines as written; of a quoted one what stands between the quotes. */
  value: string;
  readonly start: number;
  /** Where the value begins in the text, and where it ends. */
  valueStart: number;
  valueEnd: number;
  /** The value is a block scalar. */
  block: boolean;
}

/** Nodes of one file; the rest is not read. */
export const MAX_YAML_NODES = 20_000;

interface Open {
  readonly indent: number;
  readonly item: boolean;
  readonly node: YamlNode;
}

/**
 * Reads the subset of YAML that people write for workflows and services, in one pass over the lines. The
 * library's parser takes ten times the time that a file may cost, and gives nothing of a file that is half written.
 */
export class YamlReader {
  readonly nodes: YamlNode[] = [];
  readonly #text: string;
  #open: Open[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    while (this.#at < text.length && !this.full) this.#line();
  }

  get full(): boolean {
    return this.nodes.length >= MAX_YAML_NODES;
  }

  #endOfLine(from: number): number {
    const newline = this.#text.indexOf('\n', from);
    return newline < 0 ? this.#text.length : newline;
  }

  #line(): void {
    const start = this.#at;
    let end = this.#endOfLine(start);
    this.#at = end + 1;
    if (this.#text[end - 1] === '\r') end--;
    let at = start;
    while (this.#text[at] === ' ') at++;
    if (at >= end || this.#text[at] === '#') return;
    for (;;) {
      const indent = at - start;
      if (this.#text[at] !== '-' || (at + 1 < end && this.#text[at + 1] !== ' ')) break;
      this.#close((open) => open.indent > indent || (open.indent === indent && open.item));
      this.#push('', at, indent, true);
      at++;
      while (at < end && this.#text[at] === ' ') at++;
      if (at >= end || this.full) return;
    }
    this.#content(at, end, at - start);
  }

  #content(at: number, end: number, indent: number): void {
    const colon = this.#colon(at, end);
    if (colon < 0) {
      this.#more(at, end);
      return;
    }
    this.#close((open) => open.indent >= indent);
    const key = this.#text
      .slice(at, colon)
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    const node = this.#push(key, at, indent, false);
    let from = colon + 1;
    while (from < end && this.#text[from] === ' ') from++;
    this.#scalar(node, from, end, indent);
  }

  /** The colon behind a key; -1 where the line is none. */
  #colon(at: number, end: number): number {
    const quote = this.#text[at];
    // Only this line is searched, or each line would be paid for with the rest of the text.
    const line = this.#text.slice(at, end);
    if (quote === '"' || quote === "'") {
      const close = line.indexOf(quote, 1);
      return close > 0 && line[close + 1] === ':' ? at + close + 1 : -1;
    }
    if (quote === '{' || quote === '[' || quote === '|' || quote === '>') return -1;
    for (let colon = line.indexOf(':'); colon >= 0; colon = line.indexOf(':', colon + 1)) {
      if (colon + 1 === line.length || line[colon + 1] === ' ') return at + colon;
    }
    return -1;
  }

  /** A line without a key: the value of an item, or the rest of the scalar before. */
  #more(at: number, end: number): void {
    const last = this.#open.at(-1);
    if (last === undefined) return;
    if (last.node.valueEnd > last.node.valueStart) {
      const text = this.#plain(at, end);
      last.node.value += ` ${text}`;
      last.node.valueEnd = at + text.length;
    } else if (last.node.children.length === 0) this.#scalar(last.node, at, end, last.indent);
  }

  #plain(from: number, end: number): string {
    const line = this.#text.slice(from, end);
    const comment = line.indexOf(' #');
    return (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  }

  #scalar(node: YamlNode, given: number, end: number, indent: number): void {
    let from = given;
    while (this.#text[from] === '&' || this.#text[from] === '!') {
      while (from < end && this.#text[from] !== ' ') from++;
      if (from >= end) return;
      from++;
    }
    const first = this.#text[from];
    if (from >= end || first === '#') return;
    if (first === '|' || first === '>') this.#block(node, end, indent);
    else if (first === '"' || first === "'") this.#quoted(node, from, first);
    else if (first === '[' || first === '{') this.#flow(node, from);
    else {
      node.valueStart = from;
      node.value = this.#plain(from, end);
      node.valueEnd = from + node.value.length;
    }
  }

  #block(node: YamlNode, end: number, indent: number): void {
    let to = this.#endOfLine(end);
    node.block = true;
    node.valueStart = Math.min(to + 1, this.#text.length);
    for (let start = to + 1; start < this.#text.length; ) {
      const stop = this.#endOfLine(start);
      let at = start;
      while (this.#text[at] === ' ') at++;
      const blank = at >= stop || (this.#text[at] === '\r' && at + 1 === stop);
      if (!blank && at - start <= indent) break;
      to = stop;
      start = stop + 1;
    }
    node.valueEnd = Math.max(node.valueStart, to);
    node.value = this.#text.slice(node.valueStart, node.valueEnd);
    this.#at = Math.max(this.#at, node.valueEnd + 1);
  }

  #quoted(node: YamlNode, from: number, quote: string): void {
    let at = from + 1;
    while (at < this.#text.length) {
      if (quote === '"' && this.#text[at] === '\\') at++;
      else if (this.#text[at] === quote) {
        if (quote === '"' || this.#text[at + 1] !== quote) break;
        at++;
      }
      at++;
    }
    const stop = Math.min(at, this.#text.length);
    node.valueStart = from + 1;
    node.valueEnd = stop;
    const raw = this.#text.slice(from + 1, stop);
    node.value =
      quote === "'" ? raw.replaceAll("''", "'") : raw.replace(/\\(["\\/nt])/g, (_, it: string) => ({ n: '\n', t: '\t' })[it] ?? it);
    this.#at = Math.max(this.#at, this.#endOfLine(stop) + 1);
  }

  /** `[a, b]` and `{ a: b }`: brackets nest, keys and items become nodes. */
  #flow(node: YamlNode, from: number): void {
    const holders: YamlNode[] = [node];
    let pending: YamlNode | undefined;
    let at = from;
    const lists: boolean[] = [];
    for (; at < this.#text.length && !this.full; ) {
      const sign = this.#text[at] ?? '';
      const holder = holders.at(-1) ?? node;
      if (sign === '[' || sign === '{') {
        if (lists.length > 0) holders.push(pending ?? this.#child(holder, '', at));
        pending = undefined;
        lists.push(sign === '[');
        at++;
      } else if (sign === ']' || sign === '}') {
        lists.pop();
        at++;
        if (lists.length === 0) break;
        holders.pop();
        pending = undefined;
      } else if (sign === ',') {
        pending = undefined;
        at++;
      } else if (/[\s:]/.test(sign)) at++;
      else {
        const word = this.#flowWord(at);
        const keyed = lists.at(-1) === false && pending === undefined;
        const target: YamlNode = keyed ? this.#child(holder, word.text, at) : (pending ?? this.#child(holder, '', at));
        if (!keyed) {
          target.value = word.text;
          target.valueStart = word.from;
          target.valueEnd = word.from + word.length;
        }
        pending = keyed ? target : undefined;
        at = word.end;
      }
    }
    this.#at = Math.max(this.#at, this.#endOfLine(at) + 1);
  }

  #flowWord(at: number): { text: string; from: number; length: number; end: number } {
    const quote = this.#text[at];
    if (quote === '"' || quote === "'") {
      const close = this.#text.indexOf(quote, at + 1);
      const stop = close < 0 ? this.#text.length : close;
      return { text: this.#text.slice(at + 1, stop), from: at + 1, length: stop - at - 1, end: stop + 1 };
    }
    let end = at + 1;
    while (
      end < this.#text.length &&
      !/[,\]}\n]/.test(this.#text[end] ?? '') &&
      !(this.#text[end] === ':' && /\s/.test(this.#text[end + 1] ?? ' '))
    )
      end++;
    const text = this.#text.slice(at, end).trimEnd();
    return { text, from: at, length: text.length, end };
  }

  #child(parent: YamlNode, key: string, at: number): YamlNode {
    const node: YamlNode = { key, parent, children: [], value: '', start: at, valueStart: at, valueEnd: at, block: false };
    parent.children.push(node);
    this.nodes.push(node);
    return node;
  }

  #close(ends: (open: Open) => boolean): void {
    while (this.#open.length > 0) {
      const last = this.#open.at(-1);
      if (last === undefined || !ends(last)) return;
      this.#open.pop();
    }
  }

  #push(key: string, at: number, indent: number, item: boolean): YamlNode {
    const parent = this.#open.at(-1)?.node;
    const node: YamlNode = { key, parent, children: [], value: '', start: at, valueStart: at, valueEnd: at, block: false };
    parent?.children.push(node);
    this.nodes.push(node);
    this.#open.push({ indent, item, node });
    return node;
  }
}

/** The child of this key. */
export function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.children.find((one) => one.key === key);
}

/** A scalar, the items of a list, or the keys of a mapping. */
export function words(node: YamlNode | undefined): string[] {
  if (node === undefined) return [];
  if (node.children.length === 0) return node.value === '' ? [] : [node.value];
  return node.children.map((one) => (one.key === '' ? one.value : one.key));
}
