// What other extensions do to a save: wait, fail, change the text, format it, or write past it. A test
// sets the behaviour with the command `other.behave`; without it nothing happens.
const vscode = require('vscode');

let behaviour = {};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const concerns = (document) => document.uri.fsPath === behaviour.path;
const atEnd = (document, text) => vscode.TextEdit.insert(document.lineAt(document.lineCount - 1).range.end, text);

const LISTENERS = {
  slow: (event) => event.waitUntil(pause(behaviour.ms)),
  throwing: () => {
    throw new Error('This listener of another extension fails.');
  },
  inserting: (event) => event.waitUntil(Promise.resolve([atEnd(event.document, behaviour.text)])),
};

/** @param {'first' | 'last'} place before or after the listeners of extensions that start later */
const listener = (place) => (event) => {
  if (behaviour.place === place && concerns(event.document)) LISTENERS[behaviour.listener]?.(event);
};

const formatter = {
  provideDocumentFormattingEdits(document) {
    if (behaviour.formatted === undefined || document.getText().includes(behaviour.formatted)) return [];
    return [atEnd(document, behaviour.formatted)];
  },
};

/** Inserts at the end of each file and gives back the document of the first. */
async function insert(paths, text, options) {
  const documents = await Promise.all(paths.map((path) => vscode.workspace.openTextDocument(path)));
  const edit = new vscode.WorkspaceEdit();
  for (const document of documents) edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, text);
  await vscode.workspace.applyEdit(edit, options);
  return documents[0];
}

exports.activate = (context) => {
  let last;
  context.subscriptions.push(
    vscode.workspace.onWillSaveTextDocument(listener('first')),
    vscode.languages.registerDocumentFormattingEditProvider(['shellscript', 'python'], formatter),
    vscode.commands.registerCommand('other.behave', (next) => {
      behaviour = next;
      last?.dispose();
      last = vscode.workspace.onWillSaveTextDocument(listener('last'));
    }),
    vscode.commands.registerCommand('other.save', async (path) => (await vscode.workspace.openTextDocument(path)).save()),
    vscode.commands.registerCommand('other.saveAll', () => vscode.workspace.saveAll(false)),
    vscode.commands.registerCommand('other.writeFile', (path, text) =>
      vscode.workspace.fs.writeFile(vscode.Uri.file(path), Buffer.from(text)),
    ),
    vscode.commands.registerCommand('other.editAndSave', async (path, text) => (await insert([path], text)).save()),
    vscode.commands.registerCommand('other.refactor', (paths, text) => insert(paths, text, { isRefactoring: true })),
  );
};
