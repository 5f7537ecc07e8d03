import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Source } from '../../verifier/gates/evidence.ts';
import { expandTemplates } from '../../verifier/policy/templates.ts';

const FILLER = Array.from({ length: 400 }, (_, index) => `const total${index} = add(price${index}, tax${index});`).join('\n');
const value = (template: string): string => expandTemplates(template).text;

/** The excerpt for a finding on the word `RISKY`, in a file much longer than what is redacted around it. */
function excerptAt(text: string): string {
  const start = text.indexOf('RISKY');
  return new Source(text).evidence(start, start + 5).excerpt;
}

test('a line far down a long file is quoted with its own words, from its own place', () => {
  assert.equal(excerptAt(`${FILLER}\nfirst();\nRISKY(call); // why\nlast();\n${FILLER}`), 'RISKY(call); // why');
});

test('a credential that is named far away is not quoted where it stands without its name', () => {
  const password = value('{{password:18}}');
  for (const spelling of [password, Buffer.from(password).toString('hex'), [...password].reverse().join('')]) {
    const excerpt = excerptAt(`password = "${password}"\n${FILLER}\nRISKY(${JSON.stringify(spelling)});\n${FILLER}`);
    assert.match(excerpt, /^RISKY\(.*‹redacted:/);
    assert.ok(!excerpt.includes(spelling.slice(2, 10)), excerpt);
  }
});

test('a key whose beginning and end are out of sight is not quoted from its middle', () => {
  const rows = value('{{private-key-pem}}').split('\n');
  const body = Array.from({ length: 8 }, () => rows.slice(1, -1)).flat();
  body.splice(100, 0, 'RISKY+Ab1');
  const excerpt = excerptAt(`${FILLER}\n${[rows[0], ...body, rows.at(-1)].join('\n')}\n${FILLER}`);
  assert.ok(!excerpt.includes('RISKY'), excerpt);
});

test('an encoded credential is known by the run that it stands in, also in a long file', () => {
  const encoded = Buffer.from(`password = "${value('{{password:18}}')}" RISKY`).toString('base64');
  const excerpt = excerptAt(`${FILLER}\nload("${encoded}", RISKY);\n${FILLER}`);
  assert.match(excerpt, /‹redacted:base64›.*RISKY/);
});

test('what a finding on a credential is known by cannot be guessed back to it', () => {
  const secret = value('{{password:18}}');
  const at = (text: string): string => new Source(text).evidence(text.indexOf(secret), text.indexOf(secret) + secret.length).digest;
  const long = `${FILLER}\npassword = "${secret}"\n${FILLER}`;
  assert.notEqual(at(long), at(`${long}\n`));
});
