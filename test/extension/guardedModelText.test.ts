import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { CONTINUE } from './breakGlassSetting.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY } from './buttons.ts';
import { settle } from './fakes.ts';
import { assistant, call, result, ScriptedModel, setting, system, text, user } from './guardedModelSetting.ts';

const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');
const framed = (words: string) => text(`<context>\nToday\n</context>\n<userRequest>\n${words}\n</userRequest>\n`);
const sentTo = (model: ScriptedModel) => JSON.stringify(model.sent.at(-1));

describe('a request to a guarded model', () => {
  it("has the person's own words checked in full, out of the agent's frame, and the rest by the gates", async () => {
    const { run, verifier } = setting(new ScriptedModel([text('Fine.')]));
    await run([system('You are an agent.'), user(text('<environment_info>Linux</environment_info>')), user(framed('Sort the list'))]);
    const intents = verifier.asked.flatMap((body) => ('prompt' in body ? [body.prompt] : []));
    assert.deepEqual(intents, ['Sort the list']);
    const gated = verifier.asked.flatMap((body) =>
      'subject' in body && body.subject.kind === 'prompt' ? [[body.subject.text, body.depth]] : [],
    );
    assert.deepEqual(gated, [
      ['You are an agent.', 'gates'],
      ['<environment_info>Linux</environment_info>', 'gates'],
      ['<context>\nToday\n</context>', 'gates'],
    ]);
  });

  for (const { what, sent } of [
    { what: 'an attachment in the same text as the words', sent: `<attachment>\nBAD file\n</attachment>\n<userRequest>Sort</userRequest>` },
    { what: 'words before others that look like the frame', sent: '<userRequest>BAD idea</userRequest><userRequest>Sort</userRequest>' },
    { what: 'what follows the words', sent: '<userRequest>Sort</userRequest>\nBAD end' },
  ]) {
    it(`reaches the model with nothing unchecked: ${what}`, async () => {
      const model = new ScriptedModel([text('Fine.')]);
      const { run, dialog } = setting(model, [DENY]);
      await assert.rejects(run([user(text(sent))], 'c'), /withheld the context that the editor adds to the prompt \(denied\)/);
      assert.equal(dialog.questions.length, 1);
      assert.deepEqual(model.sent, []);
    });
  }

  it('without a frame is checked as a whole', async () => {
    const { run, verifier } = setting(new ScriptedModel([text('Fine.')]));
    await run([user(text('Sort the list'))]);
    assert.deepEqual(
      verifier.asked.flatMap((body) => ('prompt' in body ? [body.prompt] : [])),
      ['Sort the list'],
    );
  });

  it('that is denied never reaches the model, then or in a later request of the conversation', async () => {
    const model = new ScriptedModel([text('Fine.')]);
    const { run, verifier } = setting(model, [DENY]);
    await assert.rejects(run([user(framed('BAD idea'))], 'c'), /withheld the prompt \(denied\)\. Deletes everything\./);
    assert.deepEqual(model.sent, []);
    assert.deepEqual(verifier.story, ['deny', 'withheld']);
    await run([user(framed('BAD idea')), assistant(text('It was withheld.')), user(framed('Sort the list'))], 'c');
    assert.doesNotMatch(sentTo(model), /BAD idea/);
    assert.match(sentTo(model), /Sort the list/);
  });

  it('is asked about each time it is made, not with each step that an agent takes on it', async () => {
    const model = new ScriptedModel([call('list', {})], [text('Done.')], [text('Fine.')]);
    const { run, dialog } = setting(model, [APPROVE, APPROVE]);
    const ask = [user(framed('ODD idea'))];
    await run(ask, 'c');
    await run([...ask, assistant(call('list', {})), user(result('list-1', 'a.ts'))], 'c');
    assert.equal(dialog.questions.length, 1);
    await run(ask, 'another');
    assert.equal(dialog.questions.length, 2);
  });

  it('leaves out, unasked, what an earlier conversation brings that nobody here decided about', async () => {
    const model = new ScriptedModel([text('Fine.')]);
    const { run, dialog, verifier } = setting(model);
    await run([user(framed('BAD idea')), assistant(text('Done.')), user(framed('Sort the list'))], 'c');
    assert.equal(dialog.questions.length, 0);
    assert.doesNotMatch(sentTo(model), /BAD idea/);
    assert.ok(verifier.story.includes('deny:cancelled'));
  });

  it('keeps what a tool brought from the model where a person denies it, and goes on without', async () => {
    const model = new ScriptedModel([text('I cannot see it.')]);
    const { run, dialog } = setting(model, [DENY]);
    await run([user(framed('Read it')), assistant(call('read', {})), user(result('read-1', 'BAD content'))], 'c');
    assert.match(dialog.questions[0]?.message ?? '', /^The result of the tool read was held back/);
    assert.doesNotMatch(sentTo(model), /BAD content/);
    assert.match(sentTo(model), /Withheld by Sentinel AI: Deletes everything/);
  });

  it('goes to the model unchanged where nothing was denied', async () => {
    const model = new ScriptedModel([text('Fine.')]);
    const turns = [system('Rules'), user(framed('Sort'), { kind: 'other', original: { picture: true } })];
    await setting(model).run(turns);
    assert.equal(model.sent[0], turns);
  });

  it('without a verifier is held back, and says what to do', async () => {
    const model = new ScriptedModel([text('Fine.')]);
    const { run, verifier, dialog } = setting(model);
    verifier.failure = DOWN;
    await assert.rejects(run([user(text('Sort'))]), /held back the prompt\. The verifier is not reachable\./);
    assert.deepEqual(model.sent, []);
    assert.match(dialog.told.join('\n'), /The prompt was held back/);
  });

  it('has no way round where a part of it has been objected to before the verifier went down', async () => {
    const model = new ScriptedModel([text('Fine.')]);
    const { run, verifier, dialog, spool } = setting(model, [], ['It is urgent']);
    dialog.toldAnswers = [CONTINUE];
    const { verify } = verifier;
    verifier.verify = async (body) => {
      if ('text' in body.subject && body.subject.text === 'Rules') throw DOWN;
      return verify(body);
    };
    await assert.rejects(run([system('Rules'), user(text('BAD idea'))], 'c'), /held back the prompt/);
    assert.deepEqual(model.sent, []);
    assert.deepEqual(spool.lines, []);
    assert.deepEqual(verifier.story, ['deny:cancelled', 'withheld']);
  });

  it('without a verifier goes on where a person with a reason lets it', async () => {
    const model = new ScriptedModel([text('Fine.\n')]);
    const { run, verifier, dialog, spool, shown } = setting(model, [], ['It is urgent', 'Still urgent']);
    dialog.toldAnswers = [CONTINUE, CONTINUE];
    verifier.failure = DOWN;
    await run([user(text('Sort'))]);
    assert.equal(shown(), 'Fine.\n');
    assert.deepEqual(
      spool.lines.map(({ action }) => action),
      ['prompt', 'answer'],
    );
  });
});

