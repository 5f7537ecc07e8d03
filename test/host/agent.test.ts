import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { GuardedWindow } from './guardedWindow.ts';
import { until } from './until.ts';

const SCRIPT = 'scripts/backup.sh';
const BEFORE = '#!/bin/sh\nset -eu\nmkdir -p backup\n';

describe("the editor's own agent in a real VS Code", () => {
  it('is found at once when it edits a file, which no hook of the editor lets anybody veto', async () => {
    await using window = await GuardedWindow.open({ prepare: (workspace) => writeFileSync(join(workspace, SCRIPT), BEFORE) });
    const { workbench, ledger, server } = window;
    await workbench.enableAgent();
    const mark = ledger.mark();
    await workbench.chat.start();
    await workbench.chat.send(`agent edits ${join(server.workspace, SCRIPT)}`);
    await until('the agent has written', () => window.read(SCRIPT).includes('rm -rf /'));
    const assessment = await mark.find('assessment', (event) => event.timing === 'after' && event.verdict === 'block');
    assert.equal(assessment.source, 'save');
    assert.ok(assessment.unassessed);
    await until('a warning is on screen', async () => (await workbench.notifications()).some((text) => /backup\.sh/.test(text)));
    await workbench.clickNotification('Restore');
    await until('the text from before is back', () => window.read(SCRIPT) === BEFORE);
  });
});
