import { z } from 'zod';
import type { GuardedWindow } from '../guardedWindow.ts';
import type { Evidence } from './observation.ts';

const Found = z.enum(['unsaved', 'saved', 'unreadable', 'gone']);

/**
 * Where the editor has a text: in the document of a file, in a notebook, or in a text that has no file yet.
 * Asked through the API, as any extension would.
 */
export function textOf({ server }: GuardedWindow, file: string, needle: string): Promise<Evidence['text']> {
  return server.bridge(
    `const file = ${JSON.stringify(file)}, needle = ${JSON.stringify(needle)};
     const mine = (uri) => uri.fsPath === file;
     const holding = [
       ...vscode.workspace.textDocuments.filter((d) => d.getText().includes(needle) && (mine(d.uri) || d.isUntitled || d.uri.fsPath.endsWith('-source.sh'))),
       ...vscode.workspace.notebookDocuments.filter((n) => mine(n.uri) && n.getCells().some((c) => c.document.getText().includes(needle))),
     ];
     if (holding.some((d) => d.isDirty)) return 'unsaved';
     if (holding.length > 0) return 'saved';
     if (vscode.workspace.textDocuments.some((d) => mine(d.uri))) return 'gone';
     const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
     return tabs.some((tab) => tab.isDirty && tab.input?.uri && mine(tab.input.uri)) ? 'unreadable' : 'gone';`,
    Found,
  );
}

/** Whether the problems view has a finding of the guard for a file, whatever it is opened as. */
export async function isDiagnosed({ server }: GuardedWindow, file: string): Promise<boolean> {
  return server.bridge(
    `return vscode.languages.getDiagnostics().some(([uri, all]) => uri.fsPath === ${JSON.stringify(file)} && all.some((d) => /sentinel/i.test(d.source ?? '')));`,
    z.boolean(),
  );
}
