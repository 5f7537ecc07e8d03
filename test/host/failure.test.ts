import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { DiskWatch } from './diskWatch.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { until } from './until.ts';
import { freezeVerifier, isAlive, killVerifier, verifierPid } from './verifierProcess.ts';

const WIPE = 'rm -rf /';
const GUARD = '@sentinelai-guard';
const SCRIPT = 'scripts/backup.sh';

describe('the verifier and the window failing in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open();
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  /** A restart is complete when another process serves and a safe answer comes through. */
  async function worksAgain(deadPid: number): Promise<void> {
    await until('another verifier runs', () => window.verifier() !== undefined && window.verifier() !== deadPid, { timeout: 40_000 });
    await until(
      'the next request works',
      async () => {
        await window.workbench.chat.start();
        await window.workbench.chat.send(`${GUARD} a safe answer`);
        return (await window.workbench.chat.answer()).includes('localeCompare');
      },
      { timeout: 60_000, every: 1000 },
    );
  }

  async function offersActions(): Promise<void> {
    const shown = async () => `${(await window.workbench.notifications()).join('\n')}\n${await window.workbench.chat.lastAnswerSoFar()}`;
    await until('an error offers Restart and Show Log', async () => /restart/i.test(await shown()) && /show log/i.test(await shown()));
  }

  it('holds an answer back when the verifier is killed with its dialog open', async () => {
    const { workbench, ledger } = window;
    const pid = await window.ready();
    await workbench.chat.start();
    const drawn = await workbench.chat.watchFor(WIPE);
    await workbench.chat.send(`${GUARD} clean up`);
    await workbench.dialog.read();
    const mark = ledger.mark();
    await killVerifier(pid);
    await workbench.dialog.press('Approve');
    await workbench.dialog.typeReason('Nobody can record this');
    await workbench.chat.answer();
    await offersActions();
    assert.equal(await drawn(), false, 'shown without a recorded decision');
    const decision = await mark.find('decision');
    assert.equal(decision.choice, 'deny');
    assert.equal(decision.cause, 'recovered');
    await worksAgain(pid);
  });

  it('holds a prompt back when the verifier is killed during its check', async () => {
    const { workbench } = window;
    const pid = await window.ready();
    const before = await window.modelCalls();
    freezeVerifier(pid);
    await workbench.chat.start();
    await workbench.chat.send(`${GUARD} a safe answer`);
    await workbench.page.waitForTimeout(500);
    await killVerifier(pid);
    const answer = await workbench.chat.answer();
    assert.equal(await window.modelCalls(), before, 'the model was called without a check');
    assert.equal(answer.includes('localeCompare'), false);
    await offersActions();
    await worksAgain(pid);
  });

  for (const { name, fail } of [
    { name: 'is killed', fail: killVerifier },
    { name: 'does not answer', fail: async () => undefined },
  ]) {
    it(`holds a save back when the verifier ${name} during its check`, async () => {
      const { workbench, server } = window;
      const pid = await window.ready();
      const line = `# a harmless line, written while the verifier ${name}`;
      using disk = new DiskWatch(server.workspace, [SCRIPT], line);
      await workbench.openFile(SCRIPT);
      await workbench.typeAtEnd(`${line}\n`);
      freezeVerifier(pid);
      await workbench.save();
      await workbench.page.waitForTimeout(200);
      await fail(pid);
      await offersActions();
      assert.equal(await workbench.isDirty(SCRIPT), true);
      assert.equal(disk.everSeen(), false, 'saved without a check');
      await worksAgain(pid);
      await workbench.command('notifications.hideToasts');
      await workbench.focusEditor();
      await workbench.save();
      await until('the next save goes through', () => window.read(SCRIPT).includes(line));
      await until('the hung verifier is gone', () => !isAlive(pid));
    });
  }

  it('records a denial when the window is reloaded with a dialog open', async () => {
    const { workbench, ledger } = window;
    const pid = await window.ready();
    await workbench.chat.start();
    const mark = ledger.mark();
    await workbench.chat.send(`${GUARD} clean up`);
    await workbench.dialog.read();
    const assessment = await mark.find('assessment', (event) => event.verdict === 'block');
    await workbench.reload();
    await window.ready();
    const decision = await mark.find('decision', (event) => event.assessmentId === assessment.assessmentId);
    assert.equal(decision.choice, 'deny');
    await mark.find('outcome', (event) => event.assessmentId === assessment.assessmentId && event.outcome === 'withheld');
    await until('the old verifier is gone', () => !isAlive(pid));
    assert.notEqual(await verifierPid(window.server), pid);
  });
});

describe('an extension host that dies in a real VS Code', () => {
  it('leaves no verifier behind', async () => {
    await using window = await GuardedWindow.open();
    const pid = await window.ready();
    process.kill(window.server.extensionHostPid(), 'SIGKILL');
    await until('the verifier ended by itself', () => !isAlive(pid));
  });
});
