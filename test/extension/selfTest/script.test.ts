import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Unchecked } from '../../../extension/core/breakGlass.ts';
import type { Question } from '../../../extension/core/ports.ts';
import { SelfTestScript } from '../../../extension/core/selfTest/script.ts';
import { VerifierError } from '../../../extension/core/verifierError.ts';
import { sha256 } from '../../../verifier/protocol/digest.ts';
import { FakeDialog } from '../fakes.ts';

const OWN_TEXT = 'rm -rf / 0011';
const OWN_FILE = '/scratch/mark-1.sh';

function question(...about: NonNullable<Question['about']>): Question {
  return { message: 'm', detail: 'd', buttons: ['Deny', 'Approve'], about };
}

function setting() {
  const person = new FakeDialog();
  person.answers = ['Approve', 'Approve', 'Approve'];
  const script = new SelfTestScript();
  script.ownText(OWN_TEXT);
  script.ownFile(OWN_FILE);
  return { person, script, dialog: script.dialogOver(person) };
}

describe("the self-test's answers to the guard's questions", () => {
  const own = { digest: sha256(OWN_TEXT) };
  const ownFile = { digest: sha256('any text'), path: OWN_FILE };
  const others = { digest: sha256('rm -rf /'), path: '/project/mark-1.sh' };

  for (const [what, about] of [
    ['one of its texts', [own]],
    ['one of its files', [ownFile]],
    ['several, all its own', [own, ownFile]],
  ] as const) {
    it(`deny ${what}, without asking the person`, async () => {
      const { person, dialog } = setting();
      assert.equal(await dialog.ask(question(...about)), 'Deny');
      assert.equal(person.questions.length, 0);
    });
  }

  for (const [what, asked] of [
    ["about somebody else's text", question(others)],
    ["about several, one of them somebody else's", question(own, others)],
    ['about nothing in particular', { message: 'm', detail: 'd', buttons: ['Keep', 'Discard'] }],
  ] as const) {
    it(`leave a question ${what} to the person`, async () => {
      const { person, dialog } = setting();
      assert.equal(await dialog.ask(asked), 'Approve');
      assert.equal(person.questions.length, 1);
    });
  }

  it('end with it: the same question is the person’s from then on', async () => {
    const { person, dialog, script } = setting();
    script.end();
    assert.equal(await dialog.ask(question(own)), 'Approve');
    await dialog.tell('warning', 'mark-1.sh was held back');
    assert.equal(person.told.length, 1);
  });

  it('are counted, by text and by file', async () => {
    const { dialog, script } = setting();
    assert.equal(script.timesAskedAboutText(OWN_TEXT) + script.timesAskedAboutFile(OWN_FILE), 0);
    await dialog.ask(question(own));
    await dialog.ask(question(ownFile));
    assert.deepEqual([script.timesAskedAboutText(OWN_TEXT), script.timesAskedAboutFile(OWN_FILE)], [1, 1]);
  });

  it('keep notifications about its files off the screen, and no others', async () => {
    const { person, dialog, script } = setting();
    await dialog.tell('warning', 'mark-1.sh was held back; its text stays in the editor.', 'Decide');
    await dialog.tell('warning', 'not-mark-1.sh was held back; its text stays in the editor.', 'Decide');
    assert.deepEqual(person.told, ['not-mark-1.sh was held back; its text stays in the editor.']);
    assert.equal(script.wasTold(OWN_FILE), true);
  });

  it('never let anything of its own go on without a check', async () => {
    const { script } = setting();
    const breakGlass = script.breakGlassOver({ offer: async () => 'go' });
    const problem = new VerifierError('unreachable', 'gone');
    const what: Unchecked = { action: 'prompt', text: OWN_TEXT, label: 'the prompt', told: 'The prompt was held back' };
    assert.equal(await breakGlass.offer(what, problem), 'hold');
    assert.equal(await breakGlass.offer({ ...what, action: 'save', text: 'other', name: OWN_FILE }, problem), 'hold');
    assert.equal(await breakGlass.offer({ ...what, text: 'other' }, problem), 'go');
  });
});
