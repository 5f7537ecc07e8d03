import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseCheckpoint, type ReadCheckpoint } from '../../verifier/ledger/checkpoint.ts';
import { verifyLedger } from '../../verifier/ledger/verify.ts';
import { reportText, type VerifyReport } from '../../verifier/ledger/verifyReport.ts';
import { sampleLedger, sealedAt, writeLedger } from './sampleLedger.ts';
import { tamperingPage } from './tamperingPage.ts';
import { KEPT_SIZE, TAMPERINGS, type TamperingCase } from './tamperings.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sentinel-tampering-'));
});
after(() => rm(root, { recursive: true, force: true }));

function keptCheckpoint(): ReadCheckpoint {
  const [made] = sealedAt(sampleLedger().entries, [KEPT_SIZE]);
  return (made && parseCheckpoint(made.note)) ?? assert.fail('no checkpoint');
}

function judge(report: VerifyReport, told: TamperingCase['alone']): void {
  const found = report.chains[0]?.tampering ?? null;
  const text = reportText(report);
  if ('kind' in told) {
    assert.ok(!report.ok);
    assert.deepEqual({ kind: found?.kind, seq: found?.seq }, told, text);
    assert.match(text, /First bad entry: .+/);
    return;
  }
  assert.equal(found, null, text);
  if ('hidden' in told) {
    assert.ok(report.ok, text);
    return;
  }
  const check = [...report.chains.flatMap(({ checks }) => checks), ...report.folder].find((each) => each.check === told.found);
  assert.ok(check === undefined ? text.includes(told.found) : check.result !== 'held', text);
}

describe('what was done to a ledger is told', () => {
  for (const [n, { name, key, change, alone, kept }] of TAMPERINGS.entries()) {
    const who = key ? 'who holds the key' : 'without the key';
    const dir = () => join(root, String(n));
    it(`${name} (${who}), by the ledger alone`, async () => {
      await writeLedger(dir(), change(sampleLedger()));
      judge(await verifyLedger(dir()), alone);
    });
    it(`${name} (${who}), by the ledger and an earlier checkpoint`, async () => {
      await writeLedger(dir(), change(sampleLedger()));
      judge(await verifyLedger(dir(), { kept: [keptCheckpoint()] }), kept);
    });
  }
});

it('an untouched ledger is accused of nothing, and all of it is covered', async () => {
  const dir = join(root, 'untouched');
  await writeLedger(dir, [sampleLedger()]);
  const report = await verifyLedger(dir, { kept: [keptCheckpoint()] });
  assert.ok(report.ok, reportText(report));
  const [chain] = report.chains;
  assert.deepEqual([chain?.covered, chain?.tampering], [19, null]);
  assert.deepEqual(
    chain?.checks.filter(({ result }) => result !== 'held').map(({ check }) => check),
    ['heartbeats', 'guard on'],
  );
});

it('docs/tampering.md is the table that these cases hold', async () => {
  assert.equal(await readFile(join(import.meta.dirname, '../../docs/tampering.md'), 'utf8'), tamperingPage());
});
