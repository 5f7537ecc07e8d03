import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packExtension, packedFiles } from '../../build/package.ts';
import { EXTENSION_ID, removeFolder } from './extensionFolder.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { until } from './until.ts';

/** design budget: 6 MB */
const MAX_BYTES = 6 * 1024 * 1024;

describe('the packaged extension', () => {
  let folder: string;
  let vsix: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sentinel-vsix-'));
    vsix = await packExtension(join(folder, 'guard.vsix'));
  });
  after(() => removeFolder(folder));

  it('is within its budget of size', () => {
    const { size } = statSync(vsix);
    assert.ok(size > 100_000 && size <= MAX_BYTES, `${size} bytes`);
  });

  it('holds bundles, policies and media, and nothing of sources or tests', async () => {
    const files = await packedFiles();
    for (const wanted of ['dist/extension.cjs', 'dist/sidecar.mjs', 'dist/gatesWorker.mjs', 'dist/grammars/tree-sitter-bash.wasm']) {
      assert.ok(files.includes(wanted), `${wanted} is missing`);
    }
    assert.ok(files.some((name) => /^policies\/[^/]+\/rules\.yaml$/.test(name)));
    assert.deepEqual(
      files.filter((name) => !/^(dist|policies|media|l10n)\/|^(package(\.nls)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(name)),
      [],
    );
  });

  it('installs from the file, activates, and passes its own self-test', async () => {
    await using window = await GuardedWindow.open({ extension: vsix });
    const mark = window.ledger.mark();
    await window.workbench.startCommand('sentinelai.selfTest');
    await mark.find('assessment', (event) => event.verdict === 'block');
    await mark.find('assessment', (event) => event.verdict === 'pass');
  });

  it('leaves its ledger where it is when it is uninstalled, with a note beside it', async () => {
    await using window = await GuardedWindow.open({ extension: vsix });
    const { ledger, server } = window;
    await window.workbench.startCommand('sentinelai.selfTest');
    await until('the self-test is on record', () => ledger.entries().some(({ event }) => event?.type === 'assessment'));
    const own = join(server.profile, 'data/User/globalStorage', EXTENSION_ID);
    assert.ok(existsSync(own), 'the extension keeps something in the storage that VS Code gives it');
    await server.commandLine(['--uninstall-extension', EXTENSION_ID]);
    await server.restart();
    await window.workbench.reload();
    const note = join(dirname(ledger.folder), 'ABOUT-THIS-FOLDER.txt');
    await until('VS Code has run the uninstall script', () => existsSync(note), { timeout: 60_000 });
    await until("VS Code has removed the extension's own storage", () => !existsSync(own), { timeout: 60_000 });
    assert.ok(ledger.entries().length > 0);
  });
});
