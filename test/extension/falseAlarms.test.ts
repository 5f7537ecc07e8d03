import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Held } from '../../extension/core/decide.ts';
import { FalseAlarms } from '../../extension/core/falseAlarms.ts';
import type { Editors } from '../../extension/core/ports.ts';
import { howToRephrase } from '../../extension/core/rephrase.ts';
import { type Chooser, Suppressing } from '../../extension/core/suppressing.ts';
import { applyChange } from '../../extension/core/textChange.ts';
import { WrongFindings } from '../../extension/core/wrongFindings.ts';
import { type SuppressionWorld, suppressionWorld } from '../assessment/suppressionWorld.ts';
import { APPROVE, DENY, NOT_A_RISK } from './buttons.ts';
import { FakeClock, FakeDialog, FakeLog, FakeStorage, finding, settle } from './fakes.ts';
import { setting } from './saveSetting.ts';
import { ServedVerifier } from './servedVerifier.ts';

const RULE = 'destructive-operations.delete-outside';
const LINE = 'rm -rf ~/cache';
const REASON = 'rebuilt every night';

/** Lists and boxes that are answered in advance: by the beginning of a label, or by the text. */
class SaidChooser implements Chooser {
  readonly asked: string[] = [];
  readonly offered: string[][] = [];
  readonly #answers: (string | undefined)[];
  constructor(answers: readonly (string | undefined)[]) {
    this.#answers = [...answers];
  }
  async choose<Value>(title: string, items: readonly { label: string; value: Value }[]): Promise<Value | undefined> {
    this.asked.push(title);
    this.offered.push(items.map(({ label }) => label));
    const answer = this.#answers.shift();
    if (answer === undefined) return undefined;
    const item = items.find(({ label }) => label.startsWith(answer));
    assert.ok(item !== undefined, `"${answer}" is offered among ${items.map(({ label }) => label).join(', ')}`);
    return item.value;
  }
  async line(title: string, _prompt: string, fault: (text: string) => string | undefined): Promise<string | undefined> {
    this.asked.push(title);
    const answer = this.#answers.shift();
    if (answer !== undefined) assert.equal(fault(answer), undefined);
    return answer;
  }
}

interface Scene {
  readonly world: SuppressionWorld;
  readonly file: string;
  readonly chooser: SaidChooser;
  readonly save: ReturnType<typeof setting>;
  readonly opened: string[];
  readonly wrong: WrongFindings;
  readonly alarms: FalseAlarms;
  readonly suppressing: Suppressing;
}

/** A window with a file, over the real rules and the real list of suppressions. */
async function scene(
  t: TestContext,
  { answers = [], chosen = [], language = 'shellscript', name = 'clean.sh', maxDays, refusesEdits }: SceneOptions = {},
): Promise<Scene> {
  const world = await suppressionWorld(t);
  const verifier = new ServedVerifier(world);
  const chooser = new SaidChooser(chosen);
  const save = setting(answers, { served: verifier, notARisk: (held) => alarms.notARisk(held) });
  const { documents, dialog, log } = save;
  const clock = new FakeClock();
  clock.time = world.clock.now;
  const editors: Editors = {
    open: (path) => {
      const open = documents.open(path);
      return open && { ...open, language };
    },
    onDisk: (path) => documents.onDisk(path),
    save: (path) => documents.save(path),
    replaceAndSave: (path, text) => documents.replaceAndSave(path, text),
    asEditorReads: async (path) => documents.disk.get(path),
    change: async (path, change) => {
      if (refusesEdits === true) return false;
      documents.edit(path, applyChange(documents.open(path)?.text ?? '', change));
      return true;
    },
    carets: () => ({ restore: () => undefined }),
  };
  const connect = async () => verifier;
  const list = {
    rootOf: (path: string) => ({ root: world.root, inside: path.slice(world.root.length + 1) }),
    append: async (path: string, header: string, text: string) => {
      await mkdir(dirname(path), { recursive: true });
      const known = await readFile(path, 'utf8').catch(() => header);
      await writeFile(path, known + text);
      return true;
    },
  };
  const opened: string[] = [];
  const common = { connect, dialog, chooser, log };
  const suppressing = new Suppressing({ ...common, editors, list, clock, sessionId: 's', maxDays: async () => maxDays });
  const wrong = new WrongFindings({
    ...{ storage: new FakeStorage(), chooser, dialog, clock, log },
    exportText: async (suggested, text) => opened.push(`${suggested}: ${text}`) > 0,
    versions: { version: '1.2.3', editor: 'Code 1' },
  });
  const alarms: FalseAlarms = new FalseAlarms({
    ...{ ...common, suppressing, wrong },
    languageOf: () => language,
    decide: (path) => save.guard.decide(path),
    openAt: async (path, line) => void opened.push(`${path}:${line}`),
    reading: async () => undefined,
  });
  return { world, file: world.path(name), chooser, save, opened, wrong, alarms, suppressing };
}

