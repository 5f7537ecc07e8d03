import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAll } from '../../build/bundle.ts';
import { type Cut, cutting } from './cutting.ts';
import { removeFolder } from './extensionFolder.ts';
import { ensureDrivenEditor } from './installCodeServer.ts';

interface Sabotage {
  readonly layer: string;
  /** Name of the first step of the tour that cannot hold without the layer. */
  readonly failsAt: string;
  readonly cut: Cut;
}

/** One layer each, taken out while bundling: nothing of this is in the product. */
const SABOTAGES: readonly Sabotage[] = [
  {
    layer: 'gates',
    failsAt: 'prompt-denied',
    cut: {
      file: 'verifier/assessment/gateLayer.ts',
      replace: [
        ['verdict: attached.reduce(', "verdict: 'pass', unused: attached.reduce("],
        ['...own.findings,', ''],
      ],
    },
  },
  {
    layer: 'audit',
    failsAt: 'audit-objects',
    cut: { file: 'verifier/assessment/auditLayer.ts', replace: [['await source.auditor()', 'undefined']] },
  },
  {
    layer: 'dialog',
    failsAt: 'prompt-denied',
    cut: {
      file: 'extension/core/decide.ts',
      replace: [
        [
          'const asked = question(',
          "if (held) return { choice: 'approve', cause: 'person', reason: 'nobody was asked' };\n    const asked = question(",
        ],
      ],
    },
  },
  {
    layer: 'save guard',
    failsAt: 'save-denied',
    cut: { file: 'extension/core/guardSave.ts', replace: [['const approved = this.#approved.get(path);', 'return true;']] },
  },
  {
    layer: 'ledger',
    failsAt: 'opened',
    cut: { file: 'verifier/ledger/chainWriter.ts', replace: [['await this.#file.append(bytes);', '']] },
  },
];

/** Name of the step at which the tour stopped; `none` where it went through. */
async function tourWith(dist: string, output: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'tour/tour.ts')], {
    env: { ...process.env, SENTINEL_DIST: dist, SENTINEL_TOUR_OUTPUT: output },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const status = await new Promise<number | null>((ended) => child.once('close', ended));
  if (status === 0) return 'none';
  return /stopped at step \d+ \(([^)]+)\)/.exec(said)?.[1] ?? `no step: ${said.trim().split('\n').at(-1)}`;
}

/** `npm run sabotage [-- layer …]`: takes out one layer at a time and sees the tour fail where it must. */
async function main(named: readonly string[]): Promise<void> {
  await ensureDrivenEditor(console.log);
  let wrong = 0;
  console.log(`${'layer taken out'.padEnd(18)}${'must fail at'.padEnd(18)}failed at`);
  for (const { layer, failsAt, cut } of SABOTAGES.filter((one) => named.length === 0 || named.includes(one.layer))) {
    const dist = mkdtempSync(join(tmpdir(), 'sentinel-sabotage-'));
    await bundleAll({ into: dist, plugins: [cutting(cut)] });
    const stopped = await tourWith(dist, join(dist, 'tour'));
    removeFolder(dist);
    if (stopped !== failsAt) wrong += 1;
    console.log(`${layer.padEnd(18)}${failsAt.padEnd(18)}${stopped}${stopped === failsAt ? '' : '   <- WRONG'}`);
  }
  process.exitCode = wrong === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
