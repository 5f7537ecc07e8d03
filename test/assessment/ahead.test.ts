import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, bench, latch } from './standIns.ts';

const BASE = Array.from({ length: 60 }, (_, i) => `line ${i + 1}`);
const file = (text: string, baseline?: string) =>
  ({ kind: 'file', text, path: '/home/ada/project/a.py', ...(baseline === undefined ? {} : { baseline }) }) as const;
const CHANGED = BASE.with(29, 'open-sesame was here').join('\n');

describe('an audit ahead of the save', () => {
  const ahead = ask({ subject: file(CHANGED, BASE.join('\n')), timing: 'ahead' });
  const atSave = ask({ subject: file(CHANGED, BASE.join('\n')), orGates: true });

  it('waits for no decision, and none can be made of it', async () => {
    const { assessor, auditor, ledger, decisions } = await bench();
    auditor.says('review');
    const found = await assessor.assess(ahead);
    assert.equal(found.verdict, 'review');
    assert.deepEqual(decisions.waiting(), []);
    assert.throws(() => decisions.claim(found.id, 'window-1'), { code: 'not_found' });
    assert.deepEqual(
      ledger.events('assessment').map(({ timing, depth }) => [timing, depth]),
      [['ahead', 'full']],
    );
  });

  it('gives the save its verdict at once, without another question to the auditor', async () => {
    const { assessor, auditor, ledger } = await bench();
    auditor.says('review');
    await assessor.assess(ahead);
    auditor.says('pass');
    const saved = await assessor.assess(atSave);
    assert.deepEqual([saved.verdict, saved.cached, saved.timing, auditor.asked.length], ['review', true, 'before', 1]);
    assert.equal(ledger.events('assessment').at(-1)?.depth, 'full');
  });

  it('that is not in leaves the save to the gates, which wait for nobody', async () => {
    const { assessor, auditor, ledger } = await bench();
    auditor.gate = latch().opened;
    const saved = await assessor.assess(atSave);
    assert.deepEqual([saved.verdict, saved.layers.audit.state, auditor.asked.length], ['pass', 'skipped', 0]);
    assert.equal(ledger.events('assessment')[0]?.depth, 'gates');
  });

  it('of another text, another accepted text or under other policies says nothing about the save', async () => {
    const { assessor, auditor, gates } = await bench();
    await assessor.assess(ahead);
    for (const subject of [file(`${CHANGED}\n`, BASE.join('\n')), file(CHANGED, BASE.slice(1).join('\n')), file(CHANGED)]) {
      assert.equal((await assessor.assess(ask({ subject, orGates: true }))).layers.audit.state, 'skipped');
    }
    gates.policyDigest = 'f'.repeat(64);
    assert.equal((await assessor.assess(atSave)).layers.audit.state, 'skipped');
    assert.equal(auditor.asked.length, 1);
  });

  it('that nobody waits for any more is ended, kept out of the health, and tried again', async () => {
    const { assessor, auditor } = await bench();
    auditor.gate = latch().opened;
    const gone = new AbortController();
    const running = assessor.assess(ahead, gone.signal);
    while (auditor.asked.length === 0) await new Promise(setImmediate);
    gone.abort();
    assert.equal((await running).layers.audit.state, 'unavailable');
    assert.equal(assessor.lastSeen.audit, undefined);
    auditor.gate = undefined;
    assert.equal((await assessor.assess(ahead)).layers.audit.state, 'ran');
  });
});

describe('the auditor is shown', () => {
  it('of a file with an accepted text only what changed, redacted, with the numbers of the whole', async () => {
    const { assessor, auditor } = await bench();
    await assessor.assess(ask({ subject: file(CHANGED, BASE.join('\n')) }));
    const [asked] = auditor.asked;
    assert.deepEqual([asked?.lineNumbers?.[0], asked?.lineNumbers?.at(-1)], [22, 38]);
    assert.deepEqual(asked?.text.split('\n'), [...BASE.slice(21, 29), '‹redacted:sample› was here', ...BASE.slice(30, 38)]);
  });

  it('what was taken away as well, redacted in the light of the whole', async () => {
    const { assessor, auditor } = await bench();
    const before = BASE.with(29, 'if (!allowed(open-sesame)) throw new Error();').join('\n');
    await assessor.assess(ask({ subject: file(BASE.toSpliced(29, 1).join('\n'), before) }));
    const [asked] = auditor.asked;
    assert.deepEqual(asked?.removed, { text: 'if (!allowed(‹redacted:sample›)) throw new Error();', lineNumbers: [30] });
    assert.equal(asked?.lineNumbers?.length, 16);
  });

  it('a file without an accepted text whole', async () => {
    const { assessor, auditor } = await bench();
    await assessor.assess(ask({ subject: file(BASE.join('\n')) }));
    assert.deepEqual([auditor.asked[0]?.text, auditor.asked[0]?.lineNumbers], [BASE.join('\n'), undefined]);
  });

  it('nothing of a file that has not changed', async () => {
    const { assessor, auditor } = await bench();
    const assessment = await assessor.assess(ask({ subject: file(BASE.join('\n'), BASE.join('\n')) }));
    assert.deepEqual([auditor.asked.length, assessment.layers.audit.state], [0, 'skipped']);
  });
});
