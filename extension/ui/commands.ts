import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { auditEndpoint } from '../core/auditEndpoint.ts';
import type { GuardState } from '../core/guardState.ts';
import type { LedgerReport } from '../core/ledgerCheck.ts';
import { plainWords } from '../core/renderSafe.ts';
import type { Settings } from '../core/settings.ts';
import type { Sidecar } from '../core/sidecar.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import type { AuditKey } from './auditKey.ts';
import { Reports } from './reports.ts';

export interface CommandParts {
  readonly sidecar: Sidecar;
  readonly log: vscode.LogOutputChannel;
  readonly key: AuditKey;
  readonly writes: UnassessedWrites;
  readonly settings: () => Settings;
  readonly state: () => GuardState;
  readonly policiesFolder: string;
  readonly ledgerFolder: () => string;
  readonly checkLedger: () => Promise<LedgerReport>;
  /** What there is to say of the editor, the machine and who rules it. */
  readonly machine: () => Promise<readonly string[]>;
}

/** The commands of package.json. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const reports = new Reports('sentinelai-report');
  const commands: Record<string, () => Promise<unknown>> = {
    'sentinelai.showLog': async () => parts.log.show(),
    'sentinelai.restartVerifier': () => parts.sidecar.restart(),
    'sentinelai.openPolicies': () => openPolicy(parts.policiesFolder),
    'sentinelai.doctor': async () => reports.show('Sentinel AI doctor', await doctor(parts)),
    'sentinelai.verifyLedger': () => verifyLedger(parts, reports),
    'sentinelai.setApiKey': async () => {
      if (await parts.key.set(parts.settings().audit)) await parts.sidecar.restart();
    },
    'sentinelai.clearApiKey': async () => {
      await parts.key.clear();
      await parts.sidecar.restart();
      void vscode.window.showInformationMessage('The key was removed. The audit is off; the gates go on.');
    },
    'sentinelai.reviewHeld': async () => {
      if (!(await parts.writes.review())) void vscode.window.showInformationMessage('Nothing waits for a decision.');
    },
  };
  return vscode.Disposable.from(reports, ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)));
}

async function openPolicy(folder: string): Promise<void> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const name = await vscode.window.showQuickPick(names.sort(), {
    title: 'Built-in policies (read them; add your own in .sentinelai/policies)',
  });
  if (name) await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(join(folder, name, 'policy.md')));
}

async function doctor({ sidecar, state, settings, key, ledgerFolder, machine }: CommandParts): Promise<string> {
  const { level, summary, lines } = state();
  const health = sidecar.state.name === 'healthy' ? sidecar.state.health : undefined;
  const { audit, save } = settings();
  return [
    '# Sentinel AI: doctor',
    `State: **${summary}** (${level})`,
    '',
    ...lines.map((line) => `- ${plainWords(line)}`),
    '',
    '## Verifier',
    health
      ? `- version ${health.version}, protocol ${health.protocol}, process ${sidecar.pid}\n- policies ${health.policyDigest.slice(0, 16)}…\n- ledger chain ${health.ledger.chain}, entry ${health.ledger.seq}\n- decides as ${plainWords(health.person.name)} (${health.person.source})\n- ${health.pending} waiting for a decision`
      : '- not running: "Sentinel: Restart Verifier" tries again, "Sentinel: Show Log" says why',
    '',
    '## Editor and machine',
    ...(await machine()).map((line) => `- ${plainWords(line)}`),
    '',
    '## Settings in force',
    `- ledger folder: ${plainWords(ledgerFolder())}`,
    `- audit: ${audit.enabled ? `${auditEndpoint(audit).model || 'no model chosen'} at ${auditEndpoint(audit).baseUrl}` : 'off'}`,
    `- changes to files: ${key.coversFiles(audit) ? 'read by the auditor, ahead of a save or after it' : 'not read by the auditor'}`,
    `- saves checked: ${globs(save.include)}`,
    `- saves not checked: ${globs(save.exclude)}`,
    '',
  ].join('\n');
}

function globs(list: readonly string[]): string {
  return list.map((glob) => `\`${glob}\``).join(', ');
}

async function verifyLedger({ checkLedger, log }: CommandParts, reports: Reports): Promise<void> {
  const { ok, text } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Verifying the ledger…' },
    () => checkLedger(),
  );
  log.info(`Ledger check: ${text}`);
  const message = ok
    ? 'The ledger verifies: no entry was edited, removed from the middle, reordered or inserted.'
    : 'The ledger does not verify.';
  const action = await (ok ? vscode.window.showInformationMessage(message, 'Details') : vscode.window.showErrorMessage(message, 'Details'));
  if (action) await reports.show('Sentinel AI ledger check', `# Ledger check\n\n\`\`\`text\n${text}\n\`\`\`\n`);
}
