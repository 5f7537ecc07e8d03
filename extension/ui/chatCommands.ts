import { readFile } from 'node:fs/promises';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ChatCommands, CommandEnd, CommandView } from '../core/chatCommands.ts';
import type { ChatFeedback } from '../core/chatFeedback.ts';
import { explanations, type ScanTarget, type ScanTargets } from '../core/scan.ts';
import { timeOfDay } from './moment.ts';

const MAX_TEXT = 2 * 1024 * 1024;
/** A policy is no larger; what else a path leads to is not read. */
const MAX_POLICY = 1024 * 1024;

/** Lets the participant offer its commands' follow-ups, and keep what readers think of its answers. */
export function extendParticipant(participant: vscode.ChatParticipant, feedback: ChatFeedback): vscode.Disposable {
  participant.followupProvider = {
    provideFollowups: (result) => explanations(rulesOf(result)).map(({ prompt, label }) => ({ prompt, label, command: 'explain' })),
  };
  return vscode.Disposable.from(
    participant.onDidReceiveFeedback(({ kind, result }) => {
      void feedback.receive(kind === vscode.ChatResultFeedbackKind.Helpful, result.metadata);
    }),
    vscode.commands.registerCommand('sentinelai.ask', () =>
      vscode.commands.executeCommand('workbench.action.chat.open', { query: '@sentinelai-guard ', isPartialQuery: true }),
    ),
  );
}

function rulesOf({ metadata }: vscode.ChatResult): string[] {
  const rules: unknown = metadata?.['rules'];
  // An answer that explained a rule needs no offer to explain it.
  if (metadata?.['command'] === 'explain' || !Array.isArray(rules)) return [];
  return rules.filter((rule): rule is string => typeof rule === 'string');
}

/** Answers `/command` in the chat. */
export async function answerCommand(
  commands: ChatCommands,
  command: string,
  { prompt, references }: vscode.ChatRequest,
  stream: vscode.ChatResponseStream,
  about: { readonly signal: AbortSignal; readonly sessionId: string },
): Promise<CommandEnd> {
  return commands.run(command, { argument: prompt, view: commandView(stream), targets: () => scanTargets(references), ...about });
}

/** What the commands need of this machine. */
export const commandSurroundings = {
  moment: timeOfDay,
  readText: async (path: string): Promise<string | undefined> => {
    try {
      const text = await readFile(path, 'utf8');
      return text.length > MAX_POLICY ? undefined : text;
    } catch {
      return undefined;
    }
  },
};

function commandView(stream: vscode.ChatResponseStream): CommandView {
  return {
    show: (markdown) => stream.markdown(markdown),
    place({ path, line }) {
      const uri = vscode.Uri.file(path);
      // Without a title VS Code shows the file's name; with one it does so too.
      stream.anchor(line === undefined ? uri : new vscode.Location(uri, new vscode.Position(Math.max(0, line - 1), 0)));
    },
    progress: (message) => stream.progress(message),
    offerRecovery() {
      stream.button({ command: 'sentinelai.restartVerifier', title: t('Restart Verifier') });
      stream.button({ command: 'sentinelai.showLog', title: t('Show Log') });
    },
  };
}

/** What was attached; where nothing was, the selection or the whole of the file in the active editor. */
async function scanTargets(references: readonly vscode.ChatPromptReference[]): Promise<ScanTargets> {
  const read = new Map<string, ScanTarget>();
  const leftOut: string[] = [];
  for (const { value, id } of references) {
    const place = placeOf(value);
    if (place === undefined) {
      if (typeof value !== 'string') leftOut.push(id);
      continue;
    }
    const target = await targetOf(place);
    if (target === undefined) leftOut.push(vscode.workspace.asRelativePath(place.uri));
    else read.set(`${target.path}\0${target.firstLine}\0${target.text.length}`, target);
  }
  const editor = vscode.window.activeTextEditor;
  if (read.size === 0 && leftOut.length === 0 && editor !== undefined) {
    const { document, selection } = editor;
    const range = selection.isEmpty ? undefined : new vscode.Range(selection.start.line, 0, selection.end.line, Number.MAX_SAFE_INTEGER);
    const target = await targetOf({ uri: document.uri, ...(range === undefined ? {} : { range: document.validateRange(range) }) });
    if (target === undefined) leftOut.push(vscode.workspace.asRelativePath(document.uri));
    else read.set('', target);
  }
  return { read: [...read.values()], leftOut };
}

interface Place {
  readonly uri: vscode.Uri;
  readonly range?: vscode.Range;
}

function placeOf(value: unknown): Place | undefined {
  if (value instanceof vscode.Uri) return { uri: value };
  return value instanceof vscode.Location ? value : undefined;
}

async function targetOf({ uri, range }: Place): Promise<ScanTarget | undefined> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText(range);
    const firstLine = (range?.start.line ?? 0) + 1;
    return text.length > MAX_TEXT ? undefined : { path: uri.fsPath, language: document.languageId, text, firstLine };
  } catch {
    // A folder, a picture, or gone: the answer says that it was left out.
    return undefined;
  }
}
