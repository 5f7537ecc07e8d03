import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { bundleAll } from '../../build/bundle.ts';
import { say } from '../audit/geminiSay.ts';
import { startGemini } from '../audit/geminiStandIn.ts';
import { switchAuditOn } from '../host/auditOn.ts';
import { GuardedWindow } from '../host/guardedWindow.ts';
import { ensureDrivenEditor } from '../host/installCodeServer.ts';
import { type BenchRow, percentile } from './row.ts';

const FILE = 'src/large.js';
const LINES = 5_000;
const ROUNDS = 5;
const KEYS_A_ROUND = 120;
const IDLE_SECONDS = 30;
const SETTLED_AFTER_SECONDS = 45;
/** An hour's work of somebody busy, without the pauses: bursts of typing, each saved, one every half minute. */
const BURSTS = 120;
const EDITS_A_BURST = 6;
/** VS Code's own search for ports to forward starts programs every few seconds: more than what is to be measured. */
const STILL = { 'remote.autoForwardPorts': false };
/** What a runtime's own housekeeping takes. */
const IDLE_BUDGET_MS = 10;

/** What the guard costs somebody who works: typing and saving in a large file, idling, and over an hour. */
export async function bench(): Promise<BenchRow[]> {
  await ensureDrivenEditor(() => undefined);
  await bundleAll();
  const gemini = await startGemini({ fallback: say.verdict() });
  const prepare = (workspace: string) => writeFileSync(join(workspace, FILE), largeFile());
  try {
    await using plain = await GuardedWindow.open({ unguarded: true, prepare, settings: STILL });
    await using guarded = await GuardedWindow.open({
      prepare,
      settings: STILL,
      machineSettings: { 'sentinelai.audit.baseUrl': gemini.url },
    });
    await switchAuditOn(guarded);
    for (const { workbench } of [plain, guarded]) await workbench.openFile(FILE);
    const rows: BenchRow[] = [];
    for (const measure of [() => typingRows(plain, guarded), () => idleRows(plain, guarded), () => hourRows(guarded)]) {
      const measured = await measure();
      rows.push(...measured);
      // It takes minutes: what was seen so far is of use where the rest is broken off.
      for (const { name, value, unit, ratio } of measured)
        console.error(`  ${name}: ${value} ${unit}${ratio == null ? '' : `, ratio ${ratio}`}`);
    }
    return rows;
  } finally {
    await gemini.stop();
  }
}

function largeFile(): string {
  const line = (n: number) => (n % 5 === 0 ? '' : `export const value${n} = compute(${n}, 'text ${n}');`);
  return `${Array.from({ length: LINES }, (_, n) => line(n + 1)).join('\n')}\n`;
}

/** Turn by turn, so that what else the machine does burdens both alike; the first round warms them up. */
async function typingRows(plain: GuardedWindow, guarded: GuardedWindow): Promise<BenchRow[]> {
  const lag = { plain: [] as number[], guarded: [] as number[] };
  const save = { plain: [] as number[], guarded: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, window] of [['plain', plain] as const, ['guarded', guarded] as const]) {
      const measured = await typeAndSave(window, round);
      if (round === 0) continue;
      lag[name].push(measured.lag);
      save[name].push(measured.save);
    }
  }
  const row = (name: string, { plain: without, guarded: withGuard }: typeof lag): BenchRow => {
    const [value, baseline] = [percentile(withGuard, 0.5), percentile(without, 0.5)];
    return { name, value, unit: 'ms', baseline, ratio: value / baseline, budget: '≤ 1.5' };
  };
  return [
    row(`extension host's lag while typing in ${LINES} lines, p99, audit on`, lag),
    { ...row(`saving the ${LINES} lines after it`, save), budget: '≤ 3' },
  ];
}

