import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeGrammars } from '../../verifier/gates/code/grammars.ts';
import { createInProcessGates, type GatePool } from '../../verifier/gates/inProcess.ts';
import { templateValue } from '../../verifier/policy/templates.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import type { AuditSettings, Hello } from '../../verifier/protocol/handshake.ts';
import { Health } from '../../verifier/protocol/routes.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { say } from '../audit/geminiSay.ts';
import { startGemini } from '../audit/geminiStandIn.ts';
import { helloFor, POLICIES } from '../sidecar/sidecarProcess.ts';
import { type BenchRow, percentile } from './row.ts';
import { type Served, serve, timed } from './server.ts';
import { busyFile, longPrompt, READ_LANGUAGES } from './subjects.ts';

/** The bundle, as it is shipped: `npm run build` makes it. */
const SIDECAR = join(import.meta.dirname, '../../dist/sidecar.mjs');
const BARE = join(import.meta.dirname, 'bareServer.ts');

const ROUNDS = 5;
const REQUESTS = 150;
const STARTS = 9;
const AUDIT_MS = 60;

const median = (samples: readonly number[]): number => percentile(samples, 0.5);
const context = { workspaceRoots: ['/home/ada/project'], home: '/home/ada' };
let made = 0;

/** Another command each time, so that nothing comes from a cache; one in ten is dangerous. */
function command(): Subject {
  made += 1;
  const text = made % 10 === 0 ? `rm -rf /srv/data-${made}` : `git log --oneline -n ${made} | grep fix-${made} > out/${made}.txt`;
  return { kind: 'command', text, cwd: '/home/ada/project' };
}

/** A thousand lines of ordinary code, different in each. */
function file(): Subject {
  made += 1;
  const lines = Array.from({ length: 1_000 }, (_, line) =>
    line % 7 === 0
      ? `  const total${line} = await orders.sum('${made}-${line}');`
      : `  if (items[${line}] > ${made}) { log.info('row', ${line}); }`,
  );
  return { kind: 'file', path: `/home/ada/project/src/a${made}.ts`, language: 'typescript', text: lines.join('\n') };
}

function body(subject: Subject, depth: 'gates' | 'full'): object {
  return { requestId: `bench-${made}`, sessionId: 'bench', source: 'http', subject, depth };
}

async function inProcess(gates: GatePool, subject: Subject): Promise<number> {
  const from = performance.now();
  await gates.assess(subject, context);
  return performance.now() - from;
}

async function gatesRow(gates: GatePool, name: string, make: () => Subject, count: number, budget: number): Promise<BenchRow> {
  for (let warm = 0; warm < count / 4; warm += 1) await inProcess(gates, make());
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const samples: number[] = [];
    for (let each = 0; each < count; each += 1) samples.push(await inProcess(gates, make()));
    rounds.push(percentile(samples, 0.99));
  }
  const value = median(rounds);
  return { name, value, unit: 'ms', budget };
}

/** Files that have to be parsed and followed, which most need not be. */
async function busyRows(gates: GatePool): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const language of READ_LANGUAGES) {
    if (CodeGrammars.reads(language)) rows.push(await grammarRow(language));
    const make = () => busyFile(language, made++);
    rows.push(await gatesRow(gates, `gates on 1,000 lines of ${language} full of sources and sinks, p99`, make, 40, 10));
  }
  rows.push(await gatesRow(gates, 'gates on a prompt of 300 lines, p99', () => longPrompt(made++), 40, 10));
  return rows;
}

/** The first text of a language waits for its grammar, once in the life of a verifier. */
async function grammarRow(language: string): Promise<BenchRow> {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    await new CodeGrammars().load([language]);
    samples.push(performance.now() - from);
  }
  return { name: `the grammar of ${language} is loaded`, value: median(samples), unit: 'ms', budget: 150 };
}

