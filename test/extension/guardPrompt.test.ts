import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from '../../extension/core/decide.ts';
import { type Prompt, PromptGuard } from '../../extension/core/guardPrompt.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { breakGlassOver, CONTINUE, FakeSpool } from './breakGlassSetting.ts';
import { APPROVE, APPROVE_WITH_REASON, DENY } from './buttons.ts';
import { FakeClock, FakeDialog, FakeLog, FakeModel, FakeVerifier, FakeView, settle } from './fakes.ts';

function setting(model: FakeModel, answers: string[] = [], reasons: string[] = []) {
  const dialog = new FakeDialog();
  dialog.answers = answers;
  dialog.reasons = reasons;
  const verifier = new FakeVerifier();
  const log = new FakeLog();
  const view = new FakeView();
  const spool = new FakeSpool();
  const { trouble, breakGlass } = breakGlassOver({ dialog, spool });
  const desk = new Desk({ dialog, clock: new FakeClock(), log, windowId: 'w' });
  const connect = async () => {
    if (verifier.failure) throw verifier.failure;
    return verifier;
  };
  const guard = new PromptGuard({ connect, desk, log, trouble, breakGlass });
  const stop = new AbortController();
  const run = (text: string, more: Partial<Prompt> = {}) =>
    guard.run({ text, references: [], history: [], model, view, signal: stop.signal, sessionId: 's', ...more });
  return { run, dialog, verifier, view, stop, model, spool };
}

