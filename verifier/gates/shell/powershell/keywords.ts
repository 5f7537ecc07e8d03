import type { Statement } from './ast.ts';
import { readBlock, readParameters } from './blocks.ts';
import { readArgument } from './expressions.ts';
import type { Reader } from './reader.ts';

export type KeywordReader = (reader: Reader, start: number) => Statement[];

function inParentheses(reader: Reader): Statement[] {
  reader.blank(true);
  return reader.skip('(') ? reader.nested.statements(reader, ')') : [];
}

function body(reader: Reader): readonly Statement[] {
  reader.blank(true);
  // Types between `catch` and its block, a label, an attribute.
  reader.take(/[^{\n;]*(?=\{)/y);
  return reader.letter === '{' ? readBlock(reader).body : [];
}

/** Reads on behind a block, where one of these words goes on with the statement. */
function follows(reader: Reader, pattern: RegExp): string | undefined {
  const before = reader.at;
  reader.blank(true);
  const word = reader.take(pattern)?.[0].toLowerCase();
  if (word === undefined) reader.at = before;
  return word;
}

function readIf(reader: Reader, start: number): Statement[] {
  const before = inParentheses(reader);
  const bodies = [body(reader)];
  for (let word = follows(reader, /else(?:if)?\b/iy); word !== undefined; word = follows(reader, /else(?:if)?\b/iy)) {
    if (word === 'elseif') before.push(...inParentheses(reader));
    bodies.push(body(reader));
  }
  return [{ kind: 'choice', before, bodies, start, end: reader.at }];
}

function readTry(reader: Reader, start: number): Statement[] {
  const bodies = [body(reader)];
  while (follows(reader, /(?:catch|finally)\b/iy) !== undefined) bodies.push(body(reader));
  return [{ kind: 'choice', before: [], bodies, start, end: reader.at }];
}

function readSwitch(reader: Reader, start: number): Statement[] {
  reader.take(/(?:\s*-\w+(?:\s+(?=[^\s({]))?)*/y);
  const before = inParentheses(reader);
  const bodies: (readonly Statement[])[] = [];
  reader.blank(true);
  if (reader.skip('{')) {
    for (;;) {
      reader.blank(true);
      if (reader.done || reader.skip('}')) break;
      const from = reader.at;
      readArgument(reader);
      reader.blank(true);
      if (reader.letter === '{') bodies.push(readBlock(reader).body);
      if (reader.at === from) reader.at++;
    }
  }
  return [{ kind: 'choice', before, bodies, start, end: reader.at }];
}

const ALWAYS = /^\(\s*(?:\$true|1|[^;)]*;\s*(?:\$true\s*)?;[^)]*)\s*\)$/i;

function readWhile(reader: Reader, start: number): Statement[] {
  reader.blank(true);
  const from = reader.at;
  const over = inParentheses(reader);
  const endless = ALWAYS.test(reader.text.slice(from, Math.min(reader.at, from + 200)));
  return [{ kind: 'loop', variable: undefined, over, body: body(reader), endless, start, end: reader.at }];
}

function readDo(reader: Reader, start: number): Statement[] {
  const inside = body(reader);
  const word = follows(reader, /(?:while|until)\b/iy);
  reader.blank(true);
  const from = reader.at;
  const over = word === undefined ? [] : inParentheses(reader);
  const condition = reader.text.slice(from, Math.min(reader.at, from + 200));
  const endless = word === 'while' ? ALWAYS.test(condition) : /^\(\s*(?:\$false|0)\s*\)$/i.test(condition);
  return [{ kind: 'loop', variable: undefined, over, body: inside, endless, start, end: reader.at }];
}

function readForeach(reader: Reader, start: number): Statement[] {
  reader.take(/\s*-parallel\b/iy);
  reader.blank(true);
  reader.skip('(');
  reader.blank(true);
  const variable = reader.take(/\$([\w:]+)/y)?.[1];
  reader.blank(true);
  reader.take(/in\b/iy);
  const over = reader.nested.statements(reader, ')');
  return [{ kind: 'loop', variable, over, body: body(reader), endless: false, start, end: reader.at }];
}

function readFunction(reader: Reader, start: number): Statement[] {
  reader.blank();
  const name = reader.takeText(/[^\s({]+/y) ?? '';
  reader.blank(true);
  const declared = reader.letter === '(' ? readParameters(reader) : [];
  reader.blank(true);
  if (reader.letter !== '{') return [];
  const block = readBlock(reader);
  const whole = { ...block, parameters: [...declared, ...block.parameters] };
  return [{ kind: 'function', name: name.replace(/^(?:global|script|local|private):/i, ''), block: whole, start, end: reader.at }];
}

function readParam(reader: Reader, start: number): Statement[] {
  return [{ kind: 'parameters', parameters: readParameters(reader), start, end: reader.at }];
}

/** Words before a block that runs where it stands. */
export const inline: KeywordReader = (reader) => [...body(reader)];
const rest: KeywordReader = (reader) => {
  reader.blank();
  return reader.done || /[\n\r;})]/.test(reader.letter) ? [] : reader.nested.statements(reader, 'one');
};

/** Statements that begin with a word of their own, by that word. */
export const KEYWORDS: ReadonlyMap<string, KeywordReader> = new Map(
  Object.entries({
    if: readIf,
    try: readTry,
    switch: readSwitch,
    while: readWhile,
    for: readWhile,
    do: readDo,
    foreach: readForeach,
    function: readFunction,
    filter: readFunction,
    workflow: readFunction,
    param: readParam,
    begin: inline,
    process: inline,
    end: inline,
    clean: inline,
    dynamicparam: inline,
    trap: inline,
    class: inline,
    enum: inline,
    data: inline,
    parallel: inline,
    sequence: inline,
    inlinescript: inline,
    return: rest,
    throw: rest,
    exit: rest,
    break: rest,
    continue: rest,
    using: (reader) => {
      reader.take(/[^\n;]*/y);
      return [];
    },
  }),
);
