import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { auditEndpoint } from '../core/auditEndpoint.ts';
import type { GuardState } from '../core/guardState.ts';
import type { LedgerReport } from '../core/ledgerCheck.ts';
import { plainWords } from '../core/renderSafe.ts';
import type { Settings } from '../core/settings.ts';
import type { Sidecar } from '../core/sidecar.ts';
import type { UnassessedWrites } from '../core/unassessedWrites.ts';
import type { AnchorConsent } from './anchorConsent.ts';
import type { AuditKey } from './auditKey.ts';
import { Reports } from './reports.ts';

export interface CommandParts {
  readonly sidecar: Sidecar;
  readonly log: vscode.LogOutputChannel;
  readonly key: AuditKey;
  readonly anchoring: AnchorConsent;
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
    'sentinelai.doctor': async () => reports.show(t('Sentinel AI doctor'), await doctor(parts)),
    'sentinelai.verifyLedger': () => verifyLedger(parts, reports),
    'sentinelai.setApiKey': async () => {
      if (await parts.key.set(parts.settings().audit)) await parts.sidecar.restart();
    },
    'sentinelai.clearApiKey': async () => {
      await parts.key.clear();
      await parts.sidecar.restart();
      void vscode.window.showInformationMessage(t('The key was removed. The audit is off; the gates go on.'));
    },
    'sentinelai.anchor': async () => {
      if (await parts.anchoring.ask(parts.settings().anchor)) await parts.sidecar.restart();
    },
    'sentinelai.reviewHeld': async () => {
      if (!(await parts.writes.review())) void vscode.window.showInformationMessage(t('Nothing waits for a decision.'));
    },
  };
  return vscode.Disposable.from(reports, ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)));
}

async function openPolicy(folder: string): Promise<void> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const name = await vscode.window.showQuickPick(names.sort(), {
    title: t('Built-in policies (read them; add your own in .sentinelai/policies)'),
  });
  if (name) await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(join(folder, name, 'policy.md')));
}

async function doctor({ sidecar, state, settings, key, ledgerFolder, machine }: CommandParts): Promise<string> {
  const { level, summary, lines } = state();
  const { audit, save } = settings();
  return [
    `# ${t('Sentinel AI: doctor')}`,
    t('State: **{0}** ({1})', summary, level),
    '',
    ...lines.map((line) => `- ${plainWords(line)}`),
    '',
    `## ${t('Verifier')}`,
    ...verifierLines(sidecar).map((line) => `- ${line}`),
    '',
    `## ${t('Editor and machine')}`,
    ...(await machine()).map((line) => `- ${plainWords(line)}`),
    '',
    `## ${t('Settings in force')}`,
    `- ${t('ledger folder: {0}', plainWords(ledgerFolder()))}`,
    `- ${auditLine(audit)}`,
    `- ${key.coversFiles(audit) ? t('changes to files: read by the auditor, ahead of a save or after it') : t('changes to files: not read by the auditor')}`,
    `- ${t('saves checked: {0}', globs(save.include))}`,
    `- ${t('saves not checked: {0}', globs(save.exclude))}`,
    '',
  ].join('\n');
}

function verifierLines({ state, pid }: Sidecar): string[] {
  if (state.name !== 'healthy') return [t('not running: "Sentinel: Restart Verifier" tries again, "Sentinel: Show Log" says why')];
  const { version, protocol, policyDigest, ledger, person, pending } = state.health;
  return [
    t('version {0}, protocol {1}, process {2}', version, protocol, String(pid)),
    t('policies {0}…', policyDigest.slice(0, 16)),
    t('ledger chain {0}, entry {1}', ledger.chain, ledger.seq),
    t('decides as {0} ({1})', plainWords(person.name), person.source),
    t('{0} waiting for a decision', pending),
  ];
}

function auditLine(audit: Settings['audit']): string {
  const { model, baseUrl } = auditEndpoint(audit);
  if (!audit.enabled) return t('audit: off');
  return model === '' ? t('audit: no model chosen at {0}', baseUrl) : t('audit: {0} at {1}', model, baseUrl);
}

function globs(list: readonly string[]): string {
  return list.map((glob) => `\`${glob}\``).join(', ');
}

async function verifyLedger({ checkLedger, log }: CommandParts, reports: Reports): Promise<void> {
  const { ok, text } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Verifying the ledger…') },
    () => checkLedger(),
  );
  log.info(`Ledger check: ${text}`);
  const message = ok
    ? t('The ledger verifies: no entry was edited, removed from the middle, reordered or inserted.')
    : t('The ledger does not verify.');
  const action = await (ok
    ? vscode.window.showInformationMessage(message, t('Details'))
    : vscode.window.showErrorMessage(message, t('Details')));
  if (action) await reports.show(t('Sentinel AI ledger check'), `# ${t('Ledger check')}\n\n\`\`\`text\n${text}\n\`\`\`\n`);
}
