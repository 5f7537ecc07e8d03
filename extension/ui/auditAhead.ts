import * as vscode from 'vscode';
import type { AuditAhead } from '../core/auditAhead.ts';
import { pathOf } from './paths.ts';

/** Tells the look ahead of what is typed and of what leaves the editor. */
export function registerAuditAhead(ahead: AuditAhead): vscode.Disposable {
  const left = ({ uri }: vscode.TextDocument) => ahead.left(pathOf(uri));
  return vscode.Disposable.from(
    ahead,
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.uri.scheme !== 'file') return;
      if (document.isDirty && contentChanges.length > 0) ahead.edited(pathOf(document.uri));
      else if (!document.isDirty) left(document);
    }),
    vscode.workspace.onDidCloseTextDocument(left),
  );
}
