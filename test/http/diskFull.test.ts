import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Assessor } from '../../verifier/assessment/assessor.ts';
import { VerdictCache } from '../../verifier/assessment/cache.ts';
import { Decisions } from '../../verifier/assessment/decisions.ts';
import { PendingRegister } from '../../verifier/assessment/pending.ts';
import { Session } from '../../verifier/assessment/session.ts';
import { UnassessedActions } from '../../verifier/assessment/unassessed.ts';
import { createApp } from '../../verifier/http/app.ts';
import { diskFiles, type LedgerFiles } from '../../verifier/ledger/filePort.ts';
import { openLedger } from '../../verifier/ledger/store.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { Claimed } from '../../verifier/protocol/decision.ts';
import { PERSON, SaidGates } from '../assessment/standIns.ts';
import { TOKENS, verifyBody } from './server.ts';

/** The real file system until the disk is full. */
class FillingDisk implements LedgerFiles {
  full = false;

  async open(path: string, how: 'create' | 'existing') {
    const file = await diskFiles.open(path, how);
    return {
      ...file,
      append: async (bytes: Uint8Array) => {
        if (this.full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        await file.append(bytes);
      },
    };
  }

  syncFolder(path: string): Promise<void> {
    return diskFiles.syncFolder(path);
  }
}

test('a full disk closes the verifier: no verdict, no decision, and a message that says what to do', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'disk-full-'));
  const files = new FillingDisk();
  const ledger = await openLedger({ dir, product: { version: '0.0.0', protocol: 1 }, files });
  t.after(async () => {
    await ledger.close();
    await rm(dir, { recursive: true, force: true });
  });
  const gates = new SaidGates();
  const register = new PendingRegister();
  const session = new Session({ ledger, person: PERSON, audit: { state: 'off' }, pending: () => 0 });
  await session.open(gates.policies());
  const assessor = new Assessor({
    session,
    register,
    gates,
    cache: new VerdictCache(100_000),
    audit: { auditor: async () => undefined, offBecause: 'none' },
    context: { workspaceRoots: [], home: '/home/ada' },
    onError: () => undefined,
  });
  const decisions = new Decisions(register, session, gates);
  const health = () => assert.fail('health is not asked');
  const { server } = createApp(
    {
      ...{ assessor, decisions, ledger, health },
      policies: () => assert.fail('policies are not asked'),
      history: () => assert.fail('the history is not asked'),
      suppressions: { accepted: () => assert.fail('suppressions are not asked'), change: () => assert.fail('none is changed') },
      housekeeping: { erase: () => assert.fail('nothing is erased') },
      unassessed: new UnassessedActions({ session, gates, workspaceRoots: [], find: async () => undefined }),
      redact: (texts) => gates.redact(texts),
    },
    { tokens: TOKENS },
  );
  const headers = { 'sentinel-protocol': '1', authorization: `Bearer ${TOKENS.decide}` };
  const call = async (url: string, payload: object) => {
    const { statusCode, body } = await server.inject({ method: 'POST', url, headers, payload });
    return { statusCode, json: JSON.parse(body) };
  };

  gates.verdict = 'review';
  const { id: assessmentId, subjectDigest } = Assessment.parse((await call('/verify', verifyBody)).json);
  const { nonce } = Claimed.parse((await call(`/decisions/${assessmentId}/claim`, { windowId: 'w' })).json);
  const before = await readFile(ledger.file, 'utf8');

  files.full = true;
  const decision = { choice: 'approve', by: PERSON };
  const attempts = [
    await call('/execution-result', { assessmentId, nonce, subjectDigest, decision }),
    await call('/verify', verifyBody),
    await call('/check-intent', { requestId: 'r', sessionId: 's', source: 'chat', prompt: 'x' }),
    await call('/notices', { notice: 'guard-off', by: PERSON, detail: '' }),
  ];
  for (const { statusCode, json } of attempts) {
    assert.deepEqual([statusCode, json.code], [503, 'ledger_failed']);
    assert.ok(!('verdict' in json) && !('hash' in json));
  }
  assert.match(attempts[0]?.json.message, /the disk is full.*Free some space/);

  // Room alone does not open it again: what was being written when it failed is not known.
  files.full = false;
  assert.equal((await call('/verify', verifyBody)).json.code, 'ledger_failed');
  assert.equal(await readFile(ledger.file, 'utf8'), before);
});