async function typeAndSave({ workbench, server }: GuardedWindow, round: number): Promise<{ lag: number; save: number }> {
  await workbench.focusEditor();
  await workbench.page.keyboard.press('Control+Home');
  await server.bridge(
    `state.delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 2 }); state.delay.enable(); return null;`,
    z.null(),
  );
  await workbench.page.keyboard.type(`// round ${round} `.padEnd(KEYS_A_ROUND, 'noted for the measurement ').slice(0, KEYS_A_ROUND));
  await workbench.page.keyboard.press('Enter');
  // What a pause in typing sets off belongs to it.
  await sleep(1_500);
  return server.bridge(
    `state.delay.disable();
     const began = performance.now();
     if (!(await vscode.window.activeTextEditor.document.save())) throw new Error('a clean save was held');
     return { lag: state.delay.percentile(99) / 1e6, save: performance.now() - began };`,
    z.object({ lag: z.number(), save: z.number() }),
  );
}

async function idleRows(plain: GuardedWindow, guarded: GuardedWindow): Promise<BenchRow[]> {
  // Until what the last save set off has settled, V8's collection of what it left included.
  await sleep(SETTLED_AFTER_SECONDS * 1000);
  const sidecar = guarded.verifier();
  if (sidecar === undefined) throw new Error('no verifier runs');
  const pids = { plain: plain.server.extensionHostPid(), guarded: guarded.server.extensionHostPid(), sidecar };
  const before = { plain: cpuMs(pids.plain), guarded: cpuMs(pids.guarded), sidecar: cpuMs(pids.sidecar) };
  await sleep(IDLE_SECONDS * 1000);
  const spent = (name: keyof typeof pids) => cpuMs(pids[name]) - before[name];
  const absolute = { unit: 'ms', baseline: null, ratio: null };
  return [
    {
      name: `verifier's processor time in ${IDLE_SECONDS} s of idling, ${SETTLED_AFTER_SECONDS} s after the last save`,
      value: spent('sidecar'),
      ...absolute,
      budget: IDLE_BUDGET_MS,
    },
    {
      name: `extension host's the same, beyond one without the guard`,
      value: Math.max(0, spent('guarded') - spent('plain')),
      ...absolute,
      budget: 2 * IDLE_BUDGET_MS,
    },
  ];
}

/** Memory after the first tenth of an hour's work, when everything was used once, and at its end. */
async function hourRows(window: GuardedWindow): Promise<BenchRow[]> {
  const { server } = window;
  const memory = async () => ({
    host: await server.bridge(
      `const v8 = require('node:v8'); v8.setFlagsFromString('--expose-gc');
       require('node:vm').runInNewContext('gc')(); return process.memoryUsage().heapUsed / 1048576;`,
      z.number(),
    ),
    sidecar: rssMegabytes(window.verifier() ?? 0),
  });
  let early: Awaited<ReturnType<typeof memory>> | undefined;
  for (let burst = 0; burst < BURSTS; burst++) {
    await server.bridge(
      `const d = vscode.window.activeTextEditor.document;
       for (let n = 0; n < ${EDITS_A_BURST}; n++) {
         const edit = new vscode.WorkspaceEdit();
         edit.insert(d.uri, new vscode.Position((${burst} * 20 + n * 3) % d.lineCount, 0), 'const n${burst}_' + n + ' = 1;\\n');
         await vscode.workspace.applyEdit(edit);
       }
       if (!(await d.save())) throw new Error('a clean save was held');
       return null;`,
      z.null(),
    );
    if (burst + 1 === BURSTS / 10) early = await memory();
  }
  const late = await memory();
  if (early === undefined) throw new Error('nothing was measured early');
  const row = (name: string, value: number, baseline: number): BenchRow => ({
    ...{ name, value, unit: 'MB', baseline, ratio: value / baseline, budget: '≤ 1.3' },
  });
  return [
    row(`verifier's memory after an hour's work (${BURSTS} bursts, saved), against a tenth of it`, late.sidecar, early.sidecar),
    row("extension host's heap after the same", late.host, early.host),
  ];
}

/** Processor time of all its threads in milliseconds; the nanoseconds of Linux's scheduler, as its ticks are as long as the budget. */
function cpuMs(pid: number): number {
  const spent = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return spent.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

function rssMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
