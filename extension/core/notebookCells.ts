import { z } from 'zod';

/** One cell of a notebook as the editor has it. */
export interface NotebookCell {
  /** The cell's own address in the editor. */
  readonly id: string;
  readonly kind: 'code' | 'markdown';
  readonly language: string;
  readonly text: string;
}

/** What is read of a notebook file (nbformat 4, https://nbformat.readthedocs.io). */
const NotebookFile = z.looseObject({
  cells: z.array(z.looseObject({ source: z.union([z.string(), z.array(z.string())]) })),
});

/** The cells as a notebook file without outputs: what is assessed, and what is kept of a held notebook. */
export function notebookText(cells: readonly NotebookCell[]): string {
  const language = cells.find(({ kind }) => kind === 'code')?.language ?? 'python';
  return JSON.stringify(
    {
      cells: cells.map(({ kind, text }) =>
        kind === 'code'
          ? { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: text }
          : { cell_type: 'markdown', metadata: {}, source: text },
      ),
      metadata: { language_info: { name: language } },
      nbformat: 4,
      nbformat_minor: 4,
    },
    null,
    1,
  );
}

/** The cells' texts in a notebook file; undefined where it is of another format. */
export function cellsOfFile(text: string): string[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const file = NotebookFile.safeParse(json);
  return file.success ? file.data.cells.map(({ source }) => (typeof source === 'string' ? source : source.join(''))) : undefined;
}

/**
 * For each cell of the editor the text that the disk has in its place: the same beginnings and ends belong together,
 * what is between them in its order, and a cell beyond those of the disk is empty.
 */
export function diskTextOf(cells: readonly string[], disk: readonly string[]): string[] {
  const shorter = Math.min(cells.length, disk.length);
  let start = 0;
  while (start < shorter && cells[start] === disk[start]) start += 1;
  let end = 0;
  while (end < shorter - start && cells[cells.length - 1 - end] === disk[disk.length - 1 - end]) end += 1;
  const middle = disk.slice(start, disk.length - end);
  return cells.map((cell, index) => (index < start || index >= cells.length - end ? cell : (middle[index - start] ?? '')));
}
