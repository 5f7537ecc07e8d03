import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { DiskWatch } from './diskWatch.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';

const WIPE = 'rm -rf /';
const SCRIPT = 'scripts/backup.sh';
const SECOND = 'scripts/restore.sh';
const CLEAN = 'src/customers.js';
const SCRIPT_TEXT = '#!/bin/sh\nset -eu\nmkdir -p backup\n';

describe('saving in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({ prepare: writeScripts });
  });
  after(() => window[Symbol.asyncDispose]());

  afterEach((test) => leaveClean(window, test));

  it('lets a clean save through without asking', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(CLEAN);
    await workbench.typeAtEnd('// ordered by name\n');
    await workbench.save();
    await until('the text is on the disk', () => window.read(CLEAN).includes('ordered by name'));
    assert.equal(await workbench.dialog.isOpen(), false);
    await mark.find('outcome', (event) => event.outcome === 'saved');
  });

  it('takes back the diagnostics of a held text that is reverted', async () => {
    const { workbench } = window;
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await workbench.dialog.press('Deny');
    await until('a diagnostic is set', async () => (await workbench.diagnostics(SCRIPT)).length > 0);
    await workbench.command('workbench.action.files.revert');
    await until('no diagnostic is left', async () => (await workbench.diagnostics(SCRIPT)).length === 0);
  });

  /** Every path to disk that VS Code lets the guard veto. */
  const held = [
    { path: 'Ctrl+S', trigger: () => window.workbench.save() },
    { path: 'Save All', trigger: () => window.workbench.startCommand('workbench.action.files.saveAll') },
    {
      path: 'closing the editor and answering Save',
      trigger: async () => {
        await window.workbench.startCommand('workbench.action.closeActiveEditor');
        await window.workbench.dialog.press('Save');
      },
    },
  ];
  for (const { path, trigger } of held) {
    it(`holds ${path}: the text is never on the disk, and stays unsaved when denied`, async () => {
      const { workbench, ledger, server } = window;
      const before = window.read(SCRIPT);
      const mark = ledger.mark();
      using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
      await workbench.openFile(SCRIPT);
      await workbench.typeAtEnd(`${WIPE}\n`);
      await trigger();
      await until('the guard asks', async () => (await workbench.dialog.read()).buttons.includes('Deny'));
      await workbench.dialog.press('Deny');
      const decision = await mark.find('decision', byPerson);
      assert.equal(decision.choice, 'deny');
      await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'withheld');
      assert.equal(await workbench.isDirty(SCRIPT), true);
      assert.equal(disk.everSeen(), false, 'the violating text was on the disk');
      assert.equal(window.read(SCRIPT), before);
      const diagnostics = await workbench.diagnostics(SCRIPT);
      assert.ok(
        diagnostics.some(({ source, severity }) => /sentinel/i.test(source ?? '') && severity === 0),
        'the held text has no Error diagnostic',
      );
    });
  }

  it('asks once about several held files and saves the clean one', async () => {
    const { workbench, ledger, server } = window;
    const mark = ledger.mark();
    using disk = new DiskWatch(server.workspace, [SCRIPT, SECOND], WIPE);
    for (const name of [SCRIPT, SECOND]) {
      await workbench.openFile(name);
      await workbench.typeAtEnd(`${WIPE}\n`);
    }
    await workbench.openFile(CLEAN);
    await workbench.typeAtEnd('// kept in memory\n');
    await workbench.startCommand('workbench.action.files.saveAll');
    const dialog = await until('one dialog for both', async () => {
      const read = await workbench.dialog.read();
      return read.buttons.includes('Deny All') ? read : undefined;
    });
    assert.match(dialog.message, /^2 /);
    await workbench.dialog.press('Deny All');
    await until('both are denied', () => mark.all('decision').filter(byPerson).length === 2);
    await workbench.dialog.closed();
    assert.ok(
      mark
        .all('decision')
        .filter(byPerson)
        .every((event) => event.choice === 'deny'),
    );
    await until('the clean file is saved', () => window.read(CLEAN).includes('kept in memory'));
    assert.equal(disk.everSeen(), false);
  });

  it('saves after an approval with a reason, once', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await workbench.openFile(SECOND);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Throw-away machine');
    await until('the text is on the disk', () => window.read(SECOND).includes(WIPE));
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'approve');
    await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId && event.outcome === 'saved');
    await workbench.typeAtEnd('rm -rf /home\n');
    await workbench.save();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal(window.read(SECOND).includes('/home'), false, 'the approval of another text was used');
  });

  it('asks anew when the text changed while the dialog was open', async () => {
    const { workbench, server } = window;
    using disk = new DiskWatch(server.workspace, [SCRIPT], WIPE);
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${WIPE}\n`);
    await workbench.save();
    await workbench.dialog.read();
    await workbench.replaceText(SCRIPT, `${SCRIPT_TEXT}${WIPE}\n# and more\n`);
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('For the first text');
    await until('the guard asks about the new text', async () => (await workbench.dialog.read()).buttons.includes('Deny'));
    await workbench.dialog.press('Deny');
    assert.equal(disk.everSeen(), false, 'the approval was used for another text');
  });

  /** Paths to disk without a veto: found afterwards, shown, recorded and restorable. */
  const unassessed = [
    {
      path: 'Save without Formatting (Ctrl+K S)',
      write: async () => {
        await window.workbench.openFile(SCRIPT);
        await window.workbench.typeAtEnd(`${WIPE}\n`);
        await window.workbench.page.keyboard.press('Control+k');
        await window.workbench.page.keyboard.press('s');
      },
    },
    {
      path: 'a write by another program',
      write: async () => window.write(SCRIPT, `${SCRIPT_TEXT}${WIPE}\n`),
    },
    {
      path: 'an edit that an extension or agent applies and saves past the guard',
      write: async () => {
        await window.workbench.replaceText(SCRIPT, `${SCRIPT_TEXT}${WIPE}\n`);
        await window.workbench.openFile(SCRIPT);
        await window.workbench.command('workbench.action.files.saveWithoutFormatting');
      },
    },
  ];
  for (const { path, write } of unassessed) {
    it(`finds ${path} at once, shows it, records it as unassessed, and can restore`, async () => {
      const { workbench, ledger } = window;
      window.write(SCRIPT, SCRIPT_TEXT);
      const mark = ledger.mark();
      await write();
      const assessment = await mark.find('assessment', (event) => event.timing === 'after' && event.verdict !== 'pass');
      assert.ok(assessment.unassessed);
      await until('a warning is on screen', async () => (await workbench.notifications()).some((text) => /backup\.sh/.test(text)));
      await until('a diagnostic is set', async () => (await workbench.diagnostics(SCRIPT)).length > 0);
      await workbench.clickNotification('Restore');
      await until('the clean text is restored', () => window.read(SCRIPT) === SCRIPT_TEXT);
    });
  }

  it('still asks at the next save about what slipped onto the disk', async () => {
    const { workbench, ledger } = window;
    window.write(SCRIPT, SCRIPT_TEXT);
    const mark = ledger.mark();
    window.write(SCRIPT, `${SCRIPT_TEXT}${WIPE}\n`);
    await mark.find('assessment', (event) => event.timing === 'after' && event.verdict !== 'pass');
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd('# a harmless line\n');
    await workbench.save();
    await until('the guard asks', async () => (await workbench.dialog.read()).buttons.includes('Deny'));
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    assert.equal(window.read(SCRIPT).includes('harmless'), false);
  });
});

function writeScripts(workspace: string): void {
  for (const name of [SCRIPT, SECOND]) writeFileSync(join(workspace, name), SCRIPT_TEXT);
}
