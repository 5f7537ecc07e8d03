import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inputsKey } from '../../verifier/assessment/inputs.ts';
import type { AssessmentRequest } from '../../verifier/assessment/request.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { ask, bench, latch, OTHER_POLICIES } from './standIns.ts';

const file = { kind: 'file', text: 'a = 1', path: '/p/a.py', language: 'python', baseline: 'a = 0' } as const;
const command = { kind: 'command', text: 'ls', language: 'shellscript', cwd: '/p' } as const;
const base = ask({ subject: file, intent: 'count' });

/** Each row changes one input of a verdict. */
const CHANGES: Record<string, [AssessmentRequest, AssessmentRequest]> = {
  text: [base, ask({ subject: { ...file, text: 'a = 2' }, intent: 'count' })],
  path: [base, ask({ subject: { ...file, path: '/p/b.py' }, intent: 'count' })],
  language: [base, ask({ subject: { ...file, language: 'ruby' }, intent: 'count' })],
  baseline: [base, ask({ subject: { ...file, baseline: 'a = 9' }, intent: 'count' })],
  'no baseline': [base, ask({ subject: { kind: 'file', text: 'a = 1', path: '/p/a.py', language: 'python' }, intent: 'count' })],
  intent: [base, ask({ subject: file, intent: 'tidy up' })],
  'no intent': [base, ask({ subject: file })],
  'empty intent': [ask({ subject: file }), ask({ subject: file, intent: '' })],
  depth: [base, ask({ subject: file, intent: 'count', depth: 'gates' })],
  purpose: [ask({ subject: { kind: 'prompt', text: 'x' } }), ask({ subject: { kind: 'prompt', text: 'x' }, purpose: 'intent' })],
  kind: [ask({ subject: { kind: 'prompt', text: 'x' } }), ask({ subject: { kind: 'response', text: 'x' } })],
  'working directory': [ask({ subject: command }), ask({ subject: { ...command, cwd: '/' } })],
  'shell language': [ask({ subject: command }), ask({ subject: { ...command, language: 'powershell' } })],
  'tool name': [ask({ subject: { kind: 'tool', name: 'read', input: 1 } }), ask({ subject: { kind: 'tool', name: 'write', input: 1 } })],
  'tool input': [ask({ subject: { kind: 'tool', name: 'read', input: 1 } }), ask({ subject: { kind: 'tool', name: 'read', input: 2 } })],
  'reference text': [ask({ references: [{ name: 'a', text: '1' }] }), ask({ references: [{ name: 'a', text: '2' }] })],
  'reference name': [ask({ references: [{ name: 'a', text: '1' }] }), ask({ references: [{ name: 'b', text: '1' }] })],
};

for (const [name, [first, second]] of Object.entries(CHANGES)) {
  test(`another ${name} is another verdict`, async () => {
    const { assessor, gates } = await bench();
    await assessor.assess(first);
    const again = await assessor.assess(first);
    assert.equal(again.cached, true, 'the same inputs are found');
    gates.verdict = 'review';
    const changed = await assessor.assess(second);
    assert.deepEqual([changed.cached, changed.verdict], [false, 'review']);
    assert.notEqual(changed.inputsDigest, again.inputsDigest);
  });
}

test('other policies and another auditor are another verdict', async () => {
  const { assessor, gates, auditor } = await bench();
  const first = await assessor.assess(base);
  gates.policyDigest = OTHER_POLICIES;
  const second = await assessor.assess(base);
  auditor.configDigest = sha256('another model');
  const third = await assessor.assess(base);
  assert.deepEqual([first.cached, second.cached, third.cached], [false, false, false]);
  assert.equal(new Set([first.inputsDigest, second.inputsDigest, third.inputsDigest]).size, 3);
});

