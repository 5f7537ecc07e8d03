import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { organisationPlace } from '../verifier/protocol/organisation.ts';
import { RecordedBreakGlass, watchOf } from './core/breakGlass.ts';
import { Features } from './core/features.ts';
import { FileStorage } from './core/fileStorage.ts';
import { checkLedger } from './core/ledgerCheck.ts';
import { OrganisationFile } from './core/organisation.ts';
import { systemClock } from './core/ports.ts';
import { SelfTestScript } from './core/selfTest/script.ts';
import { Sidecar } from './core/sidecar.ts';
import { Spool } from './core/spool.ts';
import { Trouble } from './core/trouble.ts';
import { AnchorConsent } from './ui/anchorConsent.ts';
import { AuditKey } from './ui/auditKey.ts';
import { Configuration } from './ui/configuration.ts';
import { vscodeDialog } from './ui/dialog.ts';
import { dataFolder, helloSource, ledgerFolder } from './ui/hello.ts';

/** What every part of the guard stands on: settings, the verifier, the log, and the way round a verifier that is down. */
export function layGround(context: vscode.ExtensionContext) {
  const own = context.globalStorageUri.fsPath;
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const windowId = randomUUID();
  const clock = systemClock;
  const opened = clock.now();
  const log = vscode.window.createOutputChannel('Sentinel AI', { log: true });
  const script = new SelfTestScript();
  const dialog = script.dialogOver(vscodeDialog);
  const features = new Features({ api: vscode, log });
  const configuration = new Configuration();
  const settings = () => configuration.settings;
  const isOn = () => settings().enabled;
  const key = new AuditKey(context);
  const anchoring = new AnchorConsent(context);
  const storage = new FileStorage(join(own, 'state'));
  const program = {
    execPath: process.execPath,
    script: context.asAbsolutePath('dist/sidecar.mjs'),
    cwd: own,
    environment: process.env,
    compileCache: join(own, 'compile-cache'),
  };
  const organisation = new OrganisationFile(organisationPlace(process.platform));
  const sidecar = new Sidecar({ program, hello: helloSource(context, settings, key, anchoring, organisation), clock, log });
  const connect = () => sidecar.verifier();
  const trouble = new Trouble({ dialog, restart: () => sidecar.restart(), showLog: () => log.show() });
  const spool = new Spool({ folder: join(dataFolder(), 'spool') });
  const asked = new RecordedBreakGlass({
    spool,
    trouble,
    dialog,
    clock,
    log,
    allowed: () => settings().breakGlass.allowed,
    organisation: () => organisation.look(),
    verifier: watchOf(sidecar),
  });
  const breakGlass = script.breakGlassOver(asked);
  const ledger = () => ledgerFolder(settings());
  const verifyLedger = () => checkLedger(context.asAbsolutePath('dist/cli.mjs'), ledger());
  return {
    ...{ context, own, windowId, clock, opened, log, script, dialog, features, configuration, settings, isOn, key, anchoring, storage },
    ...{ organisation, sidecar, connect, trouble, spool, breakGlass, ledger, verifyLedger },
  };
}

export type Ground = ReturnType<typeof layGround>;
