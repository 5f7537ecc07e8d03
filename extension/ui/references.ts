import * as vscode from 'vscode';
import type { Reference } from '../../verifier/protocol/subject.ts';

const MAX_ONE = 256 * 1024;
const MAX_ALL = 2 * 1024 * 1024;
const MAX_COUNT = 100;

/** What was attached to a prompt: the texts that could be read, and the names of those that could not. */
export async function readReferences(attached: readonly vscode.ChatPromptReference[]): Promise<{ read: Reference[]; leftOut: string[] }> {
  const read: Reference[] = [];
  const leftOut: string[] = [];
  let size = 0;
  for (const reference of attached) {
    const found = await readOne(reference.value);
    const fits =
      found?.text !== undefined && found.text.length <= MAX_ONE && size + found.text.length <= MAX_ALL && read.length < MAX_COUNT;
    if (!found || found.text === undefined || !fits) {
      leftOut.push(found?.name ?? reference.id);
      continue;
    }
    size += found.text.length;
    read.push({ name: found.name.slice(0, 4096), text: found.text });
  }
  return { read, leftOut };
}

async function readOne(value: unknown): Promise<{ name: string; text: string | undefined } | undefined> {
  if (typeof value === 'string') return { name: 'text', text: value };
  if (value instanceof vscode.Uri) return { name: vscode.workspace.asRelativePath(value), text: await textOf(value) };
  if (value instanceof vscode.Location) {
    const { start, end } = value.range;
    return {
      name: `${vscode.workspace.asRelativePath(value.uri)}:${start.line + 1}-${end.line + 1}`,
      text: await textOf(value.uri, value.range),
    };
  }
  return undefined;
}

async function textOf(uri: vscode.Uri, range?: vscode.Range): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText(range);
  } catch {
    // A folder, a picture, or gone: the chat says that it was left out.
    return undefined;
  }
}