test('a cached verdict has its own entry, id and nonce', async () => {
  const { assessor, ledger, gates } = await bench();
  const first = await assessor.assess(ask({ requestId: 'one' }));
  const second = await assessor.assess(ask({ requestId: 'two' }));
  assert.equal(gates.assessed.length, 1);
  assert.deepEqual([first.cached, second.cached], [false, true]);
  assert.notEqual(first.id, second.id);
  assert.notEqual(first.nonce, second.nonce);
  assert.deepEqual(
    ledger.events('assessment').map(({ requestId, cached }) => [requestId, cached]),
    [
      ['one', false],
      ['two', true],
    ],
  );
});

const NEVER_KEPT = ['unavailable', 'refused', 'gates failed', 'policies unreadable'] as const;
for (const what of NEVER_KEPT) {
  test(`what could not be concluded is tried again: ${what}`, async () => {
    const { assessor, gates, auditor } = await bench();
    if (what === 'unavailable' || what === 'refused') auditor.result = { state: what, why: 'so it was', ms: 1 };
    if (what === 'gates failed') gates.failure = new Error('stopped');
    if (what === 'policies unreadable') gates.redactFailure = new Error('stopped');
    await assessor.assess(ask());
    gates.failure = undefined;
    gates.redactFailure = undefined;
    auditor.says('block');
    const again = await assessor.assess(ask());
    assert.deepEqual([again.cached, again.verdict], [false, 'block']);
  });
}

test('a verdict whose audit is pending is not kept until the audit is in', async () => {
  const { assessor, gates, auditor, ledger } = await bench();
  gates.verdict = 'block';
  auditor.says('review');
  const audit = latch();
  auditor.gate = audit.opened;
  await assessor.assess(ask());
  assert.equal((await assessor.assess(ask())).cached, false);
  audit.open();
  while (ledger.events('late-layer').length < 2) await new Promise(setImmediate);
  const kept = await assessor.assess(ask());
  assert.deepEqual([kept.cached, kept.layers.audit.state, kept.findings.length], [true, 'ran', 2]);
});

test('the cache stays within its bytes and lets go of what was used longest ago', async () => {
  const { assessor, cache } = await bench({ cacheBytes: 4_000 });
  const asked = (text: string) => assessor.assess(ask({ subject: { kind: 'command', text } }));
  await asked('kept');
  for (let round = 0; round < 30; round += 1) {
    await asked(`passing ${round}`);
    assert.equal((await asked('kept')).cached, true);
  }
  assert.ok(cache.bytes <= 4_000, `${cache.bytes}`);
  assert.equal((await asked('passing 0')).cached, false);
});

const text = fc.string({ maxLength: 8 });
const maybe = fc.option(text, { nil: undefined });
const configuration = fc.record({ workspaceRoots: fc.array(text, { maxLength: 2 }), home: text, audit: text });
const request = fc
  .record({
    subject: fc.oneof(
      fc.record({ kind: fc.constant('prompt' as const), text }),
      fc.record({ kind: fc.constant('file' as const), text, path: text, language: maybe, baseline: maybe }),
      fc.record({ kind: fc.constant('command' as const), text, language: maybe, cwd: maybe }),
    ),
    references: fc.array(fc.record({ name: text, text }), { maxLength: 2 }),
    intent: maybe,
    depth: fc.constantFrom('gates' as const, 'full' as const),
  })
  .map((changes) => JSON.parse(JSON.stringify(changes)))
  .map((changes) => ask(changes));

test('two keys are equal only where all inputs are', () => {
  fc.assert(
    fc.property(request, configuration, request, configuration, (one, here, other, there) => {
      const relevant = (asked: AssessmentRequest, set: typeof here) =>
        JSON.stringify([
          asked.subject,
          asked.references,
          asked.intent,
          asked.depth,
          { ...set, audit: asked.depth === 'full' ? set.audit : '' },
        ]);
      const same = relevant(one, here) === relevant(other, there);
      assert.equal(inputsKey(one, here) === inputsKey(other, there), same);
      assert.equal(inputsKey(one, here), inputsKey(structuredClone(one), structuredClone(here)));
    }),
  );
});
