import * as vscode from 'vscode';

/** An address, as the core knows files that are not on this machine's disk. Drive letters are shorter. */
const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//;

/** The core's name of a document: its path on disk, else its address. */
export function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

export function isAddress(path: string): boolean {
  return ADDRESS.test(path);
}

export function uriOf(path: string): vscode.Uri {
  return isAddress(path) ? vscode.Uri.parse(path, true) : vscode.Uri.file(path);
}
