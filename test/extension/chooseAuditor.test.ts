import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consentQuestion } from '../../extension/core/auditEndpoint.ts';
import type { TrialRunner } from '../../extension/core/auditTrial.ts';
import { type Answer, type Chosen, chooseAuditor, describeTrial, type GuideView } from '../../extension/core/chooseAuditor.ts';
import { Settings } from '../../extension/core/settings.ts';
import { AuditTrial, type TrialModels, type TrialReport } from '../../verifier/protocol/auditTrial.ts';

/** What a person does at each screen: the beginning of a choice's label, a text to type, or a way out. */
type Move = { readonly pick: string } | { readonly type: string } | 'back' | 'escape';

const KEY = ['made', 'up', 'key'].join('-');
const OLLAMA = 'http://127.0.0.1:11434/v1';

class Walk implements GuideView, TrialRunner {
  readonly screens: string[] = [];
  readonly shown: string[] = [];
  readonly trials: { command: string; trial: AuditTrial }[] = [];
  readonly moves: Move[];
  agrees = true;
  listed: TrialModels[] = [];
  report: TrialReport = { state: 'ran', ms: 812, model: 'small', objected: true, message: 'Sends passwords away.' };
  known: string | undefined;

  constructor(moves: Move[]) {
    this.moves = moves;
  }

  async run(): Promise<Chosen | undefined> {
    return chooseAuditor({
      view: this,
      trials: this,
      audit: () => Settings.parse({}).audit,
      policies: () => undefined,
      known: async () => this.known,
      sample: { name: 'mine.ts', text: 'mine alone' },
    });
  }

  #next(screen: string): Move {
    this.screens.push(screen);
    return this.moves.shift() ?? 'escape';
  }
  async pick<T>(_place: unknown, prompt: string, choices: readonly { label: string; value: T }[]): Promise<Answer<T>> {
    const move = this.#next(prompt);
    if (typeof move === 'string') return { left: move === 'back' ? 'back' : 'cancel' };
    const wanted = 'pick' in move ? choices.find(({ label }) => label.startsWith(move.pick)) : undefined;
    assert.ok(wanted, `"${JSON.stringify(move)}" is not among ${choices.map(({ label }) => label).join(', ')}`);
    return { answer: wanted.value };
  }
  async input(_place: unknown, { prompt, value, problem }: Parameters<GuideView['input']>[1]): Promise<Answer<string>> {
    for (;;) {
      const move = this.#next(prompt);
      if (typeof move === 'string') return { left: move === 'back' ? 'back' : 'cancel' };
      const typed = 'type' in move ? move.type || value : assert.fail(`${JSON.stringify(move)} in a text box`);
      const wrong = problem(typed);
      if (wrong === undefined) return { answer: typed };
      this.screens.push(`refused: ${wrong}`);
    }
  }
  async busy<T>(_message: string, run: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>> {
    return { answer: await run(new AbortController().signal) };
  }
  async show(_name: string, text: string): Promise<void> {
    this.shown.push(text);
  }
  async consent(): Promise<boolean> {
    this.screens.push('consent');
    return this.agrees;
  }
  #tried(command: string, trial: AuditTrial): void {
    this.trials.push({ command, trial: AuditTrial.parse(trial) });
  }
  async models(trial: AuditTrial): Promise<TrialModels> {
    this.#tried('models', trial);
    return this.listed.shift() ?? { models: ['big', 'small'] };
  }
  async preview(trial: AuditTrial) {
    this.#tried('preview', trial);
    return { system: 'INSTRUCTION', user: 'FRAMED' };
  }
  async test(trial: AuditTrial): Promise<TrialReport> {
    this.#tried('test', trial);
    return this.report;
  }
  get commands(): string[] {
    return this.trials.map(({ command }) => command);
  }
}

const toModel: Move[] = [{ pick: 'Ollama' }, { type: '' }, { pick: 'small' }];

