import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import type { Clock } from '../../extension/core/ports.ts';
import { Sidecar, type SidecarState } from '../../extension/core/sidecar.ts';
import { sidecarEnvironment } from '../../extension/core/sidecarProcess.ts';
import { FakeLog } from './fakes.ts';

const SCRIPT = join(import.meta.dirname, 'fixtures/fakeSidecar.mjs');

/** Real time, but a timer does not let the test's process end early. */
const clock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

function start(
  test: TestContext,
  mode: string,
  limits: ConstructorParameters<typeof Sidecar>[0]['limits'] = {},
  environment: Record<string, string | undefined> = process.env,
) {
  const folder = mkdtempSync(join(tmpdir(), 'fake-'));
  const log = new FakeLog();
  const sidecar = new Sidecar({
    program: { execPath: process.execPath, script: SCRIPT, cwd: folder, environment, compileCache: join(folder, 'compiled') },
    hello: async () => ({ policies: { builtIn: '/p', workspace: [] }, ledgerDir: `${mode}|${folder}`, workspaceRoots: [] }),
    clock,
    log,
    limits: { healthyWithin: 3000, firstBackOff: 20, longestBackOff: 100, stopGrace: 300, loadPoll: 5, ...limits },
  });
  const states: string[] = [];
  const reasons: string[] = [];
  sidecar.on('state', (state: SidecarState) => {
    states.push(state.name);
    if (state.name === 'down') reasons.push(state.why.record);
  });
  test.after(async () => {
    await sidecar.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : []);
  return { sidecar, log, states, reasons, folder, starts: () => lines('starts'), stops: () => lines('stops') };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the verifier’s process', () => {
  it('is healthy once it has proved itself', async (test) => {
    const { sidecar, states } = start(test, 'good');
    await sidecar.restart();
    assert.deepEqual(states, ['starting', 'healthy']);
    assert.equal((await (await sidecar.verifier()).health()).version, '0.1.0');
  });

  it('is not healthy before its gates are loaded', async (test) => {
    const { sidecar } = start(test, 'loads');
    await sidecar.restart();
    assert.ok(sidecar.state.name === 'healthy' && sidecar.state.health.ledger.seq === 3);
  });

  it('gets an allow-listed environment, no arguments, and a neutral folder to work in', async (test) => {
    const environment = { PATH: process.env['PATH'], HOME: '/home/ada', NODE_OPTIONS: '--title=evil', GIT_DIR: '/evil', API_KEY: 'x' };
    const { sidecar, folder } = start(test, 'good', {}, environment);
    await sidecar.restart();
    const seen = z
      .object({ env: z.array(z.string()), argv: z.array(z.string()), cwd: z.string() })
      .parse(JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')));
    assert.deepEqual(seen.env.filter((name) => !name.startsWith('__')).sort(), [
      'ELECTRON_RUN_AS_NODE',
      'HOME',
      'NODE_COMPILE_CACHE',
      'PATH',
    ]);
    assert.deepEqual(seen.argv, []);
    assert.ok(seen.cwd.endsWith(folder));
    assert.equal(sidecarEnvironment(environment)['NODE_OPTIONS'], undefined);
  });

  for (const [mode, why] of [
    ['impostor', /something else answered/i],
    ['mute', /did not start within/],
    ['exits', /ended with code 3/],
    ['garbage', /did not introduce itself/],
    ['other-protocol', /protocol 99/],
    ['failed', /The disk is full/],
  ] as const) {
    it(`is refused when it is of the kind "${mode}", and ended`, async (test) => {
      const { sidecar, reasons, starts } = start(test, mode, {
        healthyWithin: mode === 'mute' ? 400 : 10_000,
        firstBackOff: 60_000,
        longestBackOff: 60_000,
      });
      await sidecar.restart();
      assert.match(reasons[0] ?? '', why);
      await assert.rejects(sidecar.verifier(), { name: 'VerifierError', code: 'not_running' });
      await until(() => starts().every((pid) => !isAlive(Number(pid))));
    });
  }

  it('is started again after it died, and the next request works', async (test) => {
    const { sidecar, states, starts } = start(test, 'good');
    await sidecar.restart();
    process.kill(sidecar.pid ?? 0, 'SIGKILL');
    await until(() => states.filter((state) => state === 'healthy').length === 2);
    assert.deepEqual(states, ['starting', 'healthy', 'down', 'starting', 'healthy']);
    await (await sidecar.verifier()).health();
    assert.equal(starts().length, 2);
  });

  it('is killed and started again when it no longer answers', async (test) => {
    const { sidecar, reasons, starts } = start(test, 'hangs', { pollEvery: 20, pollDeadline: 100 });
    await sidecar.restart();
    await until(() => starts().length === 2);
    assert.match(reasons[0] ?? '', /did not answer its health check/);
    assert.equal(isAlive(Number(starts()[0])), false);
  });

  it('is left alone while nobody asks it anything, and looked at again as soon as somebody does', async (test) => {
    const { sidecar, starts } = start(test, 'hangs', { pollEvery: 20, idlePollEvery: 60_000, askedFor: -1, pollDeadline: 100 });
    await sidecar.restart();
    await new Promise((later) => setTimeout(later, 300));
    assert.equal(starts().length, 1, 'an idle verifier was asked');
    await sidecar.stop();
    const watched = start(test, 'hangs', { pollEvery: 20, idlePollEvery: 60_000, askedFor: 50, pollDeadline: 100 });
    await watched.sidecar.restart();
    await until(() => watched.starts().length === 2);
  });

  it('is tried again after growing pauses', async (test) => {
    const { sidecar, log, starts } = start(test, 'exits', { firstBackOff: 10, longestBackOff: 50 });
    await sidecar.restart();
    await until(() => starts().length === 5);
    const pauses = log.lines.flatMap((line) => /Next attempt in ([\d.]+) s/.exec(line)?.[1] ?? []);
    assert.deepEqual(pauses.slice(0, 4), ['0.01', '0.02', '0.04', '0.05']);
  });

  it('gets more time with each start that was late, up to a limit', async (test) => {
    const limits = { healthyWithin: 20, longestStart: 70, firstBackOff: 1, longestBackOff: 1 };
    const { sidecar, reasons } = start(test, 'mute', limits);
    await sidecar.restart();
    await until(() => reasons.length >= 4);
    assert.deepEqual(
      reasons.slice(0, 4).map((why) => /within ([\d.]+) s/.exec(why)?.[1]),
      ['0.02', '0.04', '0.07', '0.07'],
    );
  });

  it('is restarted once more, not ten times, when ten ask for it at once', async (test) => {
    const { sidecar, starts } = start(test, 'good');
    await Promise.all(Array.from({ length: 10 }, () => sidecar.restart()));
    assert.equal(starts().length, 2);
    assert.equal(sidecar.state.name, 'healthy');
  });

  it('ends when its input is closed, and is not started again', async (test) => {
    const { sidecar, starts, stops } = start(test, 'good');
    await sidecar.restart();
    await sidecar.stop();
    assert.deepEqual(stops(), starts());
    assert.equal(sidecar.state.name, 'stopped');
    await assert.rejects(sidecar.verifier(), { code: 'not_running' });
  });

  it('is killed when it does not end by itself', async (test) => {
    const { sidecar, starts } = start(test, 'stubborn');
    await sidecar.restart();
    await sidecar.stop();
    assert.equal(isAlive(Number(starts()[0])), false);
  });

  it('has its entries passed on and its log folded in by level; what is neither is left out', async (test) => {
    const { sidecar, log } = start(test, 'noisy');
    const entries: number[] = [];
    sidecar.on('entry', (entry) => entries.push(entry.seq));
    await sidecar.restart();
    await until(() => entries.length > 0 && log.lines.some((line) => line.includes('plain text')));
    assert.deepEqual(entries, [0]);
    for (const line of ['error verifier: a problem', 'info verifier: a fact', 'debug verifier: plain text'])
      assert.ok(log.lines.includes(line), line);
    assert.ok(log.lines.some((line) => line.startsWith('warn') && line.includes('not a ledger entry')));
  });
});
