import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { until } from './until.ts';
import { killVerifier } from './verifierProcess.ts';

const SCRIPT = 'scripts/backup.sh';
const CONTINUE = 'Continue Without the Guard';
const pictures = join(import.meta.dirname, '../../test-output/host');

describe('a verifier that cannot be had, in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open();
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  const program = () => join(window.extensionFolder(), 'dist/sidecar.mjs');

  /** As an antivirus does: the verifier's program is gone, so no restart helps. */
  async function takeAway(): Promise<void> {
    const pid = await window.ready();
    renameSync(program(), `${program()}.away`);
    await killVerifier(pid);
    await until('the status bar says so', async () => /Sentinel: verifier down/.test(await window.workbench.statusBar()));
  }

  async function giveBack(): Promise<void> {
    renameSync(`${program()}.away`, program());
    await window.workbench.command('sentinelai.restartVerifier');
    await window.ready();
  }

  const offered = () => until('the way round is offered', async () => (await window.workbench.notifications()).join().includes(CONTINUE));

  it('lets exactly one save go on by a decision with a reason, records it when it is back, and looks at the file', async () => {
    const { workbench, ledger } = window;
    const line = 'rm -rf /';
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd(`${line}\n`);
    await takeAway();
    const mark = ledger.mark();
    await workbench.save();
    await offered();
    await workbench.screenshot(join(pictures, 'break-glass-save.png'));
    assert.equal(window.read(SCRIPT).includes(line), false);
    await workbench.clickNotification(CONTINUE);
    await workbench.dialog.reasonBox().waitFor();
    await workbench.screenshot(join(pictures, 'break-glass-reason.png'));
    await workbench.dialog.typeReason('The antivirus ate the verifier');
    await until('the save goes through', () => window.read(SCRIPT).includes(line));
    const second = '# another line';
    await workbench.focusEditor();
    await workbench.typeAtEnd(`${second}\n`);
    await workbench.save();
    await offered();
    assert.equal(window.read(SCRIPT).includes(second), false, 'one decision, one save');
    await giveBack();
    const event = await mark.find('unassessed', ({ action }) => action === 'save');
    assert.equal(event.reason, 'The antivirus ate the verifier');
    assert.equal(event.subject.name, SCRIPT);
    assert.equal(event.spool.intact, true);
    await mark.find('assessment', (assessment) => assessment.timing === 'after' && assessment.verdict === 'block');
    await until('it is told', async () => (await workbench.notifications()).join().includes('1 save went on without the guard'));
    await workbench.screenshot(join(pictures, 'break-glass-recorded.png'));
    const state = join(window.server.profile, 'home/.local/share/sentinelai-guard/spool');
    assert.deepEqual(
      readdirSync(state).filter((name) => name.endsWith('.jsonl')),
      [],
    );
  });

  it('lets one prompt go on by a decision, and says in the chat that nothing was checked', async () => {
    const { workbench, ledger } = window;
    await takeAway();
    const mark = ledger.mark();
    const calls = await window.modelCalls();
    await workbench.chat.start();
    await workbench.chat.send('@sentinelai-guard a safe answer');
    await offered();
    assert.equal(await window.modelCalls(), calls);
    await workbench.clickNotification(CONTINUE);
    await workbench.dialog.typeReason('The antivirus ate the verifier');
    const answer = await workbench.chat.answer();
    assert.match(answer, /Not checked/);
    assert.ok(answer.includes('localeCompare'));
    await workbench.screenshot(join(pictures, 'break-glass-chat.png'));
    await giveBack();
    await mark.find('unassessed', ({ action }) => action === 'prompt');
  });

  it('offers no way round where the machine forbids it', async () => {
    const { workbench } = window;
    await workbench.setting('sentinelai.breakGlass.allowed', false);
    await takeAway();
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd('# a harmless line\n');
    await workbench.save();
    await until('it is told', async () => (await workbench.notifications()).join().includes('was not saved'));
    assert.equal((await workbench.notifications()).join().includes(CONTINUE), false);
    await giveBack();
  });
});