describe('choosing an auditor', () => {
  it('on this machine takes no key: address, model, test, agreement', async () => {
    const walk = new Walk([...toModel, { pick: 'Send a test request' }, { pick: 'Use small' }]);
    assert.deepEqual(await walk.run(), { provider: 'openai', baseUrl: OLLAMA, model: 'small', apiKey: undefined });
    assert.deepEqual(walk.commands, ['models', 'test']);
    assert.equal(walk.screens.at(-1), 'consent', 'the agreement comes last');
    assert.ok(walk.screens.some((screen) => screen.includes('812 ms') && screen.includes('Sends passwords away')));
  });

  it('at Gemini asks for a key before it asks the service for anything', async () => {
    const walk = new Walk([{ pick: 'Google Gemini' }, { type: '' }, { type: KEY }, { pick: 'small' }, { pick: 'Send' }, { pick: 'Use' }]);
    const chosen = await walk.run();
    assert.deepEqual([chosen?.provider, chosen?.apiKey], ['gemini', KEY]);
    for (const { trial } of walk.trials) assert.equal(trial.audit.apiKey, KEY);
  });

  it('shows what would be sent of the open file, and sends nothing of it', async () => {
    const walk = new Walk([...toModel, { pick: 'Show what is sent' }, { pick: 'Send a test request' }, { pick: 'Use' }]);
    await walk.run();
    assert.deepEqual(walk.commands, ['models', 'preview', 'test']);
    assert.equal(walk.trials[1]?.trial.sample?.text, 'mine alone');
    assert.equal(walk.trials[2]?.trial.sample, undefined);
    assert.ok(/FRAMED[\s\S]+INSTRUCTION/.test(walk.shown[0] ?? ''));
  });

  it('asks for a key where a server of one’s own turns out to want one', async () => {
    const walk = new Walk([{ pick: 'vLLM' }, { type: '' }, { type: KEY }, { pick: 'small' }, { pick: 'Send' }, { pick: 'Use' }]);
    walk.listed = [{ why: 'The audit service wants an API key (HTTP 401). Store one.' }];
    assert.equal((await walk.run())?.apiKey, KEY);
  });

  it('keeps the key that is stored for this endpoint where none is typed', async () => {
    const walk = new Walk([{ pick: 'Google' }, { type: '' }, { type: '' }, { pick: 'small' }, { pick: 'Send' }, { pick: 'Use' }]);
    walk.known = KEY;
    assert.equal((await walk.run())?.apiKey, KEY);
  });

  it('takes a typed model where the server lists none, and says why it does not', async () => {
    const walk = new Walk([{ pick: 'Ollama' }, { type: '' }, { pick: 'Type' }, { type: 'mine:7b' }, { pick: 'Send' }, { pick: 'Use' }]);
    walk.listed = [{ why: 'nothing listens at 127.0.0.1:11434' }];
    assert.equal((await walk.run())?.model, 'mine:7b');
    assert.ok(walk.screens.includes('nothing listens at 127.0.0.1:11434'));
  });

  it('refuses an address that would send in the clear', async () => {
    const walk = new Walk([{ pick: 'Another' }, { type: 'http://example.org/v1' }, { type: 'https://example.org/v1' }, 'escape']);
    assert.equal(await walk.run(), undefined);
    assert.ok(walk.screens.some((screen) => screen.startsWith('refused:') && screen.includes('https')));
  });

  it('goes back step by step to the first, and leaves from there', async () => {
    const walk = new Walk([...toModel, { pick: 'Send a test request' }, 'back', 'back', 'back', 'back', 'back']);
    assert.equal(await walk.run(), undefined);
    const asked = walk.screens.map((screen) => screen.slice(0, 20));
    assert.deepEqual(asked.slice(-5), [
      'It answered in 812 m',
      'A request goes to 12',
      'Which model?',
      'Base address of the ',
      'Who should read what',
    ]);
  });

  it('goes back past a key that was asked for in between', async () => {
    const walk = new Walk([{ pick: 'Ollama' }, { type: '' }, 'back', 'escape']);
    walk.listed = [{ why: 'The audit service wants an API key (HTTP 401). Store one.' }];
    await walk.run();
    assert.match(walk.screens.at(-1) ?? '', /^Base address/);
  });

  it('comes to nothing without the agreement', async () => {
    const walk = new Walk([...toModel, { pick: 'Send a test request' }, { pick: 'Use small' }, 'escape']);
    walk.agrees = false;
    assert.equal(await walk.run(), undefined);
  });

  for (let moves = 0; moves < 5; moves += 1) {
    it(`comes to nothing when it is left with Escape after ${moves} answers`, async () => {
      const walk = new Walk([...toModel, { pick: 'Send a test request' } as const].slice(0, moves));
      assert.equal(await walk.run(), undefined);
      assert.ok(!walk.screens.includes('consent'));
    });
  }

  it('offers no use of an auditor whose test failed', async () => {
    const walk = new Walk([...toModel, { pick: 'Send a test request' }, { pick: 'Use' }]);
    walk.report = { state: 'unavailable', why: 'Choose another model; with Ollama, run "ollama pull small" first.', ms: 9, model: 'small' };
    await assert.rejects(walk.run(), /not among Test again/);
    assert.ok(walk.screens.some((screen) => screen.includes('ollama pull small')));
  });
});

describe('what is said', () => {
  it('of a test tells a model that saw nothing, and one that is slower than a check waits', () => {
    assert.match(describeTrial({ state: 'ran', ms: 900, model: 'm', objected: false }, 15_000), /did not see what is wrong/);
    assert.match(
      describeTrial({ state: 'ran', ms: 20_000, model: 'm', objected: true, message: 'x' }, 15_000),
      /longer than a check waits/,
    );
  });

  it('before anything is sent names the host, what is sent, and whether it leaves the machine', () => {
    const here = consentQuestion({ provider: 'openai', baseUrl: OLLAMA, model: 'small' });
    assert.match(here.detail, /127\.0\.0\.1:11434 is this machine: nothing of it leaves the machine/);
    const there = consentQuestion({ provider: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com', model: 'm' });
    assert.doesNotMatch(there.detail, /this machine/);
    for (const { detail } of [here, there])
      for (const word of ['ask AI models', 'answers', 'changes to files', 'secrets']) assert.ok(detail.includes(word), word);
    assert.deepEqual(here.buttons, ['Do Not Send', 'Agree']);
  });
});
