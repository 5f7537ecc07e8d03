import { homedir, hostname, userInfo } from 'node:os';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { z } from 'zod';
import { said } from '../core/said.ts';
import { type Private, reportPage, reportText, type Surroundings, summary } from '../core/selfTest/report.ts';
import type { SelfTest } from '../core/selfTest/selfTest.ts';
import type { Row } from '../core/selfTest/step.ts';
import { Reports } from './reports.ts';

const copyButton = (): string => t('Copy as Text');
const showButton = (): string => t('Show Report');

/** VS Code's own settings that decide what the guard gets to see. */
const RELEVANT = [
  'editor.codeActionsOnSave',
  'editor.formatOnSave',
  'files.autoSave',
  'files.autoSaveDelay',
  'files.autoSaveWhenNoErrors',
  'files.hotExit',
  'files.refactoring.autoSave',
  'files.watcherExclude',
  'notebook.codeActionsOnSave',
  'notebook.formatOnSave.enabled',
  'security.workspace.trust.enabled',
];

const Manifest = z.object({
  version: z.string(),
  contributes: z.object({ configuration: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
});

export interface SelfTestDoor {
  readonly selfTest: SelfTest;
  readonly manifest: unknown;
  /** What the doctor says of guard and machine. */
  readonly lines: () => Promise<readonly string[]>;
  /** Folders and names that are the user's own, with what stands for each. */
  readonly places: () => readonly Private[];
}

/** `sentinelai.selfTest`, and its report as text. */
export function registerSelfTest(door: SelfTestDoor): vscode.Disposable {
  const reports = new Reports('sentinelai-self-test');
  let latest: { readonly rows: readonly Row[]; readonly surroundings: Surroundings } | undefined;
  const copy = async () => {
    if (latest === undefined) {
      void vscode.window.showInformationMessage(t('There is no report yet. Run "Sentinel: Run Self-Test" first.'));
      return;
    }
    await vscode.env.clipboard.writeText(reportText(latest.rows, latest.surroundings, [...door.places(), ...ofThisMachine()]));
    void vscode.window.showInformationMessage(t('The self-test report was copied, without private paths and names.'));
  };
  const show = async () => {
    if (latest) await reports.show(t('Sentinel AI self-test'), reportPage(latest.rows, latest.surroundings));
  };
  let running: AbortController | undefined;
  const run = async () => {
    const rows = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Sentinel self-test'), cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        running ??= stop;
        const listening = token.onCancellationRequested(() => stop.abort());
        try {
          return await door.selfTest.run(stop.signal, (what, of) => progress.report({ message: what, increment: 100 / of }));
        } finally {
          listening.dispose();
          if (running === stop) running = undefined;
        }
      },
    );
    if (rows === undefined) {
      void vscode.window.showInformationMessage(t('A self-test is running already.'));
      return;
    }
    latest = { rows, surroundings: await surroundings(door) };
    await show();
    const message = summary(rows);
    const failed = rows.some(({ result }) => result === 'failed');
    const action = await (failed
      ? vscode.window.showErrorMessage(message, showButton(), copyButton())
      : vscode.window.showInformationMessage(message, showButton(), copyButton()));
    if (action === copyButton()) await copy();
    if (action === showButton()) await show();
  };
  return vscode.Disposable.from(
    // The window closes: what is under way ends, and tidies up as far as there is time.
    new vscode.Disposable(() => running?.abort()),
    reports,
    vscode.commands.registerCommand('sentinelai.selfTest', run),
    vscode.commands.registerCommand('sentinelai.copySelfTest', copy),
  );
}

async function surroundings({ manifest, lines }: SelfTestDoor): Promise<Surroundings> {
  const { version, contributes } = Manifest.parse(manifest);
  return {
    versions: [said('extension: {0}', version)],
    lines: await lines(),
    changedSettings: [...Object.keys(contributes.configuration.properties), ...RELEVANT].filter(isChanged),
  };
}

function isChanged(name: string): boolean {
  const values = vscode.workspace.getConfiguration().inspect(name);
  return [values?.globalValue, values?.workspaceValue, values?.workspaceFolderValue].some((value) => value !== undefined);
}

function ofThisMachine(): Private[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const { remoteName = '' } = vscode.env;
  return [
    // Some editors give the address of the server where others give a kind, such as ssh-remote.
    ...(/[.:]/.test(remoteName) ? [{ text: remoteName, instead: '<remote>' }] : []),
    { text: homedir(), instead: '<home>' },
    { text: userInfo().username, instead: '<user>' },
    { text: hostname(), instead: '<host>' },
    ...folders.flatMap(({ uri, name }, index) => [
      { text: uri.fsPath, instead: `<workspace ${index + 1}>` },
      { text: name, instead: `<workspace ${index + 1}>` },
    ]),
  ];
}