interface SceneOptions {
  readonly answers?: (string | undefined)[];
  readonly chosen?: (string | undefined)[];
  readonly language?: string;
  readonly name?: string;
  readonly maxDays?: number;
  /** The editor takes no edit, as where the text has changed meanwhile. */
  readonly refusesEdits?: boolean;
}

/** Lets real reads and writes end between the steps of the clock in memory. */
async function pass({ save }: Scene): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) {
    await save.clock.pass(100);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await settle();
}

test('a held save is let through by a suppression, which stands in the text, on the list and on record', async (t) => {
  const on = await scene(t, {
    answers: [NOT_A_RISK, 'Suppress'],
    chosen: ['Suppress This Rule', REASON, '30 days', 'Beside'],
  });
  const { save, world, file } = on;
  assert.equal(await save.type(`#!/bin/sh\nif true; then\n  ${LINE}\nfi\n`, file), false);
  await pass(on);
  const comment = `  # sentinel:allow ${RULE} until=2026-06-09 reason="${REASON}"`;
  assert.equal(save.documents.disk.get(file), `#!/bin/sh\nif true; then\n${comment}\n  ${LINE}\nfi\n`);
  const [question, preview] = save.dialog.questions;
  assert.equal(question?.buttons[0], DENY);
  assert.equal(question?.buttons.at(-1), NOT_A_RISK);
  assert.ok(preview?.detail.includes(comment.trim()), 'the comment is shown before it is written');
  assert.deepEqual(preview?.buttons, ['Do Not Suppress', 'Suppress']);
  assert.equal(save.dialog.questions.length, 2, 'what passes now is not asked about again');
  // What was held is closed as replaced, by nobody's decision, before the text that passes is saved.
  assert.deepEqual(
    world.ledger.events('decision').map(({ choice, cause, reason }) => [choice, cause, reason?.includes('suppression')]),
    [['deny', 'cancelled', true]],
  );
  const order = world.ledger.entries.map(({ event }) => event?.type);
  assert.ok(order.indexOf('suppression') < order.indexOf('decision'));
  assert.deepEqual(
    world.ledger.events('outcome').map(({ outcome }) => outcome),
    ['withheld', 'saved'],
  );
});

test("in the workspace's list it lets the text through as it is", async (t) => {
  const on = await scene(t, { answers: [NOT_A_RISK, 'Suppress'], chosen: ['Suppress This Rule', REASON, '7 days', 'In the workspace'] });
  await on.save.type(`${LINE}\n`, on.file);
  await pass(on);
  assert.equal(on.save.documents.disk.get(on.file), `${LINE}\n`);
  const list = await readFile(on.world.path('.sentinelai/suppressions.yaml'), 'utf8');
  for (const part of [`rule: ${RULE}`, 'path: "clean.sh"', 'until: 2026-05-17', `reason: "${REASON}"`, 'by: "Ada Lovelace']) {
    assert.ok(list.includes(part), `the entry says ${part}`);
  }
});

/** What ends the way to a suppression early; each leaves the text held and asks again. */
const LEFT: readonly [what: string, answers: (string | undefined)[], chosen: (string | undefined)[]][] = [
  ['the menu is left', [NOT_A_RISK, DENY], [undefined]],
  ['the reason is left out', [NOT_A_RISK, DENY], ['Suppress This Rule', undefined]],
  ['no end is chosen', [NOT_A_RISK, DENY], ['Suppress This Rule', REASON, undefined]],
  ['no place is chosen', [NOT_A_RISK, DENY], ['Suppress This Rule', REASON, '7 days', undefined]],
  ['the preview is refused', [NOT_A_RISK, 'Do Not Suppress', DENY], ['Suppress This Rule', REASON, '7 days', 'Beside']],
  ['the preview is dismissed', [NOT_A_RISK, undefined, DENY], ['Suppress This Rule', REASON, '7 days', 'Beside']],
];
for (const [what, answers, chosen] of LEFT) {
  test(`nothing is suppressed where ${what}, and the dialog asks again`, async (t) => {
    const on = await scene(t, { answers: [...answers], chosen });
    await on.save.type(`${LINE}\n`, on.file);
    await pass(on);
    assert.equal(on.save.documents.disk.has(on.file), false);
    assert.equal(on.save.documents.open(on.file)?.text, `${LINE}\n`);
    assert.deepEqual(on.world.ledger.events('suppression'), []);
    assert.deepEqual(
      on.world.ledger.events('decision').map(({ choice, cause }) => [choice, cause]),
      [['deny', 'person']],
    );
  });
}

