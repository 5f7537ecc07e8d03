import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { organisationPlace } from '../verifier/protocol/organisation.ts';
import { AuditAfter } from './core/auditAfter.ts';
import { AuditAhead } from './core/auditAhead.ts';
import { AutoSaveOffer } from './core/autoSaveOffer.ts';
import { Baselines } from './core/baselines.ts';
import { RecordedBreakGlass, watchOf } from './core/breakGlass.ts';
import { ChatCommands } from './core/chatCommands.ts';
import { ChatFeedback } from './core/chatFeedback.ts';
import { Desk } from './core/decide.ts';
import { FalseAlarms } from './core/falseAlarms.ts';
import { Features } from './core/features.ts';
import { fileDigest } from './core/fileDigest.ts';
import { FileStorage } from './core/fileStorage.ts';
import { textAtHead } from './core/gitHead.ts';
import { GuardedModel } from './core/guardedModel.ts';
import { PromptGuard } from './core/guardPrompt.ts';
import { SaveGuard, type SaveParts } from './core/guardSave.ts';
import { guardState } from './core/guardState.ts';
import { HeldOffers } from './core/heldOffers.ts';
import { HeldTexts } from './core/heldTexts.ts';
import { checkLedger } from './core/ledgerCheck.ts';
import { machineReport } from './core/machineReport.ts';
import { ModelInUse } from './core/modelInUse.ts';
import { Notices } from './core/notices.ts';
import { OrganisationFile } from './core/organisation.ts';
import { systemClock, wait } from './core/ports.ts';
import { PutBack } from './core/putBack.ts';
import { PutBackCells } from './core/putBackCells.ts';
import { isSettingsFile } from './core/saveScope.ts';
import { sweepLeftovers } from './core/selfTest/leftovers.ts';
import { SelfTestScript } from './core/selfTest/script.ts';
import { SelfTest } from './core/selfTest/selfTest.ts';
import { Sidecar } from './core/sidecar.ts';
import { Spool } from './core/spool.ts';
import { SpoolDelivery } from './core/spoolDelivery.ts';
import { Suppressing } from './core/suppressing.ts';
import { Trouble } from './core/trouble.ts';
import { UnassessedWrites } from './core/unassessedWrites.ts';
import { UncheckedSaves } from './core/uncheckedSaves.ts';
import { WaitingList } from './core/waitingList.ts';
import { WrongFindings } from './core/wrongFindings.ts';
import { registerAuditAhead } from './ui/auditAhead.ts';
import { AuditKey } from './ui/auditKey.ts';
import { registerChat } from './ui/chat.ts';
import { commandSurroundings } from './ui/chatCommands.ts';
import { registerChooseAuditor } from './ui/chooseAuditor.ts';
import { registerCommands } from './ui/commands.ts';
import { Configuration } from './ui/configuration.ts';
import { Diagnostics } from './ui/diagnostics.ts';
import { vscodeDialog } from './ui/dialog.ts';
import { vscodeDocuments as documents } from './ui/documents.ts';
import { vscodeChooser as chooser, exportText, openAt, registerFalseAlarms, vscodeWorkspaceList } from './ui/falseAlarms.ts';
import { GUARDED_VENDOR, GuardedModels, registerGuardedModels, switchToGuarded } from './ui/guardedModels.ts';
import { GuardView } from './ui/guardView.ts';
import { HeldLens, registerHeldLens } from './ui/heldLens.ts';
import { helloSource, ledgerFolder } from './ui/hello.ts';
import { registerHousekeeping } from './ui/housekeeping.ts';
import { registerNotebookDoor } from './ui/notebookDoor.ts';
import { vscodeNotebooks } from './ui/notebooks.ts';
import { Rechecks } from './ui/rechecks.ts';
import { compareHeld, registerRestoreHeld } from './ui/restoreHeld.ts';
import { registerSaveDoor } from './ui/saveDoor.ts';
import { vscodeScratchEditor } from './ui/scratchEditor.ts';
import { registerSelfTest } from './ui/selfTest.ts';
import { StatusBar } from './ui/statusBar.ts';
import { TryIt } from './ui/tryIt.ts';

/** The status bar is at most this far behind the ledger. */
const REFRESH_MS = 250;
/** A rule that was opened from the dialog can be read this long, unless the person is done sooner; then the dialog comes again. */
const READING_MS = 60_000;

