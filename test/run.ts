import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { ensureLocalChain } from '../build/installLocalChain.ts';
import { ensureDrivenEditor, MissingPart } from './host/installCodeServer.ts';

const root = join(import.meta.dirname, '..');
const HOST = join(import.meta.dirname, 'host');

/**
 * Host tests that run two at a time. The others are of what VS Code allows a moment for, as a listener's 1.5 s in a
 * save: a second window on two processors would take that from them.
 */
const SHARING = ['agent', 'auditor', 'chat', 'chatCommands', 'falseAlarms', 'guardView', 'guardedModel', 'localisation', 'newcomer']
  .concat(['package', 'switchedOff'])
  .map((name) => `${name}.test.ts`);

/** Ends a file that hangs, so that the run can name it; no measure of speed. */
const FILE_LIMIT_MS = 900_000;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Part {
  readonly name: string;
  run(): Promise<Tally>;
  /** Without it nothing after it can mean anything. */
  readonly essential?: true;
}

/** A command that holds or does not. */
function check(name: string, ...args: readonly string[]): Part {
  return {
    name,
    run: async () => {
      const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
      const status = await new Promise<number | null>((ended) => child.once('exit', ended));
      return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
    },
  };
}

function binary(name: string, script: string): string {
  return join(root, 'node_modules', name, script);
}

/** Test files below `test/`, in order of name. */
function testFiles(accept: (path: string) => boolean): string[] {
  const all = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts')).map((entry) => join(entry.parentPath, entry.name));
  return paths.filter(accept).sort();
}

/** Runs test files, each in a process of its own, and adds up what the runner itself counted. */
async function runTests(files: readonly string[], concurrency: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return tally;
  const events = run({ files: [...files], concurrency, isolation: 'process', timeout: FILE_LIMIT_MS });
  events.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) return;
    tally.passed = counts.passed;
    tally.failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    tally.skipped = counts.skipped + counts.todo;
  });
  const screen = new Writable({
    write(chunk: unknown, _encoding, written) {
      process.stdout.write(String(chunk), written);
    },
  });
  await finished(events.compose(spec).pipe(screen));
  return tally;
}

/** Host tests need a real VS Code: where the machine cannot have one they count as skipped, aloud. */
async function runInRealEditor(what: string, count: number, go: () => Promise<Tally>): Promise<Tally> {
  try {
    await ensureDrivenEditor(console.log);
  } catch (error) {
    if (!(error instanceof MissingPart)) throw error;
    console.log(`SKIPPED: ${what}. ${error.message}`);
    return { passed: 0, failed: 0, skipped: count };
  }
  return go();
}

const needsChain = (path: string) => !relative(join(import.meta.dirname, 'anchor'), path).startsWith('..');
const inHost = (path: string) => !relative(HOST, path).startsWith('..');
const hostFiles = testFiles(inHost);
const tour = check('tour', join(HOST, 'tour/tour.ts'));

async function runHostTests(): Promise<Tally> {
  const shares = (path: string) => SHARING.includes(basename(path));
  const together = await runTests(hostFiles.filter(shares), 2);
  const alone = await runTests(
    hostFiles.filter((path) => !shares(path)),
    1,
  );
  return sum(together, alone);
}

const PARTS: readonly Part[] = [
  { ...check('build', 'build/bundle.ts'), essential: true },
  check('types', binary('typescript', 'bin/tsc'), '-b'),
  check('lint', binary('@biomejs/biome', 'bin/biome'), 'check'),
  check('structure', 'build/checkStructure.ts'),
  {
    name: 'unit',
    run: async () => {
      const hasChain = await ensureLocalChain(console.log);
      const left = hasChain ? [] : testFiles(needsChain);
      if (!hasChain) console.log('SKIPPED: the tests on a local Solana. "npm run local-chain" says why.');
      const tally = await runTests(
        testFiles((path) => !inHost(path) && !left.includes(path)),
        2,
      );
      return sum(tally, { passed: 0, failed: 0, skipped: left.length });
    },
  },
  { name: 'host', run: () => runInRealEditor('the tests in a real VS Code', hostFiles.length, runHostTests) },
  { name: 'tour', run: () => runInRealEditor('the tour', 1, tour.run) },
];

/** `node test/run.ts [--soak] [part …]`: all parts, or those named. */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--soak')) process.env['SENTINEL_SOAK'] ??= '100';
  const named = args.filter((arg) => !arg.startsWith('--'));
  const unknown = named.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) throw new Error(`no part "${unknown.join('", "')}"; there are ${PARTS.map((part) => part.name).join(', ')}`);
  let total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  for (const part of PARTS.filter(({ name }) => named.length === 0 || named.includes(name))) {
    console.log(`\n=== ${part.name}`);
    const began = Date.now();
    const tally = await part.run();
    total = sum(total, tally);
    lines.push(`${part.name}: ${closing(tally)} (${Math.round((Date.now() - began) / 1000)} s)`);
    if (part.essential === true && tally.failed > 0) break;
  }
  console.log(`\n=== results\n${lines.map((line) => `  ${line}`).join('\n')}\n\n${closing(total)}`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function sum(one: Tally, other: Tally): Tally {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped };
}

function closing({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

await main(process.argv.slice(2));
