import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Audit } from '../../verifier/anchor/audit.ts';
import { auditedChains } from '../../verifier/anchor/auditedLedger.ts';
import { listMemos } from '../../verifier/anchor/memoListing.ts';
import { solanaReader } from '../../verifier/anchor/solana.ts';
import { base58 } from '../../verifier/ledger/base58.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { startLocalChain } from '../../verifier/localChain/server.ts';
import { ADA } from '../ledger/sampleLedger.ts';
import { onChain, until } from './parts.ts';

const WRITER = join(import.meta.dirname, 'anchorWriter.ts');
/** `npm run soak` asks for more. */
const KILLS = Number(process.env['SENTINEL_SOAK'] ?? 10);

test(`killed between sending and confirming, ${KILLS} times: no entry is lost, none counted twice`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sentinel-anchor-killed-'));
  const local = await startLocalChain({ slotMs: 10, finalAfter: 10 });
  local.ledger.airdrop(ADA.publicKey, 100_000_000_000);
  const write = (count: number) => spawn(process.execPath, [WRITER, dir, local.url, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    for (let round = 0; round < KILLS; round += 1) {
      const sent = local.calls.get('sendTransaction') ?? 0;
      const child = write(10);
      await until(() => (local.calls.get('sendTransaction') ?? 0) > sent, 60_000);
      await delay(Math.random() * 100);
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const [code] = await once(write(3), 'exit');
    assert.equal(code, 0);
    const authority = base58(ADA.publicKey);
    const audit = new Audit(authority, await listMemos({ reader: solanaReader(local.url), authority }));
    for await (const chain of auditedChains(dir)) await audit.chain(chain);
    const report = audit.report((await verifyLedger(dir)).ok);
    assert.equal(report.verdict, 'clean', JSON.stringify(report.findings.slice(0, 5)));
    assert.equal(report.counts.duplicated, 0);
    assert.equal(report.counts.matched, onChain({ local, identity: ADA }).length);
    assert.ok(report.counts.matched > KILLS * 2);
  } finally {
    await local.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