/** A text as a model streams it: a few characters at a time. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,5}/g) ?? [];
}

const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');

describe('a prompt', () => {
  it('that passes goes to the model with history and attachments, and the answer is shown and recorded', async () => {
    const { run, verifier, view, model } = setting(new FakeModel(['Hello ', 'there.\n', 'Bye.']));
    const end = await run('Greet me', { references: [{ name: 'a.ts', text: 'let a' }], history: [{ role: 'user', text: 'Hi' }] });
    assert.deepEqual(end, {});
    assert.equal(view.shown, 'Hello there.\nBye.\n');
    assert.deepEqual(model.calls, [['user: Hi', 'user: Attached: a.ts\n\nlet a', 'user: Greet me']]);
    assert.deepEqual(verifier.story, ['ran', 'shown']);
    const last = verifier.asked.at(-1);
    assert.ok(last && 'subject' in last && last.depth === 'full' && last.intent === 'Greet me');
    const first = verifier.asked[0];
    assert.ok(first && 'prompt' in first && first.references?.length === 1, 'attachments are checked too');
  });

  it('that is denied never reaches the model, and the chat says what, why, and what would be safer', async () => {
    const { run, verifier, view, model } = setting(new FakeModel(['never']), [DENY]);
    const end = await run('Do something BAD');
    assert.equal(end.withheld, 'prompt');
    assert.deepEqual(end.rules, ['destructive-operations.recursive-delete'], 'follow-ups have no rule to explain');
    assert.ok(end.assessmentId);
    assert.deepEqual(model.calls, []);
    assert.deepEqual(verifier.story, ['deny', 'withheld']);
    for (const part of [
      'Withheld',
      'the prompt',
      'Deletes everything',
      'Safer',
      'Name the folder',
      'rephrase the prompt',
      'Receipt: entry',
    ])
      assert.ok(view.shown.includes(part), part);
  });

  it('that is approved reaches the model, after the approval is on record', async () => {
    let storyAtCall: string[] = [];
    const set = setting(
      new FakeModel(['Fine.'], () => {
        storyAtCall = set.verifier.story;
      }),
      [APPROVE_WITH_REASON],
      ['a test machine'],
    );
    await set.run('Do something BAD');
    assert.deepEqual(storyAtCall, ['approve']);
    assert.deepEqual(set.verifier.story, ['approve', 'ran', 'shown']);
    assert.match(set.view.shown, /Receipt: entry 11 · hash [0-9a-f]{16}…/);
  });
});

describe('an answer', () => {
  for (const [what, text] of [
    ['in a block', 'Run this:\n\n```sh\nBAD\n```\nDone.\n'],
    ['in prose', 'Run this:\nBAD\nDone.\n'],
    ['in an unclosed block', 'Run this:\n\n```sh\nBAD'],
    ['in an indented block', 'Run this:\n\n    BAD\n'],
  ] as const) {
    it(`with a dangerous command ${what} is held; denied, it never reaches the chat`, async () => {
      const { run, verifier, view } = setting(new FakeModel(pieces(text)), [DENY]);
      assert.equal((await run('Help')).withheld, 'answer');
      assert.ok(!view.shown.includes('BAD'));
      assert.ok(!view.shown.includes('Done.'), 'nothing after it either');
      assert.ok(view.shown.includes('Withheld'));
      assert.ok(view.shown.includes('ask for it another way'));
      assert.ok(verifier.story.join(' ').includes('ran deny withheld'));
    });

    it(`with a dangerous command ${what} is shown with its receipt once approved`, async () => {
      const { run, verifier, view } = setting(new FakeModel(pieces(text)), [APPROVE_WITH_REASON], ['checked by hand']);
      assert.deepEqual(await run('Help'), {});
      assert.ok(view.shown.includes('BAD'));
      assert.match(view.shown, /Receipt: entry \d+ · hash/);
      assert.ok(verifier.story.join(' ').includes('ran approve shown'));
    });
  }

  for (const [what, source] of [
    ['entities', 'Type B&#65;D now\n\nBye.'],
    ['escapes', 'Type B\\-A\\-D now\n\nBye.'],
    ['emphasis', 'Type B**A**D now\n\nBye.'],
  ] as const) {
    it(`is judged as its reader sees it, ${what} and all`, async () => {
      const { run, verifier, view } = setting(new FakeModel(pieces(source)), [DENY]);
      const { judge } = verifier;
      verifier.judge = (text, asked) => judge(text.replace('B-A-D', 'BAD'), asked);
      assert.equal((await run('Help')).withheld, 'answer');
      assert.ok(!view.shown.includes('now'));
      assert.ok(verifier.story.includes('deny'));
    });
  }

  it('is judged as a whole: a command split over two blocks is held', async () => {
    const { run, verifier, view } = setting(new FakeModel(['```sh\nB_1\n```\n', 'and\n', '```sh\nB_2\n```\n'], settle), [DENY]);
    verifier.judge = (text) => (text.includes('B_1') && text.includes('B_2') ? 'block' : 'pass');
    await run('Help');
    assert.ok(view.shown.includes('B_1'));
    assert.ok(!view.shown.includes('B_2'));
  });

  it('that only the last, full check objects to is held from there on', async () => {
    const { run, verifier, view } = setting(new FakeModel(['Prose.\n', 'The end']), [DENY]);
    verifier.judge = (_text, asked) => ('subject' in asked && asked.depth === 'full' ? 'review' : 'pass');
    assert.equal((await run('Help')).withheld, 'answer');
    assert.equal(view.shown.startsWith('Prose.\n'), true);
    assert.ok(!view.shown.includes('The end'));
  });

  it('whose beginning was objected to needs a decision even where the whole then passes', async () => {
    const { run, verifier, view, dialog } = setting(new FakeModel(['ODD\n', 'but marked as an example\n']), [DENY]);
    verifier.judge = (text) => (text.includes('ODD') && !text.includes('example') ? 'review' : 'pass');
    await run('Help');
    assert.equal(dialog.questions.length, 1);
    assert.ok(!view.shown.includes('ODD'));
  });

  it('leaves no earlier objection open in the ledger', async () => {
    const { run, verifier } = setting(new FakeModel(['BAD\n', 'more\n', 'end']), [DENY]);
    await run('Help');
    const open = [...verifier.issued.values()].filter((item) => item.assessment.verdict !== 'pass' && !item.decided);
    assert.deepEqual(open, []);
  });

  it('is only ever shown after it was made safe', async () => {
    const { run, view } = setting(new FakeModel(['![p](https://evil.example/x.png) [go](command:x)\n']));
    await run('Help');
    assert.ok(!/!\[|\]\(command/.test(view.shown));
  });
});

describe('when something fails', () => {
  it('a verifier that is down holds the prompt back: the model is not called, and there is a way out', async () => {
    const { run, verifier, view, model, dialog } = setting(new FakeModel(['x']));
    verifier.failure = DOWN;
    assert.equal((await run('Help')).withheld, 'prompt');
    assert.deepEqual(model.calls, []);
    assert.ok(view.shown.includes('held back'));
    assert.equal(view.recoveries, 1);
    assert.equal(dialog.told.length, 1);
  });

  it('a verifier that dies while the answer streams holds back the rest', async () => {
    const set = setting(
      new FakeModel(['One.\n', 'Two.\n', 'Three.\n'], async (index) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (index === 1) set.verifier.failure = DOWN;
      }),
    );
    assert.equal((await set.run('Help')).withheld, 'answer');
    assert.ok(set.view.shown.includes('One.'));
    assert.ok(!set.view.shown.includes('Two.'));
    assert.ok(set.view.shown.includes('held back'));
  });

  it('a verifier that dies while the dialog is open: an approval has no effect', async () => {
    const { run, verifier, view, dialog } = setting(new FakeModel(['ODD']));
    const running = run('Help');
    while (dialog.open === 0) await new Promise((resolve) => setImmediate(resolve));
    verifier.failure = DOWN;
    dialog.press(APPROVE);
    assert.equal((await running).withheld, 'answer');
    assert.ok(!view.shown.includes('ODD'));
    assert.ok(view.shown.includes('could not be recorded'));
  });

  it('a model that fails is said so, and recorded', async () => {
    const { run, verifier, view } = setting(
      new FakeModel(['One.\n', 'x'], async (index) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (index === 1) throw new Error('quota used up');
      }),
    );
    assert.deepEqual(await run('Help'), {});
    assert.ok(view.shown.includes('The model failed'));
    assert.ok(view.shown.includes('quota used up'));
    assert.deepEqual(verifier.story, ['ran', 'shown']);
  });

  for (const [what, says, check, expected] of [
    ['dangerous text', 'to mend this run BAD', undefined, /its message was held back/],
    ['text that cannot be checked', 'quota', DOWN, /its message could not be checked/],
  ] as const) {
    it(`a model that fails with ${what} does not bring it into the chat`, async () => {
      const { run, verifier, view } = setting(
        new FakeModel(['x'], () => {
          verifier.failure = check;
          throw new Error(says);
        }),
      );
      await run('Help');
      assert.match(view.shown, expected);
      assert.ok(!view.shown.includes(says));
    });
  }

  for (const [what, chunk] of [
    ['without a line break', 'x'.repeat(65_536)],
    ['after an objection', `BAD\n${'x'.repeat(65_536)}`],
    ['of clean lines', `${'x'.repeat(65_535)}\n`],
  ] as const) {
    it(`an answer ${what} that never ends is given up, and its model is stopped`, async () => {
      const { run, verifier, view, model } = setting(new FakeModel([]));
      let stopped: AbortSignal | undefined;
      let chunks = 0;
      const endless = {
        ...model,
        send: async (_messages: unknown, signal: AbortSignal) => {
          stopped = signal;
          return (async function* () {
            for (; chunks < 10_000; chunks += 1) yield chunk;
          })();
        },
      };
      assert.equal((await run('Help', { model: endless })).withheld, 'answer');
      assert.ok(chunks < 1000, `${chunks} chunks were taken`);
      assert.equal(stopped?.aborted, true);
      assert.match(view.shown, /held back.*longer than/);
      assert.ok(!view.shown.includes('BAD'));
      assert.ok(!verifier.story.includes('approve'));
    });
  }

  it('a cancelled chat denies on record what was held', async () => {
    const { run, verifier, view, dialog, stop } = setting(new FakeModel(['ODD']));
    const running = run('Help');
    while (dialog.open === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    assert.equal((await running).withheld, 'answer');
    assert.deepEqual(verifier.story, ['ran', 'deny:cancelled', 'withheld']);
    assert.ok(!view.shown.includes('ODD'));
  });

  it('a chat that is cancelled while it streams shows nothing more and says on record how far it came', async () => {
    const set = setting(
      new FakeModel(['One.\n', 'Two.\n', 'Three.\n'], async (index) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (index === 1) set.stop.abort();
      }),
    );
    await set.run('Help');
    assert.equal(set.view.shown, 'One.\n');
    assert.match(set.verifier.recorded.at(-1)?.detail ?? '', /5 characters were shown/);
  });
});

describe('a request for which no verdict can be had', () => {
  const goesOn = (model: FakeModel) => {
    const set = setting(model);
    set.dialog.toldAnswers = [CONTINUE];
    set.dialog.reasons = ['antivirus'];
    return set;
  };

  it('goes on by a decision, written down before the model is asked, and the answer says that it was not checked', async () => {
    let writtenAtCall = 0;
    const set = goesOn(
      new FakeModel(['See ![x](https://a.example/p.png)\n', 'Done.'], () => {
        writtenAtCall = set.spool.lines.length;
      }),
    );
    set.verifier.failure = DOWN;
    assert.deepEqual(await set.run('Greet me'), {});
    assert.equal(writtenAtCall, 1);
    assert.deepEqual(
      set.spool.lines.map(({ action, subject }) => [action, subject.digest]),
      [['prompt', sha256('Greet me')]],
    );
    assert.match(set.view.shown, /The prompt was held back.*Not checked.*Done\./s);
    assert.ok(!set.view.shown.includes('![x]'), 'what is not checked is made inert all the same');
  });

  it('is held back, and the model not asked, where that cannot be written down', async () => {
    const set = goesOn(new FakeModel(['never']));
    set.verifier.failure = DOWN;
    set.spool.failure = new Error('ENOSPC');
    assert.deepEqual(await set.run('Greet me'), { withheld: 'prompt' });
    assert.deepEqual(set.model.calls, []);
  });

  it('has its answer checked where the verifier is back by then', async () => {
    const set = goesOn(
      new FakeModel(['Run this:\n', 'BAD\n'], () => {
        set.verifier.failure = undefined;
      }),
    );
    set.dialog.answers = [DENY];
    set.verifier.failure = DOWN;
    assert.deepEqual((await set.run('Greet me')).withheld, 'answer');
    assert.ok(!set.view.shown.includes('BAD'));
  });

  it('is one request: the next is asked about again', async () => {
    const set = goesOn(new FakeModel(['Fine.']));
    set.verifier.failure = DOWN;
    await set.run('Greet me');
    assert.deepEqual(await set.run('Greet me'), { withheld: 'prompt' });
    assert.equal(set.model.calls.length, 1);
  });

  it('lets the rest of a complete answer go by a decision on exactly that text', async () => {
    const set = goesOn(new FakeModel(['Fine.\nMore.']));
    set.verifier.judge = (_text, asked) => {
      if ('subject' in asked) set.verifier.failure = DOWN;
      return 'pass';
    };
    assert.deepEqual(await set.run('Greet me'), {});
    assert.deepEqual(
      set.spool.lines.map(({ action, subject }) => [action, subject.digest]),
      [['answer', sha256('Fine.\nMore.')]],
    );
    assert.match(set.view.shown, /Not checked.*Fine\.\nMore\./s);
  });

  it('has no way round what the verifier had objected to before it failed', async () => {
    const set = goesOn(new FakeModel(['BAD\n', 'More.']));
    set.verifier.judge = (_text, asked) => {
      if ('depth' in asked && asked.depth === 'full') set.verifier.failure = DOWN;
      return 'subject' in asked ? 'block' : 'pass';
    };
    assert.equal((await set.run('Greet me')).withheld, 'answer');
    assert.ok(!set.dialog.offered.flat().includes(CONTINUE));
    assert.deepEqual(set.spool.lines, []);
  });
});
