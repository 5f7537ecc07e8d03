import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ReplyContext, readReply } from '../../verifier/audit/reply.ts';
import { Finding } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { claim, TEXT, unchanged } from './samples.ts';

const context: ReplyContext = { text: TEXT, policies: new Set(['destructive', 'secrets']), redact: unchanged };

function read(answer: unknown, changes: Partial<ReplyContext> = {}) {
  const reading = readReply(typeof answer === 'string' ? answer : JSON.stringify(answer), { ...context, ...changes });
  if (reading.state === 'refused') assert.fail(reading.why);
  for (const finding of reading.findings) Finding.parse(finding);
  return reading;
}

describe('the audit reply', () => {
  it('becomes a finding with evidence and place from the content', () => {
    const { verdict, findings, dropped } = read({
      verdict: 'block',
      findings: [claim({ quote: 'os.system("rm  -rf " +   path)', startLine: 99 })],
    });
    const quoted = 'os.system("rm -rf " + path)';
    assert.equal(verdict, 'block');
    assert.deepEqual(dropped, []);
    assert.deepEqual(findings, [
      {
        ruleId: 'destructive.audit',
        policy: 'destructive',
        layer: 'audit',
        severity: 'high',
        verdict: 'block',
        message: 'Deletes whatever path it is given.',
        remediation: 'Check the path first.',
        evidence: { excerpt: quoted, digest: sha256(quoted) },
        location: { startLine: 4, endLine: 4 },
        isNew: true,
        confidence: 0.9,
      },
    ]);
  });

  it('may quote several lines', () => {
    const { findings } = read({ findings: [claim({ quote: 'def tidy(path):\nos.system("rm -rf " + path)' })] });
    assert.deepEqual(findings[0]?.location, { startLine: 3, endLine: 4 });
    assert.equal(findings[0]?.evidence.excerpt, 'def tidy(path):\n    os.system("rm -rf " + path)');
  });

  it('loses findings that quote what is not there, and their verdict with them', () => {
    const { verdict, findings, dropped } = read({ verdict: 'block', findings: [claim({ quote: 'shutil.rmtree("/")' })] });
    assert.equal(verdict, 'pass');
    assert.deepEqual(findings, []);
    assert.match(dropped.join('\n'), /not there[\s\S]*overall verdict "block"/);
  });

  it('loses findings on policies that do not exist', () => {
    const { verdict, dropped } = read({ findings: [claim({ policy: 'style' })] });
    assert.equal(verdict, 'pass');
    assert.match(dropped[0] ?? '', /unknown policy "style"/);
  });

  it('cannot lower the verdict of its own findings by claiming to pass', () => {
    assert.equal(read({ verdict: 'pass', findings: [claim()] }).verdict, 'block');
    assert.equal(read({ verdict: 'pass', findings: [claim({ verdict: 'review' })] }).verdict, 'review');
  });

  it('keeps the gravest of thousands', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => claim({ verdict: i === 2_999 ? 'block' : 'review', severity: 'low' }));
    const { verdict, findings, dropped } = read({ findings: many });
    assert.equal(verdict, 'block');
    assert.equal(findings.length, 50);
    assert.match(dropped[0] ?? '', /2950 more/);
  });

  it('is not believed at all when it buries the content in inventions', () => {
    const many = Array.from({ length: 3_000 }, () => claim({ quote: 'invented' }));
    const reading = readReply(JSON.stringify({ findings: [...many, claim({ verdict: 'review' })] }), context);
    assert.equal(reading.state, 'refused');
  });

  it('lists twenty of what was dropped and counts the rest', () => {
    const { verdict, dropped } = read({
      findings: [...Array.from({ length: 100 }, () => claim({ quote: 'invented' })), claim({ verdict: 'review' })],
    });
    assert.equal(verdict, 'review');
    assert.equal(dropped.length, 21);
    assert.equal(dropped.at(-1), '80 more were dropped');
  });

  const malformed: Record<string, unknown> = {
    'no JSON': 'All good!',
    'fenced JSON': '```json\n{"findings":[]}\n```',
    nothing: '',
    null: 'null',
    'no findings': { verdict: 'pass' },
    'an unknown verdict': { verdict: 'fine', findings: [] },
    'a finding that passes': { findings: [claim({ verdict: 'pass' })] },
    'an unknown severity': { findings: [claim({ severity: 'none' })] },
    'certainty beyond 1': { findings: [claim({ confidence: 95 })] },
    'no quote': { findings: [claim({ quote: undefined })] },
    'more findings than are read': { findings: Array.from({ length: 5_001 }, () => claim()) },
  };
  for (const [name, answer] of Object.entries(malformed)) {
    it(`is refused with ${name}`, () => {
      const reading = readReply(typeof answer === 'string' ? answer : JSON.stringify(answer), context);
      assert.equal(reading.state, 'refused');
    });
  }

  it('is cleared of unseen characters, cut to length and redacted', () => {
    const redact = (text: string) => text.replaceAll('hunter2', '[gone]');
    const message = `bad\u202e\u001b[31m hunt\u200ber2\n${'x'.repeat(5_000)}`;
    const { findings, dropped } = read(
      { findings: [claim({ message, remediation: 'use hunter2' }), claim({ policy: 'hunter2', message: 'hunter2' })] },
      { redact },
    );
    const [finding] = findings;
    assert.match(finding?.message ?? '', /^bad \[31m \[gone\] x+…$/);
    assert.equal(finding?.message.length, 600);
    assert.equal(finding?.remediation, 'use [gone]');
    assert.ok(!JSON.stringify([findings, dropped]).includes('hunter2'));
  });

  it('shows redacted excerpts', () => {
    const { findings } = read({ findings: [claim()] }, { redact: (text) => text.replaceAll('path', '…') });
    assert.equal(findings[0]?.evidence.excerpt, 'os.system("rm -rf " + …)');
  });

  it('shows excerpts of a length that the protocol takes, without half a character', () => {
    const text = `${'x'.repeat(398)}${'😀'.repeat(400)}`;
    const { findings } = read({ findings: [claim({ quote: text })] }, { text });
    assert.equal(findings[0]?.evidence.excerpt, `${'x'.repeat(398)}…`);
    assert.equal(findings[0]?.evidence.digest, sha256(text));
  });

  it('gives findings that the protocol takes, or is refused, whatever it says', () => {
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('destructive', 'os.system', 'block', 'high', '\ud83d'));
    const field = fc.oneof(word, fc.double(), fc.constant(null), fc.array(word));
    const wild = fc.record(
      {
        policy: field,
        severity: field,
        verdict: field,
        confidence: fc.double({ min: 0, max: 1 }),
        message: word,
        quote: field,
        startLine: field,
      },
      { requiredKeys: [] },
    );
    const nearly = fc
      .record({ message: word, remediation: word, startLine: field, quote: fc.constantFrom('os.system', 'return True', 'no such') })
      .map((changes) => claim(changes));
    fc.assert(
      fc.property(fc.array(fc.oneof(wild, nearly), { maxLength: 5 }), (findings) => {
        const reading = readReply(JSON.stringify({ findings }), context);
        if (reading.state === 'read') for (const finding of reading.findings) Finding.parse(finding);
      }),
      { numRuns: 500 },
    );
  });
});
