import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { FalseAlarms } from './core/falseAlarms.ts';
import { wait } from './core/ports.ts';
import { Suppressing } from './core/suppressing.ts';
import { WrongFindings } from './core/wrongFindings.ts';
import type { Ground } from './ground.ts';
import type { Saves } from './saves.ts';
import { vscodeDocuments as documents } from './ui/documents.ts';
import { vscodeChooser as chooser, exportText, openAt, registerFalseAlarms, vscodeWorkspaceList } from './ui/falseAlarms.ts';

/** A rule that was opened from the dialog can be read this long, unless the person is done sooner; then the dialog comes again. */
const READING_MS = 60_000;

/** The ways from a false alarm: allow it here for a while, report it, read the rule. */
export function composeFalseAlarms(ground: Ground, { problems, saveGuard, writes }: Saves) {
  const { context, windowId, clock, log, dialog, storage, organisation, connect } = ground;
  const suppressing = new Suppressing({
    connect,
    dialog,
    chooser,
    editors: documents,
    list: vscodeWorkspaceList,
    clock,
    log,
    sessionId: windowId,
    maxDays: async () => (await organisation.look()).inForce?.suppressions?.maxDays,
  });
  const wrong = new WrongFindings({
    storage,
    chooser,
    dialog,
    clock,
    log,
    exportText,
    versions: { version: String(context.extension.packageJSON.version), editor: `${vscode.env.appName} ${vscode.version}` },
  });
  const alarms = new FalseAlarms({
    connect,
    suppressing,
    wrong,
    dialog,
    chooser,
    log,
    languageOf: (path) => documents.open(path)?.language ?? '',
    decide: async (path) => (await saveGuard.decide(path)) || (await writes.review(path)),
    openAt,
    reading: () => Promise.race([dialog.tell('info', t('The decision still waits.'), t('Decide Now')), wait(clock, READING_MS)]),
  });
  const register = () =>
    registerFalseAlarms({ alarms, suppressing, wrong, diagnostics: problems, connect, lookAgain: (path) => saveGuard.recheck(path) });
  return { alarms, wrong, register };
}
