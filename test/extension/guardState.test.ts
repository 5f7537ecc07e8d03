import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blindSpots } from '../../extension/core/blindSpots.ts';
import { type GuardFacts, guardState } from '../../extension/core/guardState.ts';
import { Notices } from '../../extension/core/notices.ts';
import { Trouble } from '../../extension/core/trouble.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import { FakeDialog, FakeLog, FakeStorage, FakeVerifier, healthOf, settle } from './fakes.ts';

const HEALTHY: GuardFacts = {
  enabled: true,
  sidecar: { name: 'healthy', health: healthOf() },
  saveHook: 'always',
  settingProblems: [],
  undecided: 0,
  gaps: 0,
  blindSpots: [],
};
const DOWN = new VerifierError('unreachable', 'The verifier is not reachable.');

describe('the state that the status bar shows', () => {
  const healthy = (change: object): GuardFacts['sidecar'] => ({ name: 'healthy', health: { ...healthOf(), ...change } });
  const failed = { gates: { state: 'failed', ms: 0 }, audit: { state: 'off', ms: 0 } } as const;
  const cases: [string, Partial<GuardFacts>, string, string, RegExp][] = [
    ['everything runs', {}, 'ok', 'on, gates only', /audit: off \(no API key is set\)/],
    ['the guard is off', { enabled: false }, 'error', 'off', /switched off/],
    [
      'the verifier is down',
      { sidecar: { name: 'down', why: { record: 'it ended.', shown: 'it ended.' } } },
      'error',
      'verifier down',
      /down \(it ended\.\)/,
    ],
    ['the verifier is starting', { sidecar: { name: 'starting' } }, 'warning', 'starting', /starting/],
    ['the save guard is bypassed', { saveHook: 'off' }, 'error', 'save guard off', /switched off by editor.codeActionsOnSave/],
    ['the save guard is asked sometimes', { saveHook: 'explicit-only' }, 'warning', 'limited', /only on explicit saves/],
    ['the gates failed', { sidecar: healthy({ layers: failed }) }, 'error', 'gates failed', /gates: failed/],
    ['a policy has a problem', { sidecar: healthy({ policyProblems: ['rules.yaml:3 bad'] }) }, 'warning', 'limited', /rules.yaml:3 bad/],
    ['a setting has a problem', { settingProblems: ['bad'] }, 'warning', 'limited', /bad/],
    ['a file could not be assessed', { gaps: 3 }, 'ok', 'on, gates only', /could not be assessed \(see the log\): 3/],
    [
      'the workspace blinds it',
      { blindSpots: [{ pattern: 'src/**', byWorkspace: true }] },
      'warning',
      'limited',
      /not seen in src\/\*\*.*this/,
    ],
    [
      'the user blinds it',
      { blindSpots: [{ pattern: 'out/**', byWorkspace: false }] },
      'ok',
      'on, gates only',
      /not seen in out\/\*\*.*yours/,
    ],
    ['a file waits for a decision', { undecided: 2 }, 'warning', '2 undecided', /waiting for a decision: 2/],
  ];
  for (const [what, change, level, summary, line] of cases) {
    it(`when ${what}: ${summary}`, () => {
      const state = guardState({ ...HEALTHY, ...change });
      assert.deepEqual([state.level, state.summary], [level, summary]);
      assert.match(state.lines.join('\n'), line);
    });
  }
});

describe('what the guard notices about itself', () => {
  function setting() {
    const verifier = new FakeVerifier();
    const storage = new FakeStorage();
    return { verifier, storage, notices: new Notices({ connect: async () => verifier, storage, log: new FakeLog() }) };
  }

  it('is on record before it is switched off', async () => {
    const { notices, verifier } = setting();
    await notices.guardOff();
    assert.deepEqual(
      verifier.notices.map(({ notice }) => notice),
      ['guard-off'],
    );
  });

  it('is told at the next chance where it could not be recorded', async () => {
    const { notices, verifier } = setting();
    verifier.failure = DOWN;
    await notices.guardOff();
    verifier.failure = undefined;
    await notices.guardOn();
    await notices.guardOn();
    assert.match(verifier.notices[0]?.detail ?? '', /off since .* could not be recorded/);
    assert.doesNotMatch(verifier.notices[1]?.detail ?? '', /could not be recorded/);
  });

  it('includes each change of whether VS Code asks on save, once', async () => {
    const { notices, verifier } = setting();
    const news = [];
    for (const hook of ['always', 'off', 'off', 'explicit-only', 'always'] as const) news.push(await notices.saveHook(hook));
    assert.deepEqual(news, [false, true, false, true, true]);
    assert.deepEqual(
      verifier.notices.map(({ notice }) => notice),
      ['save-guard-bypassed', 'save-guard-bypassed', 'save-guard-active'],
    );
  });

  it('is tried again where it could not be recorded', async () => {
    const { notices, verifier } = setting();
    verifier.failure = DOWN;
    assert.equal(await notices.saveHook('off'), false);
    verifier.failure = undefined;
    assert.equal(await notices.saveHook('off'), true);
  });

  it('includes what the workspace keeps it from seeing, once, and when that ends', async () => {
    const { notices, verifier } = setting();
    const spots = [
      { pattern: 'src/**', byWorkspace: true },
      { pattern: 'out/**', byWorkspace: false },
    ];
    assert.equal(await notices.blindSpots([]), false);
    assert.equal(await notices.blindSpots(spots), true);
    assert.equal(await notices.blindSpots(spots), false);
    assert.equal(await notices.blindSpots([]), false);
    assert.deepEqual(
      verifier.notices.map(({ notice, detail }) => [notice, /in src\/\*\*$|any more$/.test(detail)]),
      [
        ['coverage-gap', true],
        ['coverage-gap', true],
      ],
    );
  });
});

describe('what VS Code does not watch', () => {
  const defaultValue = { '**/.git/objects/**': true };
  const all = (more: object) => blindSpots({ defaultValue, ...more }, ['**/node_modules/**']);
  for (const [what, inspected, expected] of [
    ['by default is no news', {}, []],
    [
      'and is not checked anyway is no news',
      { globalValue: { '**/node_modules/*': true }, workspaceValue: { '**/node_modules': true } },
      [],
    ],
    ['by wish of the user', { globalValue: { out: true } }, [{ pattern: 'out', byWorkspace: false }]],
    ['by wish of the workspace', { workspaceValue: { '**': true } }, [{ pattern: '**', byWorkspace: true }]],
    ['by wish of one folder', { workspaceFolderValue: { '**/*': true } }, [{ pattern: '**/*', byWorkspace: true }]],
    ['in name only', { workspaceValue: { a: false, b: 'x' }, globalValue: 'nonsense' }, []],
  ] as const) {
    it(what, () => assert.deepEqual(all(inspected), expected));
  }
});

describe('trouble', () => {
  it('is told once while its notification stands, and offers the way out', async () => {
    const dialog = new FakeDialog();
    dialog.toldAnswers = ['Restart Verifier', 'Show Log'];
    const done: string[] = [];
    const trouble = new Trouble({ dialog, restart: () => done.push('restart'), showLog: () => done.push('log') });
    trouble.report('A was held back', DOWN);
    trouble.report('A was held back', DOWN);
    await settle();
    trouble.report('A was held back', DOWN);
    await settle();
    assert.deepEqual(dialog.told, Array(2).fill('A was held back. The verifier is not reachable.'));
    assert.deepEqual(done, ['restart', 'log']);
  });
});
