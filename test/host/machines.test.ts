import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { policyMd, rulesYaml } from '../policy/policyTexts.ts';
import { DiskWatch } from './diskWatch.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { until } from './until.ts';
import { verifierPid } from './verifierProcess.ts';

const SCRIPT = 'scripts/backup.sh';
const WIPE = 'rm -rf /';
const built = process.env['SENTINEL_DIST'] ?? join(import.meta.dirname, '../../dist');

/** Takes parts of the API away before the guard sees it, as a fork of VS Code that never took them over. */
const FORK = `const Module = require('node:module');
const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== 'vscode') return loaded;
  const { chat, lm, ...others } = loaded;
  return others;
};
module.exports = require('./guard.cjs');
Module._load = load;
`;

describe('an editor without chat and language models', () => {
  it('still guards saves, and the doctor names what is missing', async (t) => {
    const dist = join(mkdtempSync(join(tmpdir(), 'sentinel-fork-')), 'dist');
    t.after(() => rmSync(dirname(dist), { recursive: true, force: true }));
    cpSync(built, dist, { recursive: true });
    renameSync(join(dist, 'extension.cjs'), join(dist, 'guard.cjs'));
    writeFileSync(join(dist, 'extension.cjs'), FORK);
    await using window = await GuardedWindow.open({ extension: dist });
    const { workbench, server } = window;
    using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal(disk.everSeen(), false);
    await workbench.command('sentinelai.doctor');
    const report = await server.bridge(
      "return (await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'sentinelai-report', path: '/Sentinel AI doctor.md' }))).getText();",
      z.string(),
    );
    // The report is Markdown in which every sign is taken for itself.
    assert.match(report.replaceAll('\\', ''), /not available in this editor: the chat participant/);
    await workbench.revertAll();
  });
});

describe('two windows on one workspace', () => {
  it('have a verifier and a chain each, hold the same file each, and what one approves is no news to the other', async () => {
    await using window = await GuardedWindow.open();
    const { ledger } = window;
    const [first, second] = await window.workbench.twice();
    await second.waitForExtension('sentinelai.sentinelai-guard');
    const pids = await Promise.all([verifierPid(first.server), verifierPid(second.server)]);
    assert.notEqual(pids[0], pids[1]);
    await until('both sessions are on record', () => new Set(ledger.entries().map(({ chain }) => chain)).size === 2);

    using disk = new DiskWatch(window.server.workspace, [SCRIPT], WIPE);
    for (const workbench of [first, second]) {
      await workbench.page.bringToFront();
      await workbench.openFile(SCRIPT);
      await workbench.typeAtEnd(`${WIPE}\n`);
      await workbench.save();
      await workbench.dialog.press('Deny');
      await workbench.dialog.closed();
      assert.equal(await workbench.isDirty(SCRIPT), true);
    }
    assert.equal(disk.everSeen(), false);

    await second.revertAll();
    await first.page.bringToFront();
    const mark = ledger.mark();
    await first.focusEditor();
    await first.typeAtEnd('# decided here\n');
    await first.save();
    await first.dialog.press('Approve');
    await first.dialog.typeReason('A test of two windows');
    await until('it is saved', () => window.read(SCRIPT).includes('# decided here'));
    // What the second window sees of it comes within a second of the write.
    await second.page.waitForTimeout(2500);
    assert.deepEqual(
      mark.all('assessment').filter(({ timing }) => timing === 'after'),
      [],
    );
    assert.deepEqual(await second.notifications(), []);

    window.write(SCRIPT, `${window.read(SCRIPT)}rm -rf ~\n`);
    const found = await mark.find('assessment', ({ timing, verdict }) => timing === 'after' && verdict === 'block');
    assert.equal(found.subject.name, SCRIPT);
  });
});

describe('a workspace of several folders', () => {
  it('is guarded in each, under the policies of all', async (t) => {
    await using window = await GuardedWindow.open();
    const { workbench, server, ledger } = window;
    const roots = [server.workspace, join(dirname(server.workspace), 'second')];
    for (const [index, root] of roots.entries()) {
      const name = `house-${index + 1}`;
      const folder = join(root, '.sentinelai/policies', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'policy.md'), policyMd(name));
      writeFileSync(join(folder, 'rules.yaml'), rulesYaml());
      mkdirSync(join(root, 'lib'), { recursive: true });
      writeFileSync(join(root, 'lib/part.py'), 'allowed = 1\n');
    }
    const description = join(dirname(server.workspace), 'both.code-workspace');
    writeFileSync(description, JSON.stringify({ folders: roots.map((path) => ({ path })) }));
    t.after(() => rmSync(description, { force: true }));
    await workbench.openWorkspaceFile(description);
    await window.ready();
    for (const root of roots) {
      const path = join(root, 'lib/part.py');
      const mark = ledger.mark();
      await workbench.openFile(path);
      await workbench.typeAtEnd('forbidden = 2\n');
      await workbench.save();
      await workbench.dialog.press('Deny');
      await workbench.dialog.closed();
      assert.equal(readFileSync(path, 'utf8'), 'allowed = 1\n');
      const held = await mark.find('assessment', ({ verdict }) => verdict === 'review');
      assert.equal(held.subject.name, 'lib/part.py');
      assert.deepEqual(held.findings.map(({ ruleId }) => ruleId).sort(), ['house-1.forbidden-word', 'house-2.forbidden-word']);
      await workbench.revertAll();
    }
  });
});
