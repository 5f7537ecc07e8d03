import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { type Column, columnId } from './columns.ts';
import type { SavePath } from './savePath.ts';

/** What no file may hold; the gates block it in scripts and notebooks alike. */
export const VIOLATION = 'rm -rf /';
/** A line with it, in a script and in a notebook's cell. */
export const VIOLATING_LINE = `${VIOLATION}\n`;

export const SCRIPT_TEXT = '#!/bin/sh\nset -eu\nmkdir -p backup\n';
const NOTEBOOK_TEXT = `${JSON.stringify(
  {
    cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['print(1)'] }],
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' }, language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  },
  null,
  1,
)}\n`;
const FILLING = `${'# '.padEnd(99, 'filling ')}\n`;

/** Each cell has a file of its own, so that no cell sees what another one left. */
export function fileOf(workspace: string, { id, kind }: SavePath, column: Column): string {
  const folder = kind === 'outside' ? join(dirname(workspace), 'elsewhere') : join(workspace, 'cells');
  return join(folder, `${columnId(column)}-${id}${kind === 'notebook' ? '.ipynb' : '.sh'}`);
}

/** The file that is saved under another name. */
export function sourceOf(file: string): string {
  return `${file.slice(0, -extname(file).length)}-source.sh`;
}

/** Writes the files of a window's cells before it opens. Large ones are left out of version control. */
export function writeSampleFiles(workspace: string, cells: readonly { readonly path: SavePath; readonly column: Column }[]): void {
  for (const folder of [join(workspace, 'cells'), join(dirname(workspace), 'elsewhere')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(workspace, '.gitignore'), 'cells/*-mb-*\n');
  for (const { path, column } of cells) {
    const file = fileOf(workspace, path, column);
    if (path.kind === 'absent') writeFileSync(sourceOf(file), SCRIPT_TEXT);
    else writeFileSync(file, textOfKind(path.kind));
  }
}

function textOfKind(kind: Exclude<SavePath['kind'], 'absent'>): string {
  if (kind === 'notebook') return NOTEBOOK_TEXT;
  if (kind === 'script' || kind === 'outside') return SCRIPT_TEXT;
  return SCRIPT_TEXT + FILLING.repeat(Math.ceil((kind.megabytes * 1024 * 1024) / FILLING.length));
}
