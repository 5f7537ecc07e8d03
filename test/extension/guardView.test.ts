import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guardNodes, stateNodes, type ViewNode } from '../../extension/core/guardView.ts';
import { triedStep } from '../../extension/core/tryIt.ts';
import type { History, HistoryItem } from '../../verifier/protocol/history.ts';
import { assessment as assessmentEvent } from '../ledger/sampleChain.ts';
import { assessmentOf, PERSON } from './fakes.ts';

const LAYERS = { gates: { state: 'ran', ms: 1 }, audit: { state: 'off', why: 'no key is set', ms: 0 } } as const;
const NOTHING: History = { items: [], gaps: [], passed: 0, unreadable: 0, complete: true };
const TIME = '2026-01-02T03:04:05.006Z';
const at = () => '03:04';

function item(seq: number, more: Partial<HistoryItem> = {}): HistoryItem {
  return {
    ...{ seq, assessmentId: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`, time: TIME, source: 'save', kind: 'file' },
    ...{ subjectName: 'src/app.ts', verdict: 'block', timing: 'before', layers: LAYERS, ruleIds: ['secrets.any'], message: 'A key.' },
    ...more,
  };
}

const decided = (choice: 'approve' | 'deny', cause: 'person' | 'cancelled' | 'recovered' = 'person') =>
  ({ choice, cause, by: PERSON, time: TIME, seq: 9 }) as const;

const show = (history: Partial<History>, waiting: Parameters<typeof guardNodes>[0]['waiting'] = []) =>
  guardNodes({ waiting, writes: [], held: [], history: { ...NOTHING, ...history } }, at);
const titles = (nodes: readonly ViewNode[]) => nodes.map(({ label, children = [] }) => [label, children.map((child) => child.label)]);

const ENDS: { what: string; more: Partial<HistoryItem>; said: string; icon: string }[] = [
  {
    what: 'denied',
    more: { decision: decided('deny'), outcome: { outcome: 'withheld', time: TIME } },
    said: 'denied · withheld · 03:04',
    icon: 'circle-slash',
  },
  {
    what: 'approved',
    more: { decision: decided('approve'), outcome: { outcome: 'saved', time: TIME } },
    said: 'approved · saved · 03:04',
    icon: 'pass',
  },
  { what: 'cancelled', more: { decision: decided('deny', 'cancelled') }, said: 'denied, nobody decided · 03:04', icon: 'circle-slash' },
  { what: 'open', more: {}, said: 'not decided · 03:04', icon: 'question' },
  { what: 'harmless', more: { timing: 'after', verdict: 'pass', ruleIds: [] }, said: 'found harmless afterwards · 03:04', icon: 'pass' },
];

describe('the Guard view', () => {
  it('is empty where nothing was held and nothing waits, so that its welcome is shown', () => {
    assert.deepEqual(show({ passed: 12 }), []);
  });

  it('tells what waits, what was held and what got past apart', () => {
    const pending = {
      assessment: assessmentOf({ kind: 'file', path: '/w/a.ts', text: 'BAD' }, 'block'),
      source: 'save',
      subjectName: 'a.ts',
    } as const;
    const nodes = show(
      {
        items: [item(7, { decision: decided('deny') }), item(6, { timing: 'after', subjectName: 'b.sh', verdict: 'pass' })],
        gaps: [{ seq: 5, time: TIME, what: 'coverage-gap', detail: 'one file is not text' }],
        passed: 3,
      },
      [pending],
    );
    assert.deepEqual(titles(nodes), [
      ['Waiting for You', ['a.ts']],
      ['Today', ['src/app.ts', '3 checks passed']],
      ['Unassessed', ['Not looked at', '1 found harmless afterwards']],
    ]);
  });

  it('lists what waits once, and leaves out what was only looked at while it was typed', () => {
    const assessment = assessmentOf({ kind: 'file', path: '/w/a.ts', text: 'BAD' }, 'block');
    const waiting = [{ assessment, source: 'save', subjectName: 'a.ts' }] as const;
    const nodes = show({ items: [item(7, { assessmentId: assessment.id }), item(6, { timing: 'ahead' })] }, waiting);
    assert.deepEqual(titles(nodes), [['Waiting for You', ['a.ts']]]);
  });

  it('offers to put back only what is on the disk', () => {
    const held = assessmentOf({ kind: 'file', path: '/w/a.ts', text: 'BAD' }, 'block');
    const written = { ...assessmentOf({ kind: 'file', path: '/w/b.ts', text: 'BAD' }, 'review'), timing: 'after' as const };
    const waiting = [held, written].map((assessment) => ({ assessment, source: 'save' as const, subjectName: assessment.timing }));
    const facts = { waiting, writes: [{ assessmentId: written.id, path: '/w/b.ts' }], held: [{ assessmentId: held.id, path: '/w/a.ts' }] };
    const [section] = guardNodes({ ...facts, history: NOTHING }, at);
    assert.deepEqual(
      section?.children?.map(({ kind, description, about }) => [kind, description, about?.file]),
      [
        ['waiting', 'blocked · held back', '/w/a.ts'],
        ['write', 'needs review · on disk, undecided', '/w/b.ts'],
      ],
    );
  });

  for (const { what, more, said, icon } of ENDS) {
    it(`says in words what the icon says, and to a screen reader too: ${what}`, () => {
      const [first] = show({ items: [item(7, more)] })[0]?.children ?? [];
      const node = first?.children?.[0] ?? first;
      assert.equal(node?.description, said);
      assert.equal(node?.icon.id, icon);
      for (const word of said.replace(' · 03:04', '').split(' · ')) assert.ok(node?.spoken.includes(word), word);
      assert.ok(node?.spoken.includes('src/app.ts'));
    });
  }

  it('keeps who decided, why, and where it stands in the ledger, in the tooltip', () => {
    const decision = { ...decided('approve'), reason: 'a drill' };
    const [node] = show({ items: [item(7, { decision, unassessed: 'by a tool' })] })[0]?.children ?? [];
    for (const part of ['A key.', 'secrets.any', PERSON.name, 'a drill', 'by a tool', 'audit: off (no key is set)', 'entry 7'])
      assert.ok(node?.tooltip.includes(part), part);
  });

  it('shows no character of a file’s name that could make it look like another', () => {
    const subjectName = 'safe.txt\n\u202Eexe.bad';
    const [node] = show({ items: [item(7, { subjectName })] })[0]?.children ?? [];
    for (const text of [node?.label, node?.tooltip.split('\n')[0], node?.spoken]) assert.doesNotMatch(text ?? '', /[\n\u202E]/);
  });

  for (const [subjectName, label] of [
    ['src/app.ts', 'src/app.ts'],
    ['/home/ada/elsewhere/x.sh', 'x.sh'],
    ['C:\\Users\\Ada\\x.ps1', 'x.ps1'],
  ] as const) {
    it(`names ${subjectName} as ${label}, and in full in the tooltip`, () => {
      const [node] = show({ items: [item(7, { subjectName })] })[0]?.children ?? [];
      assert.equal(node?.label, label);
      assert.equal(node?.tooltip.split('\n')[0], subjectName);
      assert.equal(node?.about?.file, subjectName, 'it could not be opened');
    });
  }

  it('names a held prompt by what it is', () => {
    const assessment = assessmentOf({ kind: 'prompt', text: 'BAD' }, 'block');
    const [section] = show({}, [{ assessment, source: 'chat', subjectName: 'prompt' }]);
    assert.equal(section?.children?.[0]?.label, 'Prompt (chat)');
  });

  it('keeps the identity of its lines, so that a refresh moves nobody', () => {
    const ids = () =>
      show({ items: [item(7), item(6)], gaps: [{ seq: 5, time: TIME, what: 'guard-off', detail: 'x' }] }).flatMap(
        ({ id, children = [] }) => [id, ...children.map((child) => child.id)],
      );
    assert.deepEqual(ids(), ids());
    assert.equal(new Set(ids()).size, ids().length);
  });

  it('says what the state is, summary first', () => {
    const nodes = stateNodes({ level: 'error', summary: 'verifier down', lines: ['verifier: down (it ended)', 'save guard: active'] });
    assert.deepEqual(
      nodes.map(({ label }) => label),
      ['Sentinel: verifier down', 'verifier: down (it ended)', 'save guard: active'],
    );
    assert.deepEqual(nodes[0]?.icon, { id: 'warning', color: 'error' });
    assert.ok(nodes.every(({ spoken }) => spoken !== ''));
  });
});

describe('a step of the walkthrough', () => {
  for (const { what, event, step } of [
    {
      what: 'a held prompt',
      event: assessmentEvent(1, 'review', { subject: { kind: 'prompt', digest: 'd'.repeat(64), bytes: 1 } }),
      step: 'prompt',
    },
    { what: 'a held save', event: assessmentEvent(1, 'block', { source: 'save' }), step: 'save' },
    { what: 'a save that passed', event: assessmentEvent(1, 'pass', { source: 'save' }), step: undefined },
    { what: 'a write found afterwards', event: assessmentEvent(1, 'block', { source: 'save', timing: 'after' }), step: undefined },
    {
      what: 'a held answer',
      event: assessmentEvent(1, 'block', { subject: { kind: 'response', digest: 'd'.repeat(64), bytes: 1 } }),
      step: undefined,
    },
    { what: 'an erased entry', event: null, step: undefined },
  ] as const) {
    it(`is ${step === undefined ? 'not done by' : 'done by'} ${what}`, () => {
      assert.equal(triedStep({ event }), step);
    });
  }
});
