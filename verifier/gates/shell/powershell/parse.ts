import type { Expression, Redirection, Stage, Statement } from './ast.ts';
import { readArgument, readExpression, startsExpression } from './expressions.ts';
import { inline, KEYWORDS } from './keywords.ts';
import { type Nested, Reader, TextLimit } from './reader.ts';
import { readWord } from './words.ts';

export type PowerShellParse = { readonly statements: readonly Statement[]; readonly nodes: number } | { readonly limit: string };

/** Largest text that is parsed, in UTF-16 units. */
export const MAX_POWERSHELL_TEXT = 256 * 1024;

/**
 * Parses PowerShell, versions 5.1 and 7 (language specification, chapters 2 and 8). Where a text is none, it goes on
 * with what comes next, so that nothing behind a mistake is left unread. Bounded by size, nodes and nesting.
 *
 * This is not the grammar of `@vscode/tree-sitter-wasm`: of everyday lines that one misreads every fourth, such as
 * `Remove-Item $env:TEMP\x -Recurse` and `npm i --registry=x`, and loses what follows in the statement.
 */
export function parsePowerShell(text: string): PowerShellParse {
  if (text.length > MAX_POWERSHELL_TEXT) return { limit: `the shell text is longer than ${MAX_POWERSHELL_TEXT} characters` };
  const reader = new Reader(text, nested);
  try {
    return { statements: readStatements(reader, ''), nodes: reader.nodes };
  } catch (error) {
    if (error instanceof TextLimit) return { limit: error.message };
    throw error;
  }
}

const nested: Nested = { statements: readStatements, expression: (reader) => readExpression(reader) };

/** Statements up to `closer`, which is passed over; `one`: a single one, as behind `=`. */
function readStatements(reader: Reader, closer: string): Statement[] {
  return reader.deeper(() => {
    const statements: Statement[] = [];
    for (;;) {
      if (closer === 'one') reader.blank();
      else reader.blank(true);
      if (reader.done) break;
      if (/[)}\]]/.test(reader.letter)) {
        if (closer === 'one') break;
        if (closer === '' || reader.letter === closer) reader.at++;
        if (closer === '') continue;
        break;
      }
      const before = reader.at;
      statements.push(...readStatement(reader));
      if (closer === 'one') break;
      if (reader.at === before) reader.at++;
    }
    return statements;
  });
}

function readStatement(reader: Reader): Statement[] {
  return reader.deeper(() => {
    const start = reader.at;
    reader.take(/:\w+\s+(?=(?:for|while|do|switch)\b|foreach\b)/iy);
    const word = reader.look(/[A-Za-z]+(?![\w\\/:.*-])/y)?.[0] ?? '';
    const keyword = KEYWORDS.get(word.toLowerCase());
    if (keyword === undefined) return readChain(reader);
    const before = reader.at;
    reader.at += word.length;
    // `process`, `data` and their like begin a block or are the name of a program.
    if (keyword === inline && !reader.sees(/[^\n;|]{0,200}\{|\s*\n\s*\{/y)) {
      reader.at = before;
      return readChain(reader);
    }
    return keyword(reader, start);
  });
}

/** A pipeline, or an assignment, and what `&&` and `||` go on with. */
function readChain(reader: Reader): Statement[] {
  const statements: Statement[] = [];
  do {
    reader.blank(statements.length > 0);
    const start = reader.at;
    if (startsExpression(reader)) {
      const target = readExpression(reader);
      reader.blank();
      const operator = reader.takeText(/(?:[-+*/%]|\?\?)?=(?!=)/y);
      if (operator !== undefined) {
        reader.blank(true);
        const value = readStatement(reader);
        return [...statements, { kind: 'assign', target, operator, value, start, end: reader.at }];
      }
      const first: Stage = { kind: 'expression', expression: target, redirections: readRedirections(reader), start, end: reader.at };
      statements.push(readPipeline(reader, start, first));
    } else statements.push(readPipeline(reader, start, readCommand(reader)));
    reader.blank();
  } while (reader.take(/&&|\|\|/y) !== null);
  // In the background or not is no matter.
  reader.take(/&(?!&)(?=\s*(?:[;\n})]|$))/y);
  return statements;
}

function readPipeline(reader: Reader, start: number, first: Stage): Statement {
  const stages = [first];
  for (;;) {
    const before = reader.at;
    reader.blank();
    if (!reader.sees(/\s*\|(?!\|)/y)) {
      reader.at = before;
      return { kind: 'pipeline', stages, start, end: before };
    }
    reader.take(/\s*\|/y);
    reader.blank(true);
    if (reader.done || /[)}]/.test(reader.letter)) return { kind: 'pipeline', stages, start, end: reader.at };
    const from = reader.at;
    if (startsExpression(reader)) {
      const expression = readExpression(reader);
      stages.push({ kind: 'expression', expression, redirections: readRedirections(reader), start: from, end: reader.at });
    } else stages.push(readCommand(reader));
    reader.nodes++;
  }
}

function readCommand(reader: Reader): Stage {
  const start = reader.at;
  const sign = reader.takeText(/&(?!&)\s*|\.(?=[\s$"'({&])\s*/y)?.charAt(0);
  const invoke = sign === '&' || sign === '.' ? sign : '';
  const name: Expression = invoke === '' ? readName(reader) : readArgument(reader);
  const args: Expression[] = [];
  const redirections: Redirection[] = [];
  for (;;) {
    reader.blank();
    if (reader.done || reader.sees(/[\r\n;|)}]|&(?!&?\d)/y)) break;
    const from = reader.at;
    if (reader.take(/--%/y) !== null) {
      for (const word of (reader.takeText(/[^\n|]*/y) ?? '').trim().split(/\s+/))
        args.push({ kind: 'text', parts: [word.replaceAll('"', '')], bare: true, start: from, end: reader.at });
      continue;
    }
    redirections.push(...readRedirections(reader));
    if (reader.at !== from) continue;
    args.push(!reader.sees(/-[A-Za-z_?-]/y) ? readArgument(reader) : readWord(reader));
    if (reader.at === from) reader.at++;
  }
  return { kind: 'command', invoke, name, args, redirections, start, end: Math.max(start + 1, trimmedEnd(reader, start)) };
}

function trimmedEnd(reader: Reader, start: number): number {
  let end = reader.at;
  while (end > start && /\s/.test(reader.text.charAt(end - 1))) end--;
  return end;
}

/** A command's name; `%`, `?` and quotes may be one. */
function readName(reader: Reader): Expression {
  const start = reader.at;
  const short = reader.takeText(/%(?=[\s{(]|$)|\?(?=[\s{(]|$)/y);
  if (short !== undefined) return { kind: 'text', parts: [short], bare: true, start, end: reader.at };
  const word = readWord(reader);
  if (reader.at === start) reader.at++;
  return word;
}

function readRedirections(reader: Reader): Redirection[] {
  const found: Redirection[] = [];
  for (;;) {
    const before = reader.at;
    reader.blank();
    const operator = reader.takeText(/[1-6*]?>&[12]|[1-6*]?>>?|</y);
    if (operator === undefined) {
      reader.at = before;
      return found;
    }
    if (operator.includes('&')) continue;
    reader.blank();
    found.push({ operator, to: readArgument(reader) });
  }
}