test('"Allow Once" is the approval itself', async (t) => {
  const on = await scene(t, { answers: [NOT_A_RISK], chosen: ['Allow Once'] });
  await on.save.type(`${LINE}\n`, on.file);
  await pass(on);
  assert.equal(on.save.documents.disk.get(on.file), `${LINE}\n`);
  assert.deepEqual(
    on.world.ledger.events('decision').map(({ choice, cause }) => [choice, cause]),
    [['approve', 'person']],
  );
});

test('the rule is opened at its line, and the dialog comes again', async (t) => {
  const on = await scene(t, { answers: [NOT_A_RISK, APPROVE], chosen: ['Open the Rule'] });
  await on.save.type(`${LINE}\n`, on.file);
  await pass(on);
  const [place = ''] = on.opened;
  const [, path = '', line = ''] = /^(.+):(\d+)$/.exec(place) ?? [];
  const text = (await readFile(path, 'utf8')).split('\n')[Number(line) - 1];
  assert.match(text ?? '', /- id: delete-outside/);
  assert.equal(on.save.documents.disk.get(on.file), `${LINE}\n`);
});

test('the lengths that are offered keep to what the organisation allows', async (t) => {
  const on = await scene(t, { answers: [NOT_A_RISK, DENY], chosen: ['Suppress This Rule', REASON, undefined], maxDays: 10 });
  await on.save.type(`${LINE}\n`, on.file);
  await pass(on);
  assert.deepEqual(on.chooser.offered[1], ['7 days']);
});

/** Files that can't hold a comment where it would be needed: the list alone is offered. */
const WITHOUT_COMMENT: readonly [what: string, name: string, language: string, text: string][] = [
  ['a language without comments', 'package.json', 'json', `{"scripts": {"clean": "${LINE}"}}\n`],
  ['a line that continues the one before', 'clean.sh', 'shellscript', `cd /tmp && \\\n${LINE}\n`],
];
for (const [what, name, language, text] of WITHOUT_COMMENT) {
  test(`no comment is offered in ${what}`, async (t) => {
    const on = await scene(t, { chosen: [REASON, '7 days', undefined], name, language });
    on.save.documents.edit(on.file, text);
    assert.equal(await on.suppressing.here({ path: on.file, ruleId: RULE, line: 1 }), false);
    assert.deepEqual(on.chooser.offered.at(-1), ["In the workspace's list"]);
  });
}

test('what can never be suppressed says why, and asks nothing', async (t) => {
  const on = await scene(t);
  const token = `${'ghp'}_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`;
  on.save.documents.edit(on.file, `TOKEN=${token}\n`);
  const { findings } = await on.world.assess(`TOKEN=${token}\n`);
  const ruleId = findings.find(({ policy }) => policy === 'secrets')?.ruleId ?? '';
  assert.equal(await on.suppressing.here({ path: on.file, ruleId, line: 1 }), false);
  assert.match(on.save.dialog.told[0] ?? '', /secrets can never be suppressed/);
  assert.deepEqual(on.chooser.asked, []);
});

test('a suppression that somebody else wrote is read and accepted as it stands, or left', async (t) => {
  const on = await scene(t, { answers: ['Do Not Accept', 'Accept'] });
  const text = `# sentinel:allow ${RULE} until=2026-06-01 reason="${REASON}"\n${LINE}\n`;
  on.save.documents.edit(on.file, text);
  const shown = { path: on.file, ruleId: RULE, line: 2 };
  assert.equal(await on.suppressing.here(shown), false);
  assert.notEqual((await on.world.assess(text)).verdict, 'pass');
  assert.equal(await on.suppressing.here(shown), true);
  assert.equal((await on.world.assess(text)).verdict, 'pass');
  assert.ok(on.save.dialog.questions[0]?.detail.includes(REASON));
  assert.deepEqual(on.chooser.asked, []);
});

