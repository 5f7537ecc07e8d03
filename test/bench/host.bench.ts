import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { bundleAll } from '../../build/bundle.ts';
import { packExtension } from '../../build/package.ts';
import { removeFolder } from '../host/extensionFolder.ts';
import { GuardedWindow } from '../host/guardedWindow.ts';
import { ensureChromium, ensureCodeServer } from '../host/installCodeServer.ts';
import { type BenchRow, percentile } from './row.ts';

const SAVES = 60;
const FILE = 'src/customers.js';

/** What the guard costs in a real VS Code: a clean save, activation, and the size of the package. */
export async function bench(): Promise<BenchRow[]> {
  await ensureCodeServer(() => undefined);
  await ensureChromium(() => undefined);
  await bundleAll();
  const plain = await measure(true);
  const guarded = await measure(false);
  const extra = percentile(guarded.saves, 0.95) - percentile(plain.saves, 0.95);
  return [
    { name: 'clean save in VS Code, extra p95', value: extra, unit: 'ms', baseline: null, ratio: null, budget: 20 },
    { name: 'activation of the extension', value: guarded.activationMs, unit: 'ms', baseline: null, ratio: null, budget: 50 },
    { name: 'vsix', value: await vsixSize(), unit: 'MB', baseline: null, ratio: null, budget: 6 },
  ];
}

async function measure(unguarded: boolean): Promise<{ saves: number[]; activationMs: number }> {
  await using window = await GuardedWindow.open({ unguarded });
  await window.workbench.openFile(FILE);
  // Each save has new text, so that no cache can answer; the first ten warm the window up.
  const saves = await window.server.bridge(
    `const document = vscode.window.activeTextEditor.document;
     const times = [];
     for (let count = 0; count < ${SAVES + 10}; count++) {
       const edit = new vscode.WorkspaceEdit();
       edit.insert(document.uri, new vscode.Position(0, 0), '// note ' + count + ' of the measurement\\n');
       await vscode.workspace.applyEdit(edit);
       const began = performance.now();
       if (!(await document.save())) throw new Error('a clean save was held');
       times.push(performance.now() - began);
     }
     return times.slice(10);`,
    z.array(z.number()),
  );
  return { saves, activationMs: unguarded ? 0 : await activationTime(window) };
}

/** What VS Code itself measured: loading the bundle and calling `activate`, in milliseconds. */
async function activationTime({ workbench }: GuardedWindow): Promise<number> {
  await workbench.startCommand('workbench.action.showRuntimeExtensions');
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Sentinel' });
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
