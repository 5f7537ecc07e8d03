import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { defaultLedgerFolder } from '../../verifier/protocol/userFolders.ts';
import { auditEndpoint } from '../core/auditEndpoint.ts';
import type { OrganisationFile } from '../core/organisation.ts';
import type { Settings } from '../core/settings.ts';
import type { HelloSource } from '../core/sidecar.ts';
import type { AnchorConsent } from './anchorConsent.ts';
import type { AuditKey } from './auditKey.ts';

/** The user's own data folder, which outlives the extension: VS Code deletes an extension's storage with it. */
export function dataFolder(): string {
  return dirname(defaultLedgerFolder({ platform: process.platform, home: homedir(), environment: process.env }));
}

/** Where the ledger is: the user's choice, else the user's own data folder. */
export function ledgerFolder(settings: Settings): string {
  return settings.ledger.folder || join(dataFolder(), 'ledger');
}

/** What each start of the verifier is told. Folders of a workspace count once it is trusted. */
export function helloSource(
  context: vscode.ExtensionContext,
  settings: () => Settings,
  key: AuditKey,
  anchoring: AnchorConsent,
  organisation: Pick<OrganisationFile, 'look'>,
): HelloSource {
  return async () => {
    const now = settings();
    const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
    const access = await key.access(now.audit);
    const { inForce } = await organisation.look();
    const retentionDays = inForce?.retentionDays ?? now.ledger.retentionDays;
    const { deadlineMs, thinking, dailyRequestCap } = now.audit;
    return {
      policies: {
        builtIn: context.asAbsolutePath('policies'),
        ...(now.policies.userFolder ? { user: now.policies.userFolder } : {}),
        workspace: vscode.workspace.isTrusted ? roots.map((root) => join(root, '.sentinelai', 'policies')) : [],
      },
      ledgerDir: ledgerFolder(now),
      identityDir: join(dataFolder(), 'identity'),
      ledger: {
        rotateBytes: now.ledger.rotateMegabytes * 1024 * 1024,
        ...(retentionDays > 0 ? { retentionDays } : {}),
      },
      workspaceRoots: roots,
      ...anchoring.hello(now.anchor),
      suppressions: { forbid: now.suppressions.forbid },
      ...(inForce === undefined ? {} : { organisation: inForce }),
      ...('offBecause' in access
        ? { auditOffBecause: access.offBecause }
        : { audit: { ...auditEndpoint(now.audit), deadlineMs, thinking, dailyRequestCap, ...access } }),
    };
  };
}
