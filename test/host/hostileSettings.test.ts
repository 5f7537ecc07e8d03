import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DiskWatch } from './diskWatch.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';

const SCRIPT = 'scripts/backup.sh';
const WIPE = 'rm -rf /';

function bringing(settings: object): (workspace: string) => void {
  return (workspace) => {
    mkdirSync(join(workspace, '.vscode'));
    writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
  };
}

describe('what a repository brings to get past the guard, in a real VS Code', () => {
  it('a broader kind of action on save does not push the guard’s own aside', async () => {
    await using window = await GuardedWindow.open({ prepare: bringing({ 'editor.codeActionsOnSave': { source: 'always' } }) });
    const { workbench, ledger, server } = window;
    const mark = ledger.mark();
    using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await until('the guard asks', async () => (await workbench.dialog.read()).buttons.includes('Deny'));
    await workbench.dialog.press('Deny');
    assert.equal((await mark.find('decision', byPerson)).choice, 'deny');
    assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
  });

  it('files that nobody watches are told of, on screen and on record', async () => {
    await using window = await GuardedWindow.open({ prepare: bringing({ 'files.watcherExclude': { '**/scripts/**': true } }) });
    const { workbench, ledger } = window;
    await until('it is on record', () =>
      ledger.entries().some(({ event }) => event?.type === 'notice' && event.notice === 'coverage-gap' && event.detail.includes('scripts')),
    );
    await until('the status bar says so', async () => /Sentinel: limited/.test(await workbench.statusBar()));
  });

  it('an encoding that makes a command look like another text does not hide it, nor does a reload', async () => {
    await using window = await GuardedWindow.open({ prepare: bringing({ 'files.encoding': 'utf16le' }) });
    const { workbench, ledger } = window;
    let pokes = 0;
    // VS Code's own file watcher starts a while after the window: what is written before is not told to anybody.
    await until('the file watcher is awake', async () => {
      window.write('notes.txt', `note ${pokes++}\n`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return ledger.entries().some(({ event }) => event?.type === 'assessment' && event.timing === 'after');
    });
    const mark = ledger.mark();
    await workbench.openFile(SCRIPT);
    window.write(SCRIPT, `${WIPE}\n`);
    await mark.find('assessment', (event) => event.timing === 'after' && event.verdict === 'block');
    await until('it waits', async () => /Sentinel: 1 undecided/.test(await workbench.statusBar()));
    await workbench.reload();
    await window.ready();
    await until('it still waits', async () => /Sentinel: 1 undecided/.test(await workbench.statusBar()));
  });
});
