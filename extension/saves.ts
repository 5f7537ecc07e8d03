import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { AuditAfter } from './core/auditAfter.ts';
import { AuditAhead } from './core/auditAhead.ts';
import { AutoSaveOffer } from './core/autoSaveOffer.ts';
import { Baselines } from './core/baselines.ts';
import type { Desk } from './core/decide.ts';
import { FileStorage } from './core/fileStorage.ts';
import { textAtHead } from './core/gitHead.ts';
import { SaveGuard, type SaveParts } from './core/guardSave.ts';
import { HeldOffers } from './core/heldOffers.ts';
import { HeldTexts } from './core/heldTexts.ts';
import { PutBack } from './core/putBack.ts';
import { PutBackCells } from './core/putBackCells.ts';
import { isSettingsFile } from './core/saveScope.ts';
import { UnassessedWrites } from './core/unassessedWrites.ts';
import { UncheckedSaves } from './core/uncheckedSaves.ts';
import { WaitingList } from './core/waitingList.ts';
import type { Ground } from './ground.ts';
import { registerAuditAhead } from './ui/auditAhead.ts';
import { Diagnostics } from './ui/diagnostics.ts';
import { vscodeDocuments as documents } from './ui/documents.ts';
import { HeldLens, registerHeldLens } from './ui/heldLens.ts';
import { registerNotebookDoor } from './ui/notebookDoor.ts';
import { vscodeNotebooks } from './ui/notebooks.ts';
import { Rechecks } from './ui/rechecks.ts';
import { compareHeld, registerRestoreHeld } from './ui/restoreHeld.ts';
import { registerSaveDoor } from './ui/saveDoor.ts';

/** The lines of defence over what is written: before a save, in it, after it, and around what they hold back. */
export function composeSaves(ground: Ground, desk: Desk, changed: () => void) {
  const { context, own, windowId, clock, opened, log, dialog, configuration, settings, isOn, key, storage } = ground;
  const { sidecar, connect, trouble, breakGlass } = ground;
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
    settled: (path) => Promise.all([putBack.settled(path), putBackCells.settled(path)]),
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
  const putBackParts = { guard: saveGuard, texts, clock, log, dialog, offer: () => offers.make() };
  const putBack = new PutBack({ ...putBackParts, editors: documents });
  const putBackCells = new PutBackCells({ ...putBackParts, notebooks: vscodeNotebooks, documents });
  const waiting = new WaitingList({ storage: ofWorkspace, log });
  const writes = new UnassessedWrites({ ...saveParts, guard: saveGuard, waiting, changed });
  /** Opens the doors. */
  const register = () =>
    vscode.Disposable.from(
      problems,
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
        putBack: putBackCells,
        writes,
        autoSaveOffer,
        rechecks,
        isOn,
      }),
      registerHeldLens(lens, saveGuard),
      registerRestoreHeld({ offers, texts, clock, isOn }),
      registerAuditAhead(ahead),
    );
  return { problems, saveGuard, writes, audit, texts, register };
}

export type Saves = ReturnType<typeof composeSaves>;