/** Ends what must end in order before the window goes. */
let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
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
  const storage = new FileStorage(join(own, 'state'));
  const program = {
    execPath: process.execPath,
    script: context.asAbsolutePath('dist/sidecar.mjs'),
    cwd: own,
    environment: process.env,
    compileCache: join(own, 'compile-cache'),
  };
  const organisation = new OrganisationFile(organisationPlace(process.platform));
  const sidecar = new Sidecar({ program, hello: helloSource(context, settings, key, organisation), clock, log });
  const connect = () => sidecar.verifier();
  const trouble = new Trouble({ dialog, restart: () => sidecar.restart(), showLog: () => log.show() });
  const spool = new Spool({ folder: join(own, 'spool') });
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
  const desk = new Desk({ dialog, clock, log, windowId, notARisk: (held) => alarms.notARisk(held) });
  const problems = new Diagnostics();
  const baselines = new Baselines({ storage, log, atHead: (path) => textAtHead(path, opened) });
  /** Whether there is an auditor that may read files. */
  const readsFiles = () =>
    sidecar.state.name === 'healthy' && sidecar.state.health.layers.audit.state !== 'off' && isOn() && key.coversFiles(settings().audit);
  const auditParts = { connect, documents, baselines, desk, clock, log, sessionId: windowId, isReady: readsFiles };
  const ahead = new AuditAhead({ ...auditParts, settings: () => settings().save });
  const audit = new AuditAfter({ ...auditParts, ahead, writes: () => writes });
  const saveParts: SaveParts = {
    audit,
    connect,
    desk,
    dialog,
    documents,
    baselines,
    problems,
    clock,
    log,
    trouble,
    unchecked: new UncheckedSaves({ breakGlass, documents, dialog, clock }),
    settings: () => settings().save,
    sessionId: windowId,
  };
  const ofWorkspace = new FileStorage(join(context.storageUri?.fsPath ?? own, 'state'));
  const texts = new HeldTexts({
    storage: new FileStorage(join(context.storageUri?.fsPath ?? own, 'held'), { durable: true }),
    clock,
    log,
  });
  const lens = new HeldLens(() => saveGuard);
  const saveGuard = new SaveGuard({
    ...saveParts,
    texts,
    isEditorsOwn: isSettingsFile(dirname(dirname(own))),
    heldChanged: () => lens.refresh(),
  });
  const offers = new HeldOffers({ texts, editors: documents, dialog, log, compare: compareHeld });
  const autoSaveOffer = new AutoSaveOffer({
    dialog,
    storage,
    log,
    waitOnErrors: () => configuration.letAutoSaveWait(),
    decide: (path) => saveGuard.decide(path),
  });
  const rechecks = new Rechecks(saveGuard, clock);
  const putBack = new PutBack({ guard: saveGuard, texts, editors: documents, clock, log, dialog, offer: () => offers.make() });
  const waiting = new WaitingList({ storage: ofWorkspace, log });
  const writes = new UnassessedWrites({ ...saveParts, guard: saveGuard, waiting, changed: () => refresh() });
  const delivery = new SpoolDelivery({
    spool,
    connect,
    dialog,
    clock,
    log,
    noticeSave: (path) => writes.notice(path, 'saved without the guard, by a decision with a reason'),
    showLog: () => log.show(),
  });
  const prompts = new PromptGuard({ connect, desk, log, trouble, breakGlass });
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
    reading: () => Promise.race([dialog.tell('info', 'The decision still waits.', 'Decide Now'), wait(clock, READING_MS)]),
  });
  const modelInUse = new ModelInUse({
    dialog,
    storage,
    log,
    hasGuarded: (model) => models.has(model),
    switchTo: switchToGuarded,
    changed: () => refresh(),
  });
  const guardedModel = new GuardedModel({
    connect,
    desk,
    log,
    trouble,
    breakGlass,
    cwd: () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    fileDigest,
    sessionId: windowId,
  });
  const models = new GuardedModels({ guard: guardedModel, inUse: modelInUse, log, isOn });
  const notices = new Notices({ connect, storage, log });
  const statusBar = new StatusBar();
  const ledger = () => ledgerFolder(settings());
  const verifyLedger = () => checkLedger(context.asAbsolutePath('dist/cli.mjs'), ledger());
  const state = () =>
    guardState({
      enabled: isOn(),
      sidecar: sidecar.state,
      saveHook: configuration.saveHook(),
      settingProblems: [...configuration.problems, ...(organisation.reading.problem ? [organisation.reading.problem] : [])],
      undecided: writes.undecidedPaths.length,
      gaps: writes.gapCount,
      blindSpots: configuration.blindSpots(),
      model: modelInUse.last,
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
    prompts,
    guardedModel,
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
        'A setting (editor.codeActionsOnSave) keeps VS Code from asking Sentinel AI on every save. Such saves are checked only after they are on disk.',
      );
    if (await notices.blindSpots(configuration.blindSpots()))
      void dialog.tell(
        'warning',
        'A setting of this workspace (files.watcherExclude) keeps Sentinel AI from seeing what other programs write. The doctor says where.',
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
    problems,
    statusBar,
    configuration,
    guardView,
    tryIt,
    features.register('the chat participant', ['chat.createChatParticipant', 'lm.selectChatModels'], () =>
      registerChat(prompts, {
        isOn,
        sessionId: windowId,
        icon: vscode.Uri.file(context.asAbsolutePath('media/icon.svg')),
        commands: new ChatCommands({ connect, log, ...commandSurroundings }),
        feedback: new ChatFeedback({
          storage,
          clock,
          dialog,
          log,
          findingIsWrong: async ({ rules: [rule] }) => rule && wrong.reportRule(rule),
        }),
        modelBehind: (model) => models.unwrap(model),
        answered: (model) => {
          modelInUse.saw(models.unwrap(model).name, model.vendor === GUARDED_VENDOR);
          void modelInUse.offer(model);
        },
      }),
    ),
    features.register('the guarded models', ['lm.registerLanguageModelChatProvider', 'lm.selectChatModels'], () =>
      registerGuardedModels(models),
    ),
    registerSaveDoor({
      guard: saveGuard,
      putBack,
      writes,
      autoSaveOffer,
      rechecks,
      isOn,
    }),
    registerNotebookDoor({
      guard: saveGuard,
      putBack: new PutBackCells({
        guard: saveGuard,
        texts,
        notebooks: vscodeNotebooks,
        documents,
        clock,
        log,
        dialog,
        offer: () => offers.make(),
      }),
      writes,
      autoSaveOffer,
      rechecks,
      isOn,
    }),
    registerHeldLens(lens, saveGuard),
    registerFalseAlarms({ alarms, suppressing, wrong, diagnostics: problems, connect, lookAgain: (path) => saveGuard.recheck(path) }),
    registerRestoreHeld({ offers, texts, clock, isOn }),
    registerCommands({
      sidecar,
      log,
      key,
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
    registerAuditAhead(ahead),
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
