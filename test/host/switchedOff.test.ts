import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { GuardedWindow } from './guardedWindow.ts';
import { until } from './until.ts';

const SCRIPT = 'scripts/backup.sh';
const WIPE = 'rm -rf /';

describe('a guard that is weakened by settings, in a real VS Code', () => {
  it('says in red and on record that a repository switched the save guard off, and still finds what is saved past it', async () => {
    const prepare = (workspace: string) => {
      mkdirSync(join(workspace, '.vscode'));
      writeFileSync(join(workspace, '.vscode/settings.json'), '{ "editor.codeActionsOnSave": [], "sentinelai.enabled": false }\n');
    };
    await using window = await GuardedWindow.open({ prepare });
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await until('the status bar says so', async () => /Sentinel: save guard off/.test(await workbench.statusBar()));
    await until('it is on record', () =>
      ledger.entries().some(({ event }) => event?.type === 'notice' && event.notice === 'save-guard-bypassed'),
    );
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.command('workbench.action.files.saveWithoutFormatting');
    const assessment = await mark.find('assessment', (event) => event.timing === 'after' && event.verdict === 'block');
    assert.ok(assessment.unassessed);
    await until('a warning is on screen', async () => (await workbench.notifications()).some((text) => /backup\.sh/.test(text)));
  });

  it('records that it is switched off before it stops', async () => {
    await using window = await GuardedWindow.open();
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.setting('sentinelai.enabled', false);
    await mark.find('notice', (event) => event.notice === 'guard-off');
    await mark.find('session-close', (event) => event.reason === 'clean');
    await until('the status bar says so', async () => /Sentinel: off/.test(await workbench.statusBar()));
    await workbench.setting('sentinelai.enabled', true);
    await mark.find('notice', (event) => event.notice === 'guard-on');
  });
});