describe('the text of a guarded answer', () => {
  it('is passed on byte for byte, whatever its line ends and Markdown, in the order in which it came', async () => {
    const bytes = 'One\r\n\r\n![p](https://a.example/p.png)\r\n```js\r\nlet a = 1;\r\n```\r\nlast \r';
    const { run, shown } = setting(new ScriptedModel(bytes.match(/[\s\S]{1,3}/g)?.map(text) ?? []));
    await run([user(text('Edit'))]);
    assert.equal(shown(), bytes);
  });

  it('streams: what has passed is shown while the rest is still to come', async () => {
    const model = new ScriptedModel([text('First line.\n'), text('Second line.\n')]);
    const { run, shown } = setting(model);
    let early = '';
    model.beforePart = async (part) => {
      await settle();
      if (part.kind === 'text' && part.text.startsWith('Second')) early = shown();
    };
    await run([user(text('Tell'))]);
    assert.equal(early, 'First line.\n');
  });

  it('is held from the first finding on, and passed on where that is approved', async () => {
    const answer = [text('Well.\n'), text('BAD line\n'), text('More.\n')];
    const { run, shown, dialog, verifier } = setting(new ScriptedModel(answer), [APPROVE_WITH_REASON], ['A lesson']);
    await run([user(text('Tell'))]);
    assert.equal(shown(), 'Well.\nBAD line\nMore.\n');
    assert.equal(dialog.questions.length, 1);
    assert.ok(verifier.story.includes('approve') && verifier.story.at(-1) === 'shown');
  });

  it('ends in an error where it is denied, never in words of its own that an edit could be made of', async () => {
    const { run, shown } = setting(new ScriptedModel([text('Well.\n'), text('BAD line\n')]), [DENY]);
    await assert.rejects(run([user(text('Tell'))]), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /withheld .*answer \(denied\)\. Deletes everything\..* Receipt: entry \d+/);
      return error.stack === '';
    });
    assert.doesNotMatch(shown(), /BAD|Sentinel/);
  });

  it('that is denied where text is talk says so in the answer', async () => {
    const { run, shown } = setting(new ScriptedModel([text('Well.\n'), text('BAD line\n')]), [DENY]);
    await run([user(text('Tell'))], 'c', true);
    assert.match(shown(), /\*\*Withheld\.\*\* Sentinel AI withheld the .*answer \\\(denied\\\)/);
    assert.doesNotMatch(shown(), /BAD/);
  });

  it('that no check covers is not passed on', async () => {
    const model = new ScriptedModel([text('Well.\n'), text('Never checked\n')]);
    const { run, shown, verifier } = setting(model);
    model.beforePart = async (part) => {
      await settle();
      if (part.kind === 'text' && part.text.startsWith('Never')) verifier.failure = DOWN;
    };
    await assert.rejects(run([user(text('Tell'))]), /held back the rest of the answer/);
    assert.equal(shown(), 'Well.\n');
  });

  it('lets parts of other kinds through as they are', async () => {
    const thinking = { kind: 'other', original: { value: 'hm' } } as const;
    const { run, seen } = setting(new ScriptedModel([thinking, text('Fine.\n')]));
    await run([user(text('Tell'))]);
    assert.deepEqual(seen, [thinking, text('Fine.\n')]);
  });

  it("keeps the meaning of the model's own failure", async () => {
    const model = new ScriptedModel([text('Well.\n')]);
    const failure = new Error('The quota is used up');
    model.beforePart = () => {
      throw failure;
    };
    const { run, verifier } = setting(model);
    await assert.rejects(run([user(text('Tell'))]), (error) => error === failure);
    assert.deepEqual(verifier.story, ['failed']);
  });

  it('ends with the request: the model is stopped and nothing more is passed on', async () => {
    const model = new ScriptedModel([text('One.\n'), text('Two.\n'), text('Three.\n')]);
    const { run, stop, shown } = setting(model);
    model.beforePart = async (part) => {
      await settle();
      if (part.kind === 'text' && part.text === 'Two.\n') stop.abort();
    };
    await run([user(text('Tell'))]);
    assert.equal(shown(), 'One.\n');
    assert.ok(model.wasStopped);
  });
});
