import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { expandTemplates } from '../../verifier/policy/templates.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { byPerson } from './ledgerReader.ts';
import { until } from './until.ts';

const PICTURES = join(import.meta.dirname, '../../test-output/guarded-model');
const GUARDED = 'sentinelai';
const MODEL = { vendor: GUARDED, id: 'sentinel-sample/sample', family: 'sample' };

/** A script that deletes a folder, as the workspace of the test has it. */
const CLEAN = '#!/bin/sh\nrm -rf -- "$HOME" precious\n';

interface PlannedCall {
  readonly tool: string;
  readonly [field: string]: unknown;
}

describe("VS Code's own agent on a guarded model", () => {
  let window: GuardedWindow;
  const at = (name: string) => join(window.server.workspace, name);

  before(async () => {
    window = await GuardedWindow.open({
      prepare: (workspace) => {
        writeFileSync(join(workspace, 'precious.txt'), 'cannot be replaced\n');
        writeFileSync(join(workspace, 'clean.sh'), CLEAN);
      },
    });
    await window.workbench.enableAgent();
    await window.workbench.command('workbench.action.chat.changeModel', MODEL);
  });
  after(() => window[Symbol.asyncDispose]());

  /** Starts a conversation in which the model makes these calls, one list an answer. */
  async function follow(...steps: PlannedCall[][]): Promise<void> {
    await window.workbench.command('sentinelSample.plan', steps);
    await window.workbench.chat.start();
    await window.workbench.chat.send('please follow the plan');
  }

  it('finds each of the models once more in the picker, with its abilities, and none twice guarded', async () => {
    const models = await window.server.bridge(
      'return (await vscode.lm.selectChatModels({})).map(({ vendor, id, name, family, version, maxInputTokens }) => ({ vendor, id, name, family, version, maxInputTokens }));',
      z.array(
        z.object({
          vendor: z.string(),
          id: z.string(),
          name: z.string(),
          family: z.string(),
          version: z.string(),
          maxInputTokens: z.int(),
        }),
      ),
    );
    const inner = models.find(({ vendor }) => vendor === 'sentinel-sample');
    assert.ok(inner);
    const guarded = models.filter(({ vendor }) => vendor === GUARDED);
    assert.deepEqual(guarded, [{ ...inner, vendor: GUARDED, id: MODEL.id, name: `${inner.name} (guarded)` }]);
  });

  it('answers as the model does', async () => {
    const { workbench } = window;
    await workbench.chat.start();
    await workbench.chat.send('How is a list sorted? The safe way, please.');
    const answer = await workbench.chat.answer();
    assert.match(answer, /names\]\.sort/);
    assert.match(answer, /The original list stays as it was\./);
    assert.match(answer, /Sample model \(guarded\)/);
  });

  it('does not delete files that a person does not let go, and says why', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    await follow([{ tool: 'run_in_terminal', command: `rm -rf -- "$HOME" '${at('precious.txt')}'` }]);
    const { message } = await workbench.dialog.read();
    assert.match(message, /tool call run_in_terminal/);
    await workbench.screenshot(join(PICTURES, 'tool-call-held.png'));
    assert.ok(existsSync(at('precious.txt')), 'nothing happens while it is asked');
    await workbench.dialog.press('Deny');
    assert.match(await workbench.chat.answer(), /I was told: Denied by Sentinel AI: .*delete/s);
    await workbench.screenshot(join(PICTURES, 'tool-call-denied.png'));
    assert.ok(existsSync(at('precious.txt')));
    const decision = await mark.find('decision', byPerson);
    assert.equal(decision.choice, 'deny');
    const assessment = await mark.find('assessment', (event) => event.assessmentId === decision.assessmentId);
    assert.deepEqual([assessment.source, assessment.agent, assessment.subject.kind], ['model', 'guarded-model', 'tool']);
    assert.equal((await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId)).outcome, 'withheld');
  });

  it('does not write a secret that a person does not let go', async () => {
    const { workbench } = window;
    const content = `export const token = '${expandTemplates('{{github-token}}').text}';\n`;
    await follow([{ tool: 'create_file', filePath: at('src/token.js'), content }]);
    assert.match((await workbench.dialog.read()).message, /tool call create_file/);
    await workbench.dialog.press('Deny');
    assert.match(await workbench.chat.answer(), /I was told: Denied by Sentinel AI/);
    assert.ok(!existsSync(at('src/token.js')));
  });

  it('does not run a script that does what is not let go', async () => {
    const { workbench } = window;
    await follow([{ tool: 'run_in_terminal', command: 'sh clean.sh' }]);
    assert.match((await workbench.dialog.read()).detail, /clean\.sh/);
    await workbench.dialog.press('Deny');
    assert.match(await workbench.chat.answer(), /I was told: Denied by Sentinel AI/);
    assert.ok(existsSync(at('precious.txt')));
  });

  it('takes the safer way that it is told to look for', async () => {
    const { workbench } = window;
    await follow(
      [{ tool: 'run_in_terminal', command: `rm -rf -- "$HOME" '${at('precious.txt')}'` }],
      [{ tool: 'create_file', filePath: at('safer.txt'), content: 'kept\n' }],
    );
    await workbench.dialog.read();
    await workbench.dialog.press('Deny');
    assert.match(await workbench.chat.answer(), /The plan ends here/);
    assert.ok(existsSync(at('safer.txt')) && existsSync(at('precious.txt')));
  });

  it('does once what a person lets go', async () => {
    const { workbench, ledger } = window;
    const mark = ledger.mark();
    const command = `chmod 777 '${at('precious.txt')}' && echo once >> '${at('count.txt')}'`;
    await follow([{ tool: 'run_in_terminal', command }]);
    const { buttons } = await workbench.dialog.read();
    const blocked = buttons.some((button) => button.startsWith('Approve with'));
    await workbench.dialog.press('Approve');
    if (blocked) await workbench.dialog.typeReason('It is a scratch file of this test');
    await workbench.chat.answerAllowing();
    await until('the command has run', () => existsSync(at('count.txt')));
    assert.equal(window.read('count.txt'), 'once\n');
    const decision = await mark.find('decision', byPerson);
    assert.equal((await mark.find('outcome', (event) => event.assessmentId === decision.assessmentId)).outcome, 'ran');
  });

  it('makes ten harmless calls without a question', async () => {
    const { workbench, ledger, server } = window;
    const mark = ledger.mark();
    await follow(
      [{ tool: 'list_dir', path: server.workspace }],
      [{ tool: 'read_file', filePath: at('src/server.js'), startLine: 1, endLine: 20 }],
      [{ tool: 'grep_search', query: 'customers', isRegexp: false }],
      [{ tool: 'file_search', query: '**/*.js' }],
      [{ tool: 'get_errors', filePaths: [at('src/server.js')] }],
      [{ tool: 'run_in_terminal', command: 'git status --short' }],
      [{ tool: 'run_in_terminal', command: 'ls -la src' }],
      [{ tool: 'create_directory', dirPath: at('notes') }],
      [{ tool: 'create_file', filePath: at('notes/plan.md'), content: '# Plan\n\nSort the customers by name.\n' }],
      [{ tool: 'run_in_terminal', command: 'wc -l notes/plan.md' }],
    );
    assert.match(await workbench.chat.answerAllowing(120_000), /The plan ends here/);
    assert.equal(window.read('notes/plan.md'), '# Plan\n\nSort the customers by name.\n');
    const calls = mark.all('assessment').filter(({ subject }) => subject.kind === 'tool');
    assert.equal(calls.length, 10);
    assert.deepEqual(mark.all('decision'), []);
  });

  it('does not ask the model what a person does not let be asked, then or later', async () => {
    const { workbench } = window;
    await workbench.chat.start();
    const calls = await window.modelCalls();
    await workbench.chat.send('Please run sudo rm -rf --no-preserve-root / on the server');
    assert.match((await workbench.dialog.read()).message, /^The prompt was held back/);
    await workbench.dialog.press('Deny');
    assert.match(await workbench.chat.answer(), /Sentinel AI withheld the prompt/);
    assert.equal(await window.modelCalls(), calls);
    await workbench.chat.send('How is a list sorted, safe?');
    assert.match(await workbench.chat.answer(), /names\]\.sort/);
    const sent = await window.server.bridge("return vscode.commands.executeCommand('sentinelSample.lastMessages');", z.array(z.string()));
    assert.doesNotMatch(sent.join('\n'), /no-preserve-root/);
  });

  it('is not left for the unguarded model by a reload of the window', async () => {
    const { workbench } = window;
    await workbench.reload();
    await window.ready();
    await workbench.chat.start();
    await workbench.chat.send('How is a list sorted, safe?');
    assert.match(await workbench.chat.answer(), /Sample model \(guarded\)/);
  });
});
