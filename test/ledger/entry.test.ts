import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import {
  canonicalJson,
  checkEntry,
  entryLine,
  eraseContent,
  MAX_LINE_BYTES,
  NO_ENTRY,
  readEntry,
  sealEntry,
} from '../../verifier/ledger/entry.ts';
import { LEDGER_FORMAT, LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import {
  assessment,
  CHAIN,
  decision,
  fileText,
  genesis,
  heartbeat,
  sampleEvents,
  sealChain,
  sessionClose,
  sessionOpen,
} from './sampleChain.ts';

const sha = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const place = { chain: CHAIN, seq: 0, time: '2026-01-02T03:04:05.006Z', prev: NO_ENTRY, key: null };
const SALT = '00112233445566778899aabbccddeeff';

describe('canonical JSON is that of RFC 8785', () => {
  const Vectors = z.array(z.strictObject({ name: z.string(), input: z.string(), canonical: z.string() }));
  for (const vector of Vectors.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/rfc8785.json'), 'utf8')))) {
    it(vector.name, () => assert.equal(canonicalJson(JSON.parse(vector.input)), vector.canonical));
  }
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', ['\udfff'], undefined]) {
    it(`refuses ${JSON.stringify(bad)} (${String(bad)}), which JSON can not say`, () => assert.throws(() => canonicalJson(bad)));
  }
});

describe('an entry is sealed as the format says', () => {
  for (const [i, event] of [...sampleEvents(), heartbeat()].entries()) {
    it(`${event.type} (${i}): digests and line are those of a plain reading of the specification`, () => {
      const { entry, line } = sealEntry({ ...place, seq: i }, event, SALT);
      const content = sha(canonicalize({ salt: SALT, event }) ?? '');
      const header = { v: LEDGER_FORMAT, ...place, seq: i, content };
      const hash = sha(canonicalize(header) ?? '');
      assert.deepEqual(entry, { ...header, hash, salt: SALT, event });
      assert.equal(line, canonicalize(entry));
      assert.deepEqual(readEntry(Buffer.from(line)), { entry });
      assert.deepEqual(checkEntry(entry), { entry });
      const erased = eraseContent(entry);
      assert.deepEqual(readEntry(Buffer.from(entryLine(erased))), { entry: erased });
    });
  }

  it('absent and undefined members are the same', () => {
    const one = sealEntry(place, decision(1, 'deny'), SALT);
    assert.equal(sealEntry(place, { ...decision(1, 'deny'), reason: undefined }, SALT).line, one.line);
  });

  it('a text that was cut inside a character is mended before it is hashed', () => {
    const { entry, line } = sealEntry(place, decision(1, 'approve', { reason: 'cut \ud83d' }), SALT);
    assert.ok(entry.event?.type === 'decision' && entry.event.reason === 'cut \ufffd');
    assert.deepEqual(readEntry(Buffer.from(line)), { entry });
  });

  it('an event that does not fit its schema is refused by name of the field', () => {
    assert.throws(() => sealEntry(place, { ...heartbeat(), pending: 0.5 }, SALT), { code: 'internal', message: /heartbeat.*pending/ });
  });

  it('an event too large for a line is refused', () => {
    const [finding] = assessment(1, 'block').findings;
    assert.ok(finding);
    const many = Array.from({ length: Math.ceil(MAX_LINE_BYTES / 300) }, () => finding);
    assert.throws(() => sealEntry(place, assessment(1, 'block', { findings: many }), SALT), { code: 'too_large' });
  });
});

describe('the specification in docs/ledger-format.md', () => {
  const spec = readFileSync(join(import.meta.dirname, '../../docs/ledger-format.md'), 'utf8');
  const block = (language: string): string =>
    spec.match(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``))?.[1] ?? assert.fail(`no ${language} block`);

  it('shows as its example the file that the code writes', () => {
    assert.equal(block('jsonl'), fileText(sealChain([genesis, sessionOpen(), sessionClose()])));
  });

  it('works the first entry out with the texts and digests that a plain reading gives', () => {
    const steps = [...block('text').matchAll(/^(content|hash): (\{.*\})\nsha256: ([0-9a-f]{64})$/gm)];
    assert.deepEqual(
      steps.map((step) => step[1]),
      ['content', 'hash'],
    );
    const first: unknown = JSON.parse(block('jsonl').split('\n')[0] ?? '');
    for (const [, field = '', text = '', digest] of steps) {
      assert.equal(sha(text), digest);
      assert.equal(canonicalize(JSON.parse(text)), text);
      assert.equal(z.record(z.string(), z.unknown()).parse(first)[field], digest);
    }
  });

  it('names every event type and each of its fields', () => {
    for (const option of LedgerEvent.options) {
      const { type, ...fields } = option.shape;
      const name = type.value;
      const section = spec.split(`### \`${name}\``)[1]?.split('\n##')[0] ?? assert.fail(`no section for ${name}`);
      for (const field of Object.keys(fields)) assert.ok(section.includes(`\`${field}\``), `${name}.${field}`);
    }
  });
});
