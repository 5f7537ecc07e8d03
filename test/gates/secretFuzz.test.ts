import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TOKEN_FORMATS } from '../../verifier/gates/secrets/formats.ts';
import { NAMED_SERVICES } from '../../verifier/gates/secrets/namedServices.ts';
import { TELLING_NAMES } from '../../verifier/gates/secrets/names.ts';
import { findSecrets } from '../../verifier/gates/secrets.ts';
import { tokenSamples } from './tokenSamples.ts';

const RUNS = Number(process.env['SOAK_RUNS'] ?? 300);

const literals = [...TOKEN_FORMATS.flatMap((entry) => entry.literals), ...TELLING_NAMES, ...NAMED_SERVICES.flatMap((entry) => entry.names)];
const fragment = fc.oneof(
  fc.constantFrom(...literals),
  fc.constantFrom(
    ' = ',
    ': ',
    '="',
    '"',
    "'",
    '\\"',
    '\n',
    '\r\n',
    '\0',
    '\ud800',
    '${',
    '{{',
    '://',
    '@',
    '.',
    '|',
    '>',
    '- name: ',
    'value: ',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[A-Za-z0-9+/_-]{8,90}$/),
);
const text = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(''));

test('whatever the text is, credentials are in it, in order and apart, and the same each time', () => {
  fc.assert(
    fc.property(text, fc.boolean(), (content, eager) => {
      const found = findSecrets(content, eager);
      let before = 0;
      for (const { start, end, value } of found) {
        assert.ok(start >= before && end > start && end <= content.length);
        if (!eager) assert.ok(content.slice(start, end).includes(value));
        before = end;
      }
      assert.deepEqual(findSecrets(content, eager), found);
    }),
    { numRuns: RUNS },
  );
});

const SAMPLES = tokenSamples(1).filter(({ format }) => format !== 'json-web-key');

test('a token is found in whatever stands around it', () => {
  const around = fc.string({ unit: fc.constantFrom(...'ab 019\n\t"\'`\\=:;,(){}[]<>@#$%&|é€😀'), maxLength: 30 });
  fc.assert(
    fc.property(around, fc.constantFrom(...SAMPLES), fc.constantFrom(' ', '\n', '"', "'"), around, (before, { value }, edge, after) => {
      const content = `${before}${edge}${value}${edge}${after}`;
      const at = before.length + 1;
      assert.ok(findSecrets(content).some(({ start, end }) => start < at + value.length && end > at));
    }),
    { numRuns: RUNS },
  );
});
