import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeAbandoned } from '../../verifier/http/abandoned.ts';

const LONG_AGO = new Date(Date.now() - 3_600_000);

/** A socket whose owner was killed. */
function deadSocket(path: string): void {
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  assert.ok(existsSync(path));
}

test('only directories in which a verifier of this user has died are removed', {
  skip: process.platform === 'win32' && 'Unix sockets',
}, async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'abandoned-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const make = (name: string) => {
    mkdirSync(join(base, name), { mode: 0o700 });
    return join(base, name);
  };
  deadSocket(join(make('sentinel-Dead01'), 's'));
  make('sentinel-Empty1');
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(make('sentinel-Alive1'), 's'), listening));
  t.after(() => server.close());
  deadSocket(join(make('sentinel-More01'), 's'));
  writeFileSync(join(base, 'sentinel-More01', 'notes'), 'mine');
  deadSocket(join(make('sentinel-Open01'), 's'));
  chmodSync(join(base, 'sentinel-Open01'), 0o755);
  deadSocket(join(make('sentinel-other-tool'), 's'));
  deadSocket(join(make('sentinel-Own001'), 's'));
  for (const name of readdirSync(base)) utimesSync(join(base, name), LONG_AGO, LONG_AGO);
  deadSocket(join(make('sentinel-Young1'), 's'));

  assert.equal(await removeAbandoned(join(base, 'sentinel-Own001')), 2);

  const left = ['sentinel-Alive1', 'sentinel-More01', 'sentinel-Open01', 'sentinel-Own001', 'sentinel-Young1', 'sentinel-other-tool'];
  assert.deepEqual(readdirSync(base).sort(), left.sort());
});