async function healthy(served: Served): Promise<void> {
  for (;;) {
    const { json } = await timed(served.socket, `/health?challenge=${'ab'.repeat(16)}`, {});
    if (Health.parse(json).layers.gates.state !== 'pending') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One entry's worth of bytes, synced: what law 5 demands before every reply. In milliseconds. */
async function syncedAppend(file: FileHandle): Promise<number> {
  const from = performance.now();
  await file.appendFile('x'.repeat(1_200));
  await file.datasync();
  return performance.now() - from;
}

async function verifyRows(gates: GatePool, root: string): Promise<BenchRow[]> {
  const hello = helloFor(join(root, 'verify'));
  const [sidecar, bare] = [await serve([SIDECAR], JSON.stringify(hello)), await serve([BARE, await mkdtemp(join(root, 'bare-'))])];
  await healthy(sidecar);
  const headers = { 'sentinel-protocol': '1', authorization: `Bearer ${hello.assessToken}` };
  const values: number[] = [];
  const baselines: number[] = [];
  const syncs: number[] = [];
  const file = await open(join(root, 'synced'), 'a');
  for (let round = 0; round <= ROUNDS; round += 1) {
    const samples: Record<'whole' | 'route' | 'gates' | 'sync', number[]> = { whole: [], route: [], gates: [], sync: [] };
    for (let each = 0; each < REQUESTS; each += 1) {
      samples.whole.push((await timed(sidecar.socket, '/verify', headers, body(command(), 'gates'))).ms);
      samples.route.push((await timed(bare.socket, '/verify', headers, body(command(), 'gates'))).ms);
      samples.gates.push(await inProcess(gates, command()));
      samples.sync.push(await syncedAppend(file));
    }
    // The first round warms up.
    if (round === 0) continue;
    values.push(median(samples.whole));
    baselines.push(median(samples.route) + median(samples.gates));
    syncs.push(median(samples.sync));
  }
  await Promise.all([sidecar.end(), bare.end(), file.close()]);
  const row = (name: string, baseline: number): BenchRow => {
    const value = median(values);
    return { name, value, unit: 'ms', baseline, ratio: value / baseline, budget: 1.5 };
  };
  return [
    row('/verify with gates, against a bare route and the gates in process', median(baselines)),
    row('the same, with the synced append of one entry in the baseline', median(baselines) + median(syncs)),
  ];
}

async function auditRow(root: string): Promise<BenchRow> {
  const gemini = await startGemini({ fallback: { ...say.verdict(), delayMs: AUDIT_MS } });
  const audit: AuditSettings = {
    provider: 'gemini',
    model: 'gemini-3.5-flash-lite',
    baseUrl: gemini.url,
    apiKey: templateValue('google-api-key') ?? '',
    deadlineMs: 20_000,
    thinking: 'off',
    dailyRequestCap: 100_000,
    consentedTo: gemini.url,
  };
  const hello: Hello = helloFor(join(root, 'audit'), { audit, auditOffBecause: undefined });
  const sidecar = await serve([SIDECAR], JSON.stringify(hello));
  await healthy(sidecar);
  const headers = { 'sentinel-protocol': '1', authorization: `Bearer ${hello.assessToken}` };
  const overheads: number[] = [];
  for (let each = 0; each < 60; each += 1) {
    // A block would be answered before the audit.
    const harmless: Subject = { kind: 'command', text: `echo ${each}` };
    const { ms, json } = await timed(sidecar.socket, '/verify', headers, body(harmless, 'full'));
    const { layers } = Assessment.parse(json);
    if (layers.audit.state !== 'ran') throw new Error(`the audit did not run: ${layers.audit.why}`);
    if (each >= 10) overheads.push(ms - layers.audit.ms);
  }
  await sidecar.end();
  await gemini.stop();
  const value = median(overheads);
  return { name: "/verify with audit, beyond the auditor's own time", value, unit: 'ms', budget: 10 };
}

const BARE_HTTP = `
  const socket = process.argv[1] + '/s';
  require('node:http').createServer((_, reply) => reply.end('{}')).listen(socket, () => console.log(JSON.stringify({ socket })));
  process.stdin.on('end', () => process.exit()).resume();`;

async function startTime(args: readonly string[], line?: string, environment: Readonly<Record<string, string>> = {}): Promise<number> {
  const from = performance.now();
  const served = await serve(args, line, environment);
  await timed(served.socket, `/health?challenge=${'ab'.repeat(16)}`, {});
  const ms = performance.now() - from;
  await served.end();
  return ms;
}

async function startRow(root: string): Promise<BenchRow> {
  const values: number[] = [];
  const baselines: number[] = [];
  // As the extension starts it; the first start, which fills the cache, is left out.
  const asSpawned = { NODE_COMPILE_CACHE: join(root, 'compile-cache') };
  for (let each = 0; each <= STARTS; each += 1) {
    const bare = await startTime(['-e', BARE_HTTP, await mkdtemp(join(root, 'http-'))]);
    const ours = await startTime([SIDECAR], JSON.stringify(helloFor(join(root, 'start'))), asSpawned);
    if (each === 0) continue;
    baselines.push(bare);
    values.push(ours);
  }
  const [value, baseline] = [median(values), median(baselines)];
  return {
    name: 'spawn to healthy, against a bare Node HTTP server',
    value,
    unit: 'ms',
    baseline,
    ratio: value / baseline,
    budget: 3,
  };
}

/** What the first save after a start waits for, from the moment the verifier says that it is healthy. */
async function firstVerdictRow(root: string): Promise<BenchRow> {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const hello = helloFor(await mkdtemp(join(root, 'first-')));
    const sidecar = await serve([SIDECAR], JSON.stringify(hello), { NODE_COMPILE_CACHE: join(root, 'compile-cache') });
    await healthy(sidecar);
    const headers = { 'sentinel-protocol': '1', authorization: `Bearer ${hello.assessToken}` };
    samples.push((await timed(sidecar.socket, '/verify', headers, body(busyFile('typescript', round), 'gates'))).ms);
    await sidecar.end();
  }
  return { name: 'first verdict after healthy, a 1,000-line TypeScript file', value: median(samples), unit: 'ms', budget: 150 };
}

/** What the verifier costs beside what nobody could spare. */
export async function bench(): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-bench-'));
  const gates = await createInProcessGates({ builtIn: POLICIES, workspace: [] });
  try {
    return [
      await gatesRow(gates, 'gates on one shell command, p99', command, 400, 1),
      await gatesRow(gates, 'gates on a 1,000-line file, p99', file, 100, 10),
      ...(await busyRows(gates)),
      ...(await verifyRows(gates, root)),
      await auditRow(root),
      await startRow(root),
      await firstVerdictRow(root),
    ];
  } finally {
    await gates.close();
    await rm(root, { recursive: true, force: true });
  }
}
