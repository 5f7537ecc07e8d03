/** What a patch does to one file. */
export interface PatchedFile {
  readonly path: string;
  readonly act: 'write' | 'delete';
  /** The lines that it adds. */
  readonly added: string;
}

const MAX_FILES = 200;

/** Whether a text is a patch: in the form of `apply_patch`, or a unified diff. */
export function isPatch(text: string): boolean {
  return /(?:^|\n)\*\*\* Begin Patch\s*\n/.test(text) || /(?:^|\n)--- [^\n]{1,1000}\n\+\+\+ [^\n]{1,1000}\n@@/.test(text);
}

/** The files of a patch with what is new in each. Lines that stay or go are no new text. */
export function patchedFiles(text: string): PatchedFile[] {
  const files: { path: string; act: 'write' | 'delete'; added: string[] }[] = [];
  const open = (path: string, act: 'write' | 'delete'): void => {
    if (files.length < MAX_FILES) files.push({ path: path.trim(), act, added: [] });
  };
  const lines = text.split('\n');
  for (const [index, full] of lines.entries()) {
    const line = full.endsWith('\r') ? full.slice(0, -1) : full;
    const heading = /^\*\*\* (Add|Update|Delete) File: (.+)$/.exec(line);
    const moved = /^\*\*\* Move to: (.+)$/.exec(line);
    if (heading !== null) open(heading[2] ?? '', heading[1] === 'Delete' ? 'delete' : 'write');
    else if (moved !== null) open(moved[1] ?? '', 'write');
    else if (line.startsWith('+++ ') && lines[index - 1]?.startsWith('--- ') === true) {
      const [before = '', after = ''] = [lines[index - 1]?.slice(4) ?? '', line.slice(4)].map((name) =>
        name.replace(/\t.*$/, '').replace(/^[ab]\//, ''),
      );
      if (after.trim() === '/dev/null') open(before, 'delete');
      else open(after, 'write');
    } else if (line.startsWith('+')) files.at(-1)?.added.push(line.slice(1));
  }
  return files.map(({ path, act, added }) => ({ path, act, added: added.join('\n') }));
}
