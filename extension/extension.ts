import { join } from 'node:path';
import { config, t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { composeChats } from './chats.ts';
import { Desk } from './core/decide.ts';
import { guardState } from './core/guardState.ts';
import { machineReport } from './core/machineReport.ts';
import { Notices } from './core/notices.ts';
import { sweepLeftovers } from './core/selfTest/leftovers.ts';
import { SelfTest } from './core/selfTest/selfTest.ts';
import { SpoolDelivery } from './core/spoolDelivery.ts';
import { composeFalseAlarms } from './falseAlarms.ts';
import { layGround } from './ground.ts';
import { composeSaves } from './saves.ts';
import { registerChooseAuditor } from './ui/chooseAuditor.ts';
import { registerCommands } from './ui/commands.ts';
import { GuardView } from './ui/guardView.ts';
import { registerHousekeeping } from './ui/housekeeping.ts';
import { vscodeScratchEditor } from './ui/scratchEditor.ts';
import { registerSelfTest } from './ui/selfTest.ts';
import { StatusBar } from './ui/statusBar.ts';
import { TryIt } from './ui/tryIt.ts';

/** The status bar is at most this far behind the ledger. */
const REFRESH_MS = 250;
/** Ends what must end in order before the window goes. */
let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) config({ contents: vscode.l10n.bundle });
  const ground = layGround(context);
  const { own, windowId, clock, log, script, dialog, features, configuration, settings, isOn, key, anchoring, storage } = ground;
  const { organisation, sidecar, connect, spool, ledger, verifyLedger } = ground;
  const desk = new Desk({ dialog, clock, log, windowId, notARisk: (held) => falseAlarms.alarms.notARisk(held) });
  const saves = composeSaves(ground, desk, () => refresh());
  const { saveGuard, writes, audit, texts } = saves;
  const falseAlarms = composeFalseAlarms(ground, saves);
  const delivery = new SpoolDelivery({
    spool,
    connect,
    dialog,
    clock,
    log,
    noticeSave: (path) => writes.notice(path, 'saved without the guard, by a decision with a reason'),
    showLog: () => log.show(),
  });
  const chats = composeChats(ground, desk, falseAlarms.wrong, () => refresh());
  const notices = new Notices({ connect, storage, log });
  const statusBar = new StatusBar();
  const state = () =>
    guardState({
      enabled: isOn(),
      sidecar: sidecar.state,
      saveHook: configuration.saveHook(),
      settingProblems: [...configuration.problems, ...(organisation.reading.problem ? [organisation.reading.problem] : [])],
      undecided: writes.undecidedPaths.length,
      gaps: writes.gapCount,
      blindSpots: configuration.blindSpots(),
      model: chats.modelInUse.last,
    });
  const machine = async () =>
    machineReport({
      editor: `${vscode.env.appName} ${vscode.version}`,
      platform: `${process.platform} ${process.arch}`,
      remote: vscode.env.remoteName,
      missing: features.missing,
      organisation: await organisation.look(),
      breakGlassAllowed: settings().breakGlass.allowed,
      spoolWaits: spool.waiting,
    });
  const selfTestRoot = join(own, 'self-test');
  const selfTest = new SelfTest({
    connect,
    prompts: chats.prompts,
    guardedModel: chats.guardedModel,
    writes,
    checkLedger: verifyLedger,
    settings,
    saveHook: () => configuration.saveHook(),
    editor: vscodeScratchEditor,
    clock,
    script,
    log,
    root: selfTestRoot,
    onEntry(told) {
      sidecar.on('entry', told);
      return () => void sidecar.off('entry', told);
    },
  });
  const guardView = new GuardView({ connect, writes, saves: saveGuard, state, isOn, clock });
  const refresh = () => {
    statusBar.show(state());
    guardView.changed();
  };
  let refreshing: (() => void) | undefined;
  /** Entries come with every save: what they change in the status bar may wait, the save may not. */
  const refreshSoon = () => {
    refreshing ??= clock.after(REFRESH_MS, () => {
      refreshing = undefined;
      refresh();
    });
  };

  /** Settings that are VS Code's own can keep the guard from being asked, or from seeing. */
  const watchSettings = async () => {
    const hook = configuration.saveHook();
    refresh();
    if (!isOn() || sidecar.state.name !== 'healthy') return;
    if ((await notices.saveHook(hook)) && hook !== 'always')
      void dialog.tell(
        'warning',
        t(
          'A setting (editor.codeActionsOnSave) keeps VS Code from asking Sentinel AI on every save. Such saves are checked only after they are on disk.',
        ),
      );
    if (await notices.blindSpots(configuration.blindSpots()))
      void dialog.tell(
        'warning',
        t(
          'A setting of this workspace (files.watcherExclude) keeps Sentinel AI from seeing what other programs write. The doctor says where.',
        ),
      );
  };
  sidecar.on('state', (now) => {
    refresh();
    void delivery.verifierIs(now.name);
    if (now.name !== 'healthy') return;
    writes.resume();
    void saveGuard.resume();
    audit.resume();
    void watchSettings();
  });
  const tryIt = new TryIt({ folder: join(own, 'try-it'), extensionId: context.extension.id });
  sidecar.on('entry', (entry) => {
    refreshSoon();
    tryIt.seen(entry);
  });

  context.subscriptions.push(
    log,
    statusBar,
    configuration,
    guardView,
    tryIt,
    chats.register(),
    saves.register(),
    falseAlarms.register(),
    registerCommands({
      sidecar,
      log,
      key,
      anchoring,
      writes,
      settings,
      state,
      ledgerFolder: ledger,
      checkLedger: verifyLedger,
      policiesFolder: context.asAbsolutePath('policies'),
      machine,
    }),
    registerSelfTest({
      selfTest,
      manifest: context.extension.packageJSON,
      lines: async () => [...(await machine()), ...state().lines],
      places: () => [
        { text: ledger(), instead: '<ledger>' },
        ...(sidecar.state.name === 'healthy' ? [{ text: sidecar.state.health.person.name, instead: '<person>' }] : []),
      ],
    }),
    registerChooseAuditor({
      key,
      settings,
      cli: context.asAbsolutePath('dist/cli.mjs'),
      policiesFolder: context.asAbsolutePath('policies'),
      restart: () => sidecar.restart(),
    }),
    registerHousekeeping({ connect, ledgerFolder: ledger, log }),
    configuration.onChange(async (before) => {
      if (before.enabled && !isOn()) {
        await notices.guardOff();
        await sidecar.stop();
      } else if (isOn()) {
        if (configuration.needsRestart(before)) await sidecar.restart();
        if (!before.enabled) await notices.guardOn();
      }
      await watchSettings();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => isOn() && sidecar.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => isOn() && sidecar.restart()),
    vscode.window.onDidChangeActiveTextEditor(watchSettings),
  );
  close = async () => {
    refreshing?.();
    desk.shutDown();
    await sidecar.stop();
  };
  refresh();
  void sweepLeftovers(selfTestRoot, { editor: vscodeScratchEditor, texts, log });
  if (!isOn()) return;
  // After VS Code's other extensions had their turn to start: a save or a prompt meanwhile waits for it.
  clock.after(0, () => {
    void sidecar.restart();
    void writes.recall();
    spool.reserve().catch((error: unknown) => log.warn(`No space could be put aside for the day the disk is full: ${error}`));
  });
}

export async function deactivate(): Promise<void> {
  await close?.();
}
