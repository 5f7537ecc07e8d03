import { Baselines } from '../../extension/core/baselines.ts';
import type { Verifier } from '../../extension/core/client.ts';
import { Desk, type Held, type NotARisk } from '../../extension/core/decide.ts';
import { SaveGuard } from '../../extension/core/guardSave.ts';
import { HeldTexts } from '../../extension/core/heldTexts.ts';
import type { SaveAudit } from '../../extension/core/saveAudit.ts';
import { Settings } from '../../extension/core/settings.ts';
import { UnassessedWrites } from '../../extension/core/unassessedWrites.ts';
import { UncheckedSaves } from '../../extension/core/uncheckedSaves.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { WaitingList } from '../../extension/core/waitingList.ts';
import { breakGlassOver, FakeSpool } from './breakGlassSetting.ts';
import { FakeClock, FakeDialog, FakeDocuments, FakeLog, FakeProblems, FakeStorage, FakeVerifier } from './fakes.ts';

export const FILE = '/w/run.sh';
/** The editor's own. */
export const SETTINGS = '/user/settings.json';
export const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');

export interface SaveSetting {
  readonly head?: ReadonlyMap<string, string>;
  readonly storage?: FakeStorage;
  readonly copies?: FakeStorage;
  readonly notARisk?: (held: Held) => Promise<NotARisk>;
  /** Asked instead of the one in memory. */
  readonly served?: Verifier;
  readonly audit?: SaveAudit;
}

/** A save guard and its watch over unassessed writes, on documents and a disk in memory. */
export function setting(answers: (string | undefined)[] = [], options: SaveSetting = {}) {
  const { head = new Map<string, string>(), storage = new FakeStorage(), copies = new FakeStorage(), notARisk, served, audit } = options;
  const dialog = new FakeDialog();
  dialog.answers = answers;
  dialog.reasons = ['checked'];
  const clock = new FakeClock();
  const log = new FakeLog();
  const verifier = new FakeVerifier();
  // Only what is new counts: what the baseline had is not looked at again.
  verifier.judge = (text, asked) => {
    const known = 'subject' in asked && asked.subject.kind === 'file' ? (asked.subject.baseline ?? '') : '';
    const fresh = text.split('\n').filter((line) => !known.split('\n').includes(line));
    return fresh.some((line) => line.includes('BAD')) ? 'block' : fresh.some((line) => line.includes('ODD')) ? 'review' : 'pass';
  };
  const documents = new FakeDocuments();
  const problems = new FakeProblems();
  const desk = new Desk({ dialog, clock, log, windowId: 'w', ...(notARisk === undefined ? {} : { notARisk }) });
  const spool = new FakeSpool();
  const { breakGlass, trouble } = breakGlassOver({ dialog, clock, log, spool });
  const baselines = new Baselines({ storage, log, atHead: async (path) => head.get(path) });
  const connect = async () => {
    if (verifier.failure) throw verifier.failure;
    return served ?? verifier;
  };
  const save = Settings.parse({}).save;
  const unchecked = new UncheckedSaves({ breakGlass, documents, dialog, clock });
  const parts = {
    connect,
    desk,
    dialog,
    documents,
    baselines,
    problems,
    clock,
    log,
    trouble,
    unchecked,
    settings: () => save,
    sessionId: 's',
    ...(audit === undefined ? {} : { audit }),
  };
  const texts = new HeldTexts({ storage: copies, clock, log });
  const settling: { of: (path: string) => Promise<unknown> } = { of: async () => undefined };
  const guard = new SaveGuard({
    ...parts,
    texts,
    isEditorsOwn: (path) => path === SETTINGS,
    settled: (path) => settling.of(path),
    heldChanged: () => {},
  });
  let changes = 0;
  const writes = new UnassessedWrites({
    ...parts,
    guard,
    waiting: new WaitingList({ storage, log }),
    changed: () => {
      changes += 1;
    },
  });
  documents.mayWrite = (document) => guard.mayWrite(document);
  documents.wasSaved = (document) => {
    const wasCleared = guard.wasSaved(document);
    if (wasCleared) writes.superseded(document.path);
    writes.notice(document.path, wasCleared ? 'bytes' : 'not asked');
  };
  const type = async (text: string, path = FILE) => {
    documents.edit(path, text);
    return documents.save(path);
  };
  /** Text that another program, or Save without Formatting, puts on the disk. */
  const slip = async (text: string, path = FILE) => {
    documents.disk.set(path, text);
    writes.notice(path, 'slipped past');
    await clock.pass(1000);
  };
  return {
    spool,
    texts,
    copies,
    settling,
    desk,
    dialog,
    clock,
    log,
    verifier,
    documents,
    problems,
    guard,
    writes,
    baselines,
    type,
    slip,
    storage,
    changes: () => changes,
  };
}
