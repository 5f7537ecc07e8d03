import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { promisify } from 'node:util';

const SCRIPT = join(import.meta.dirname, '../../extension/uninstalled.ts');

function ownData(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'sentinel-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** What VS Code runs, on a system whose data folder is `data`. */
const uninstall = (data: string) =>
  promisify(execFile)(process.execPath, [SCRIPT], { env: { ...process.env, HOME: data, XDG_DATA_HOME: data, LOCALAPPDATA: data } });

const onMac = process.platform === 'darwin';
const folderIn = (data: string) =>
  onMac
    ? join(data, 'Library/Application Support/Sentinel AI Guard')
    : join(data, process.platform === 'win32' ? 'Sentinel AI Guard' : 'sentinelai-guard');

it('says beside the ledger what it is, and leaves it alone', async (t) => {
  const data = ownData(t);
  const ledger = join(folderIn(data), 'ledger');
  mkdirSync(ledger, { recursive: true });
  writeFileSync(join(ledger, 'chain.jsonl'), 'entries');
  await uninstall(data);
  assert.ok(readFileSync(join(folderIn(data), 'ABOUT-THIS-FOLDER.txt'), 'utf8').includes(ledger));
  assert.equal(readFileSync(join(ledger, 'chain.jsonl'), 'utf8'), 'entries');
});

it('leaves nothing where there was no ledger', async (t) => {
  const data = ownData(t);
  await uninstall(data);
  assert.equal(existsSync(folderIn(data)), false);
});
