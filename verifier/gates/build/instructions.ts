/** An instruction of a Dockerfile. Offsets are those of the file. */
export interface Instruction {
  /** In capitals; of `ONBUILD` the instruction behind it. */
  readonly name: string;
  /** Behind the name, with line ends as they stand; comments between its lines are blanked. */
  readonly text: string;
  readonly start: number;
  /** Bodies of here-documents behind it. */
  readonly documents: readonly { readonly text: string; readonly start: number }[];
  /** The sign that joins lines. */
  readonly joiner: string;
}

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const DOCUMENT = /<<-?\s{0,4}(["']?)([A-Za-z_]\w{0,60})\1/g;

/** Cuts a Dockerfile into instructions: lines that go on, comments among them, and here-documents, in one pass. */
export function* instructions(text: string): Generator<Instruction> {
  const joiner = /^(?:\s{0,8}#[^\n]{0,200}\n){0,4}?\s{0,8}#\s{0,8}escape\s{0,8}=\s{0,8}`/i.test(text.slice(0, 2_000)) ? '`' : '\\';
  for (let at = 0; at < text.length; ) {
    const first = line(text, at);
    at = first.next;
    const head = /^\s{0,80}(?:ONBUILD\s{1,20})?(?:HEALTHCHECK\b(?:\s{1,20}--\S{1,80}){0,8}\s{1,20})?([A-Za-z]{2,12})(?=\s|$)\s{0,80}/i.exec(
      first.text,
    );
    if (head === null) continue;
    const name = (head[1] ?? '').toUpperCase();
    let body = first.text.slice(head[0].length);
    let goesOn = continues(body, joiner);
    while (goesOn && at < text.length) {
      const more = line(text, at);
      at = more.next;
      const comment = /^\s*#/.test(more.text);
      const blank = more.text.trim() === '';
      // Neither ends the instruction; its sign to go on is given to it, so that a shell reads the same.
      body += `\n${comment ? `${' '.repeat(Math.max(0, more.text.length - 1))}\\` : more.text}`;
      goesOn = comment || blank || continues(more.text, joiner);
    }
    const documents: { text: string; start: number }[] = [];
    if (name === 'RUN' || name === 'COPY' || name === 'ADD') {
      for (const [, , mark] of [...body.matchAll(DOCUMENT)].slice(0, 8)) {
        const from = at;
        let end = at;
        while (at < text.length) {
          const one = line(text, at);
          at = one.next;
          if (one.text.trim() === mark) break;
          end = at;
        }
        documents.push({ text: text.slice(from, end), start: from });
      }
    }
    yield { name, text: body, start: first.start + head[0].length, documents, joiner };
  }
}

function line(text: string, start: number): { text: string; start: number; next: number } {
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  return { text: text.slice(start, end), start, next: end + 1 };
}

function continues(text: string, joiner: string): boolean {
  return text.trimEnd().endsWith(joiner);
}

/** Words of an instruction: quotes hold together, the JSON form is read as such. */
export function wordsOf({ text, start, joiner }: Instruction): Word[] {
  const words: Word[] = [];
  const pattern = /"(?:[^"\\]|\\[\s\S])*"|[^\s"',[\]\\`]+|[\s\S]/g;
  let word: { text: string; start: number; end: number } | undefined;
  const json = /^\s*\[/.test(text.replace(/^(?:--\S+\s+)*/, ''));
  for (const { 0: part, index } of text.matchAll(pattern)) {
    const splits = /^\s$/.test(part) || (json && /^[[\],]$/.test(part));
    if (part === joiner && /^[ \t\r]*(?:\n|$)/.test(text.slice(index + 1, index + 40))) continue;
    if (splits) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const plain = part.length > 1 && part.startsWith('"') ? part.slice(1, -1) : part;
    if (word === undefined) word = { text: plain, start: start + index, end: start + index + part.length };
    else {
      word.text += plain;
      word.end = start + index + part.length;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
