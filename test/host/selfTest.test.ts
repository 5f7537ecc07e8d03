import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { EXTENSION_ID } from './extensionFolder.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { readSelfTest, type SelfTestLine } from './selfTestReport.ts';
import { until } from './until.ts';

const pictures = join(import.meta.dirname, '../../test-output/self-test');

/** What this editor lets a program try without a person; everything else must be `ok`. */
const NOT_TRIED = ['Auto save on a change of focus', 'Auto save after a delay', 'First save of an untitled text, and Save As'];

function notOk(lines: readonly SelfTestLine[]): string[] {
  return lines.filter(({ mark, what }) => mark !== 'ok' && !(mark === 'not tested' && NOT_TRIED.includes(what))).map(({ line }) => line);
}

/** Copies of held texts, by window. */
function heldCopies(profile: string): string[] {
  const storage = join(profile, 'data/User/workspaceStorage');
  return readdirSync(storage, { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]held[\\/]held-/.test(name));
}

describe('the self-test in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open();
  });
  after(() => window[Symbol.asyncDispose]());

  const openTabs = () =>
    window.server.bridge('return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));', z.array(z.string()));
  const scratch = () => join(window.server.profile, 'data/User/globalStorage', EXTENSION_ID, 'self-test');

  it('finds every door held, asks nobody, and leaves nothing behind but its entries in the ledger', async () => {
    const { workbench, ledger, server } = window;
    await workbench.showFile('README.md');
    const files = readdirSync(server.workspace);
    const mark = ledger.mark();
    let dialogs = 0;
    const watching = setInterval(() => void workbench.dialog.isOpen().then((isOpen) => isOpen && dialogs++), 100);
    const lines = await readSelfTest(window, join(pictures, 'report.png'));
    clearInterval(watching);
    assert.deepEqual(notOk(lines), []);
    assert.equal(dialogs, 0, 'a dialog was on the screen');
    assert.deepEqual(readdirSync(server.workspace), files);
    assert.deepEqual(existsSync(scratch()) ? readdirSync(scratch()) : [], []);
    assert.deepEqual(
      (await openTabs()).filter((label) => label.includes('sentinel-self-test')),
      [],
    );
    const told = (await workbench.notifications()).join('\n');
    assert.match(told, /Self-test passed/);
    assert.doesNotMatch(told, /sentinel-self-test-/);
    const decisions = mark.all('decision');
    assert.ok(decisions.length > 5 && decisions.every(({ choice }) => choice === 'deny'));
    const sessions = mark.all('assessment').map(({ sessionId, subject }) => `${sessionId} ${subject.name ?? ''}`);
    assert.deepEqual(
      sessions.filter((text) => !text.includes('sentinel-self-test-')),
      [],
      'entries that no report could leave out',
    );
    assert.equal(await workbench.isDirty('README.md'), false);
    const marked = `return vscode.languages.getDiagnostics().filter(([, found]) => found.length > 0).map(([uri]) => uri.path);`;
    await until('nothing is marked any more', async () => (await server.bridge(marked, z.array(z.string()))).length === 0);
    await until('no copy of its texts is kept', () => heldCopies(server.profile).length === 0);
  });

  it('is copied without private paths and names', async () => {
    const { workbench, server } = window;
    await workbench.command('sentinelai.copySelfTest');
    const text = await server.bridge('return vscode.env.clipboard.readText();', z.string());
    assert.match(text, /^Sentinel AI self-test/);
    assert.match(text, /\[ok\] Save by an extension or agent/);
    for (const secret of [server.workspace, server.profile, join(server.profile, 'home')])
      assert.equal(text.includes(secret), false, secret);
  });

  it('tries auto save where it is switched on, and finds it held', async () => {
    const { workbench } = window;
    for (const [value, what] of [
      ['afterDelay', 'Auto save after a delay'],
      ['onFocusChange', 'Auto save on a change of focus'],
    ] as const) {
      await workbench.setting('files.autoSave', value);
      const lines = await readSelfTest(window, join(pictures, `${value}.png`));
      assert.equal(lines.find((line) => line.what === what)?.mark, 'ok', lines.map(({ line }) => line).join('\n'));
    }
    await workbench.setting('files.autoSave', 'off');
  });

  it('can be stopped, and leaves nothing behind then either', async () => {
    const { workbench, server } = window;
    await workbench.command('notifications.clearAll');
    await workbench.startCommand('sentinelai.selfTest');
    await until('it is under way', async () => (await workbench.notifications()).some((text) => /document\.save/.test(text)), {
      every: 10,
    });
    await workbench.clickNotification('Cancel');
    await until('it says so', async () => (await workbench.notifications()).some((text) => /Self-test stopped/.test(text)));
    await until('the folder is gone', () => !existsSync(scratch()) || readdirSync(scratch()).length === 0);
    assert.deepEqual(
      (await openTabs()).filter((label) => label.includes('sentinel-self-test')),
      [],
    );
    assert.deepEqual(
      readdirSync(server.workspace).filter((name) => name.includes('self-test')),
      [],
    );
    await workbench.command('notifications.clearAll');
  });

  it('removes at the next start what a run has left whose window was closed', async () => {
    const { workbench, server } = window;
    await workbench.command('notifications.clearAll');
    await workbench.startCommand('sentinelai.selfTest');
    await until('it is under way', async () => (await workbench.notifications()).some((text) => /document\.save/.test(text)), {
      every: 10,
    });
    await workbench.reload();
    await window.ready();
    writeFileSync(join(server.workspace, 'kept.sh'), 'true\n');
    await until('the folder is gone', () => !existsSync(scratch()) || readdirSync(scratch()).length === 0);
    assert.deepEqual(
      readdirSync(server.workspace).filter((name) => name.includes('self-test')),
      [],
    );
    await until('no editor of it is open', async () => !(await openTabs()).some((label) => label.includes('sentinel-self-test')));
    assert.equal(
      (await workbench.notifications()).some((text) => text.includes('sentinel-self-test')),
      false,
    );
  });
});
