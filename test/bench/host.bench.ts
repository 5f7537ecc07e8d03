import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { bundleAll } from '../../build/bundle.ts';
import { packExtension } from '../../build/package.ts';
import { removeFolder } from '../host/extensionFolder.ts';
import { GuardedWindow } from '../host/guardedWindow.ts';
import { ensureDrivenEditor } from '../host/installCodeServer.ts';
import { type BenchRow, percentile } from './row.ts';

const ROUNDS = 7;
const SAVES_A_ROUND = 20;
const FILE = 'src/customers.js';

/** What the guard costs in a real VS Code: a clean save, activation, and the size of the package. */
export async function bench(): Promise<BenchRow[]> {
  await ensureDrivenEditor(() => undefined);
  await bundleAll();
  await using plain = await GuardedWindow.open({ unguarded: true });
  await using guarded = await GuardedWindow.open();
  const activation = await activationTime(guarded, 'Sentinel');
  // An extension of one small file shows what the machine takes for any.
  const nearEmpty = await activationTime(guarded, 'Sample model');
  for (const window of [plain, guarded]) await window.workbench.openFile(FILE);
  const extra: number[] = [];
  // Turn by turn, so that what else the machine does burdens both alike; the first round warms them up.
  for (let round = 0; round <= ROUNDS; round++) {
    const without = percentile(await saveTimes(plain, round), 0.95);
    const withGuard = percentile(await saveTimes(guarded, round), 0.95);
    if (round > 0) extra.push(withGuard - without);
  }
  const absolute = { baseline: null, ratio: null };
  return [
    { name: 'clean save in VS Code, extra p95, median of rounds', value: percentile(extra, 0.5), unit: 'ms', ...absolute, budget: 20 },
    { name: `activation of the extension (a near-empty one: ${nearEmpty} ms)`, value: activation, unit: 'ms', ...absolute, budget: 50 },
    { name: 'vsix', value: await vsixSize(), unit: 'MB', ...absolute, budget: 6 },
  ];
}

/** Times of saves in milliseconds. Each has new text, so that no cache can answer. */
function saveTimes({ server }: GuardedWindow, round: number): Promise<number[]> {
  return server.bridge(
    `const document = vscode.window.activeTextEditor.document;
     const times = [];
     for (let count = 0; count < ${SAVES_A_ROUND}; count++) {
       const edit = new vscode.WorkspaceEdit();
       edit.insert(document.uri, new vscode.Position(0, 0), '// note ${round}.' + count + ' of the measurement\\n');
       await vscode.workspace.applyEdit(edit);
       const began = performance.now();
       if (!(await document.save())) throw new Error('a clean save was held');
       times.push(performance.now() - began);
     }
     return times;`,
    z.array(z.number()),
  );
}

/** What VS Code itself measured of an extension: loading its code and calling `activate`, in milliseconds. */
async function activationTime({ workbench }: GuardedWindow, name: string): Promise<number> {
  await workbench.startCommand('workbench.action.showRuntimeExtensions');
  const list = workbench.page.locator('.runtime-extensions-editor .monaco-list').first();
  const row = list.locator('.monaco-list-row', { hasText: name });
  await list.hover();
  // The list holds only the rows in sight, the slowest first.
  for (let turns = 0; turns < 30 && (await row.count()) === 0; turns++) {
    await workbench.page.mouse.wheel(0, 200);
    await workbench.page.waitForTimeout(100);
  }
  const text = await row.locator('.activation-time').innerText();
  const found = /(\d+)\s*ms/.exec(text)?.[1];
  if (found === undefined) throw new Error(`no activation time in "${text}"`);
  return Number(found);
}

async function vsixSize(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-vsix-'));
  try {
    return statSync(await packExtension(join(folder, 'guard.vsix'))).size / (1024 * 1024);
  } finally {
    removeFolder(folder);
  }
}
