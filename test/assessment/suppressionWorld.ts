import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Assessor } from '../../verifier/assessment/assessor.ts';
import { VerdictCache } from '../../verifier/assessment/cache.ts';
import { Decisions } from '../../verifier/assessment/decisions.ts';
import { PendingRegister } from '../../verifier/assessment/pending.ts';
import { Session } from '../../verifier/assessment/session.ts';
import { SuppressionBook, type SuppressionLimits } from '../../verifier/assessment/suppressionBook.ts';
import { SuppressionChanges } from '../../verifier/assessment/suppressionChanges.ts';
import { SuppressionStore } from '../../verifier/assessment/suppressionStore.ts';
import { WorkspaceEntries } from '../../verifier/assessment/workspaceEntries.ts';
import { createInProcessGates, type GatePool } from '../../verifier/gates/inProcess.ts';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { POLICIES } from '../policies/builtIn.ts';
import { ask, MemoryLedger, PERSON } from './standIns.ts';

/** One for all tests: compiling the policies is the slow part. */
const GATES = createInProcessGates({ builtIn: POLICIES, workspace: [] });
export const START = Date.parse('2026-05-10T12:00:00.000Z');

export interface SuppressionWorld {
  readonly root: string;
  readonly ledgerDir: string;
  readonly clock: { now: number };
  readonly ledger: MemoryLedger;
  readonly assessor: Assessor;
  readonly decisions: Decisions;
  readonly gates: GatePool;
  readonly book: SuppressionBook;
  readonly changes: SuppressionChanges;
  readonly damaged: number[];
  readonly assess: (text: string, more?: { baseline?: string; name?: string }) => Promise<Assessment>;
  /** Approves as a window does. */
  readonly approve: (assessment: Assessment) => Promise<void>;
  readonly path: (name: string) => string;
}

/** The real assessment over the built-in policies, with the list of suppressions on disk. */
export async function suppressionWorld(
  t: TestContext,
  options: { limits?: SuppressionLimits; files?: LedgerFiles; ledgerDir?: string } = {},
): Promise<SuppressionWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'suppress-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  const ledgerDir = options.ledgerDir ?? join(folder, 'ledger');
  await Promise.all([mkdir(join(root, '.sentinelai'), { recursive: true }), mkdir(ledgerDir, { recursive: true })]);
  const clock = { now: START };
  const ledger = new MemoryLedger();
  const register = new PendingRegister(() => clock.now);
  const gates = await GATES;
  const session = new Session({ ledger, person: PERSON, audit: { state: 'off' }, pending: () => 0 });
  await session.open(gates.policies());
  const damaged: number[] = [];
  const store = new SuppressionStore(ledgerDir, options.files ?? diskFiles, (lines) => damaged.push(lines));
  const book = new SuppressionBook({
    store,
    entries: new WorkspaceEntries(),
    limits: options.limits ?? { forbid: [] },
    now: () => clock.now,
  });
  const changes = new SuppressionChanges({ book, store, session, gates, catalogue: () => gates.catalogue(), workspaceRoots: [root] });
  const decisions = new Decisions(register, session, gates, (assessment) => changes.settle(assessment));
  const assessor = new Assessor({
    session,
    register,
    gates,
    suppressions: book,
    cache: new VerdictCache(1024 * 1024),
    audit: { auditor: async () => undefined, offBecause: 'no key was given' },
    context: { workspaceRoots: [root], home: '/home/ada' },
    onError: (error) => assert.fail(String(error)),
  });
  const path = (name: string) => join(root, name);
  return {
    ...{ root, ledgerDir, clock, ledger, assessor, decisions, gates, book, changes, damaged, path },
    assess: (text, { baseline, name = 'clean.sh' } = {}) => {
      const subject = { kind: 'file', text, path: path(name), ...(baseline === undefined ? {} : { baseline }) } as const;
      return assessor.assess(ask({ depth: 'gates', source: 'save', subject }));
    },
    approve: async ({ id, subjectDigest }) => {
      const { nonce } = decisions.claim(id, 'window');
      const decision = { choice: 'approve', by: PERSON, reason: 'it is right' } as const;
      await decisions.follow({ assessmentId: id, nonce, subjectDigest, decision }, 'decide');
    },
  };
}
