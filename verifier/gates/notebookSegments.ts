import { z } from 'zod';
import type { Segment } from '../policy/facts.ts';
import { languageId } from './languages.ts';

const Source = z.union([z.string(), z.array(z.string())]);
/** What of the Jupyter notebook format (nbformat 4, https://nbformat.readthedocs.io) says what runs. */
const Notebook = z.looseObject({
  cells: z.array(z.looseObject({ cell_type: z.string(), source: Source })),
  metadata: z
    .looseObject({
      kernelspec: z.looseObject({ language: z.string().optional() }).optional().catch(undefined),
      language_info: z.looseObject({ name: z.string().optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const SHELL_CELL = /^\s*%%(?:bash|sh|script|system|!)[^\n]*\n/;
const SHELL_LINE = /^\s*(?:!{1,2}|%(?:sx|system)\s)\s*(.+)$/;
const OTHER_CELL = /^\s*%%(javascript|js|html|perl|ruby|python[23]?|pypy)\b[^\n]*\n/;

/**
 * The cells of a Jupyter notebook as the texts that they are: in the file they stand as JSON strings, in which
 * code does not read as code. Undefined where the text is no such notebook.
 */
export function notebookSegments(text: string): Segment[] | undefined {
  const notebook = Notebook.safeParse(parseJson(text));
  if (!notebook.success) return undefined;
  const { cells, metadata } = notebook.data;
  const language = languageId(metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? 'python');
  let from = 0;
  return cells.flatMap((cell) => {
    const source = typeof cell.source === 'string' ? cell.source : cell.source.join('');
    if (source.trim() === '') return [];
    from = placeOf(text, cell.source, from);
    if (cell.cell_type === 'markdown') return [{ zone: 'prose', language: 'markdown', text: source, offset: from }];
    return cell.cell_type === 'code' ? codeCell(source, language, from) : [];
  });
}

function codeCell(source: string, language: string, offset: number): Segment[] {
  const shell = SHELL_CELL.exec(source);
  if (shell) return [{ zone: 'shell', language: 'shellscript', text: source.slice(shell[0].length), offset }];
  const other = OTHER_CELL.exec(source);
  if (other?.[1]) return [{ zone: 'code', language: languageId(other[1]), text: source.slice(other[0].length), offset }];
  const commands = source.split('\n').flatMap((line): Segment[] => {
    const command = SHELL_LINE.exec(line)?.[1];
    return command === undefined ? [] : [{ zone: 'shell', language: 'shellscript', text: command, offset }];
  });
  return [{ zone: 'code', language, text: source, offset }, ...commands];
}

/** Where in the file a cell's text begins, as far as its first line tells. */
function placeOf(text: string, source: string | readonly string[], from: number): number {
  const first = typeof source === 'string' ? source : (source.find((line) => line.trim() !== '') ?? '');
  const at = text.indexOf(JSON.stringify(first), from);
  return at < 0 ? from : at + 1;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
