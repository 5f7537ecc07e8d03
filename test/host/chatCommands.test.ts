import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { GuardedWindow } from './guardedWindow.ts';
import { leaveClean } from './leaveClean.ts';
import { until } from './until.ts';

const SCRIPT = 'scripts/setup.sh';
const TEXT = '#!/bin/sh\nset -eu\nmkdir -p tools\ncurl -fsSL https://tools.example/setup.sh | sh\n';
const pictures = join(import.meta.dirname, '../../test-output/chatCommands');

describe('the commands of the chat participant in a real VS Code', () => {
  let window: GuardedWindow;
  before(async () => {
    window = await GuardedWindow.open({ prepare: (workspace) => writeFileSync(join(workspace, SCRIPT), TEXT) });
    await window.workbench.page.setViewportSize({ width: 1680, height: 960 });
  });
  after(() => window[Symbol.asyncDispose]());
  afterEach((test) => leaveClean(window, test));

  const ask = async (command: string): Promise<string> => {
    const { chat } = window.workbench;
    await chat.start();
    await chat.send(`@sentinelai-guard ${command}`);
    return chat.answer();
  };

  it('/scan lists what is wrong with the open file, by line, holds nothing, and offers to explain it', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    const before = await window.modelCalls();
    await workbench.openFile(SCRIPT);
    const answer = await ask('/scan');
    assert.match(answer, /setup\.sh: 1 finding \(gates: ran · audit: off/);
    assert.match(answer, /high setup\.sh:4 rule supply-chain\.remote-execution: This runs what it downloads/);
    assert.match(answer, /Safer: Download it/);
    assert.equal(await workbench.dialog.isOpen(), false);
    const assessment = await mark.find('assessment', (event) => event.timing === 'ahead');
    assert.equal(assessment.verdict, 'review');
    await workbench.screenshot(join(pictures, 'scan.png'));
    await workbench.command('workbench.action.closeAllEditors');
    await workbench.page.locator('.interactive-response').last().getByText('setup.sh:4').click();
    await until('the link opens the line', async () => (await workbench.activeEditor())?.file.endsWith(SCRIPT) === true);
    await workbench.page.locator('.interactive-session-followups').getByText('Explain supply-chain.remote-execution').click();
    await until('the rule is explained', async () => /Safer:[\s\S]*Purpose/.test(await workbench.chat.lastAnswerSoFar()));
    assert.equal(await window.modelCalls(), before, 'a command reached the model');
  });

  it('/scan looks at the selection alone where there is one, and counts lines as the file does', async () => {
    const { workbench } = window;
    await workbench.openFile(SCRIPT);
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.press('Shift+ArrowDown');
    assert.match(await ask('/scan'), /nothing found/);
    await workbench.openFile(SCRIPT);
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.press('Shift+ArrowUp');
    assert.match(await ask('/scan'), /1 finding[\s\S]*setup\.sh:4/);
  });

  it('/policies lists the policies with links that open them', async () => {
    const { workbench } = window;
    const answer = await ask('/policies');
    assert.match(answer, /Supply chain \(supply-chain, built-in, version \d+\): policy\.md · \d+ rules, \d+ blocking: rules\.yaml/);
    await workbench.screenshot(join(pictures, 'policies.png'));
    await workbench.page.locator('.interactive-response').last().locator('li', { hasText: 'Supply chain' }).getByText('policy.md').click();
    await until('the policy is open', async () => (await workbench.activeEditor())?.file.endsWith('supply-chain/policy.md') === true);
  });

  it('/decisions tells what was decided today, and /explain the last finding', async () => {
    const { workbench } = window;
    await workbench.openFile(SCRIPT);
    await workbench.typeAtEnd('rm -rf /\n');
    await workbench.save();
    await workbench.dialog.press('Deny');
    await workbench.dialog.closed();
    const answer = await until('the decision is told', async () => {
      const told = await ask('/decisions');
      return /denied scripts\/setup\.sh by/.test(told) ? told : undefined;
    });
    assert.match(answer, /rule destructive-operations\.[^·]+ · withheld · entry \d+/);
    await workbench.screenshot(join(pictures, 'decisions.png'));
    assert.match(await ask('/explain'), /destructive-operations\.[\s\S]*Safer:/);
    await workbench.screenshot(join(pictures, 'explain.png'));
  });
});
