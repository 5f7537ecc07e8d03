import { posix } from 'node:path';
import type { ProgramReader } from '../call.ts';
import { readOptions } from '../options.ts';
import { scriptPath } from '../scriptFiles.ts';
import { isKnown, literal, UNKNOWN, type Value } from '../value.ts';

/** A word as a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function each(valued: string, result: (word: Value, call: Parameters<ProgramReader>[0]) => string | undefined): ProgramReader {
  return (call) => {
    const word = readOptions(call.args, valued).operands[0];
    const text = word === undefined || !isKnown(word) ? undefined : result(word, call);
    return text === undefined ? UNKNOWN : literal(`${text}\n`);
  };
}

/** `mktemp` makes something new, whose name the text can't tell: a place of its own, which nothing else uses. */
const temporary: ProgramReader = (call) => {
  const { values, operands } = readOptions(call.args, 'p tmpdir suffix');
  const folder = values.get('p')?.[0] ?? values.get('tmpdir')?.[0];
  const template = operands[0] ?? literal('tmp.XXXXXX');
  if (template.text.startsWith('/')) return { ...template, text: `${template.text}\n` };
  const named = operands.length > 0 && folder === undefined && !call.args.some(({ text }) => /^-\w*t/.test(text));
  return literal(`${named ? '' : `${folder?.text ?? '/tmp'}/`}${template.text}\n`);
};

/** Programs that make one path of another: scripts find their own folder with them. */
export const PATH_PROGRAMS = {
  dirname: each('', ({ text }) => posix.dirname(text)),
  basename: each('s suffix', ({ text }, call) =>
    posix.basename(text, call.args.at(-1)?.text === text ? '' : (call.args.at(-1)?.text ?? '')),
  ),
  realpath: each('relative-to relative-base', (word, call) => (call.args.length > 1 ? undefined : scriptPath(word, call.session.scope))),
  readlink: each('', (word, call) => scriptPath(word, call.session.scope)),
  mktemp: temporary,
} satisfies Record<string, ProgramReader>;
