import type { Segment } from '../policy/facts.ts';
import type { Subject } from '../protocol/subject.ts';
import { fileSegments } from './fileSegments.ts';

type ToolCall = Extract<Subject, { kind: 'tool' }>;

const COMMAND_FIELDS = new Set(['command', 'cmd', 'commandline', 'command_line', 'script', 'shell_command', 'bash_command']);
const CONTENT_FIELDS = new Set([
  'content',
  'contents',
  'new_string',
  'newstring',
  'new_str',
  'newtext',
  'new_text',
  'file_text',
  'code',
  'text',
  'insert_text',
  'newcode',
  'replacement',
  'patch',
  'new_source',
  'input',
]);
const PATH_FIELDS = new Set(['path', 'file_path', 'filepath', 'file', 'filename', 'target_file', 'uri', 'notebook_path']);
const TERMINAL = /terminal|bash|shell|exec|command|run_in|powershell|process/i;
const MAX_DEPTH = 12;

/**
 * Cuts a tool call: what goes to a terminal is shell, what is written to a file is that file's language,
 * and the whole input is looked at as text besides.
 * @param whole the subject's text (name and JSON): offsets point into it where a value occurs verbatim.
 */
export function toolSegments(call: ToolCall, whole: string): Segment[] {
  const segments: Segment[] = [{ zone: 'config', language: 'json', text: whole, offset: 0 }];
  const terminal = TERMINAL.test(call.name);
  const place = (text: string): number => Math.max(0, whole.indexOf(JSON.stringify(text).slice(1, -1)));
  const visit = (value: unknown, path: string, depth: number): void => {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, path, depth + 1);
      return;
    }
    const entries = Object.entries(value);
    const named = entries.find(([key, field]) => PATH_FIELDS.has(key.toLowerCase()) && typeof field === 'string');
    const file = named === undefined ? path : String(named[1]);
    for (const [key, field] of entries) {
      const name = key.toLowerCase();
      if (COMMAND_FIELDS.has(name) || (terminal && name === 'input')) {
        const text = commandText(field);
        if (text !== undefined)
          segments.push({
            zone: 'shell',
            language: /powershell|pwsh/i.test(call.name) ? 'powershell' : 'shellscript',
            text,
            offset: place(text),
          });
      } else if (typeof field === 'string') {
        if (CONTENT_FIELDS.has(name))
          for (const part of fileSegments(field, file, undefined)) segments.push({ ...part, offset: place(field) });
      } else visit(field, file, depth + 1);
    }
  };
  visit(call.input, '', 0);
  return segments;
}

/** A command as one text, or as a list of words. */
function commandText(field: unknown): string | undefined {
  if (typeof field === 'string') return field;
  if (!Array.isArray(field) || !field.every((word) => typeof word === 'string')) return undefined;
  return field.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