test('a text that changed while its comment was chosen is left alone, and the acceptance taken back', async (t) => {
  const on = await scene(t, { answers: ['Suppress'], chosen: [REASON, '7 days', 'Beside'], refusesEdits: true });
  on.save.documents.edit(on.file, `${LINE}\n`);
  assert.equal(await on.suppressing.here({ path: on.file, ruleId: RULE, line: 1 }), false);
  assert.deepEqual(
    on.world.ledger.events('suppression').map(({ action }) => action),
    ['accept', 'withdraw'],
  );
  assert.deepEqual(await on.world.book.accepted(), []);
});

test('a text that an agent changed while its comment was being confirmed is left as it is', async (t) => {
  const on = await scene(t, { answers: ['Suppress'], chosen: [REASON, '7 days', 'Beside'] });
  on.save.documents.edit(on.file, `echo one\n${LINE}\n`);
  const { ask } = on.save.dialog;
  const changed = `e\n${LINE}\n`;
  on.save.dialog.ask = async (question) => {
    on.save.documents.edit(on.file, changed);
    return ask.call(on.save.dialog, question);
  };
  assert.equal(await on.suppressing.here({ path: on.file, ruleId: RULE, line: 2 }), false);
  assert.equal(on.save.documents.open(on.file)?.text, changed);
  assert.deepEqual(await on.world.book.accepted(), []);
});

test('a finding that is reported as wrong is kept with what its policy’s owner needs, and exported', async () => {
  const chooser = new SaidChooser(['our folder, not the system’s', 'again']);
  const storage = new FakeStorage();
  const written: string[] = [];
  const dialog = new FakeDialog();
  const parts = { storage, chooser, dialog, clock: new FakeClock(), log: new FakeLog(), versions: { version: '1.2.3', editor: 'Code 1' } };
  const exportText = async (_name: string, text: string) => written.push(text) > 0;
  const wrong = new WrongFindings({ ...parts, exportText });
  await wrong.report(finding('block'), { language: 'shellscript', policyDigest: 'd' });
  await new WrongFindings({ ...parts, exportText }).report(finding('review'), { language: '', policyDigest: 'd' });
  assert.equal(await wrong.count(), 2);
  await wrong.export();
  const [first] = (written[0] ?? '').split('\n').map((line) => (line === '' ? {} : JSON.parse(line)));
  assert.equal(first.ruleId, 'destructive-operations.recursive-delete');
  assert.equal(first.excerpt, 'rm -rf /');
  assert.equal(first.note, 'our folder, not the system’s');
  assert.deepEqual([first.language, first.policyDigest, first.version, first.editor], ['shellscript', 'd', '1.2.3', 'Code 1']);
});

test('a withheld prompt says what to leave out, a withheld answer what to ask for', () => {
  const secret = { ...finding('block'), policy: 'secrets', ruleId: 'secrets.cloud-key' };
  assert.match(howToRephrase('prompt', [secret]), /Leave out the credential \(line 2\).*placeholder/);
  assert.match(howToRephrase('prompt', [finding('block')]), /Leave out what .*recursive.*Name the folder/);
  assert.match(howToRephrase('answer', [finding('block')]), /but this way: Name the folder/);
  const hostile = { ...finding('block'), remediation: '[click](command:evil) ![x](http://e)' };
  assert.doesNotMatch(howToRephrase('answer', [hostile]), /\]\(command:/);
  assert.equal(howToRephrase('prompt', []), '');
});

/** A held item as a door gives it, for the menu alone. */
function heldOf(assessment: Held['assessment'], verifier: Held['verifier']): Held {
  return { assessment, verifier, subject: 'the prompt' };
}

test('a prompt can be allowed, reported and looked up, but holds no place for a suppression', async (t) => {
  const on = await scene(t, { chosen: [undefined] });
  const assessment = await on.world.assess(`${LINE}\n`);
  assert.equal(await on.alarms.notARisk(heldOf(assessment, new ServedVerifier(on.world))), 'again');
  assert.deepEqual(on.chooser.offered[0], ['Open the Rule', 'This Finding Is Wrong…', 'Allow Once…']);
});
