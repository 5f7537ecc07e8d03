import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum62, expandTemplates, TEMPLATE_NAMES, templateValue } from '../../verifier/policy/templates.ts';

test('every template has a value, the same each time', () => {
  for (const name of TEMPLATE_NAMES) {
    const value = templateValue(name);
    assert.ok(value !== undefined && value.length >= 12, name);
    assert.equal(templateValue(name), value);
    assert.deepEqual(expandTemplates(`a {{${name}}} b`), { text: `a ${value} b`, unknown: [] });
  }
});

test('a length is obeyed where a format has none of its own', () => {
  assert.equal(templateValue('hex', 64)?.length, 64);
  assert.equal(expandTemplates('{{alnum:7}}').text.length, 7);
  assert.deepEqual(expandTemplates('{{github-token:7}}').unknown, ['{{github-token:7}}']);
});

test("unknown names are reported and other people's templates are left alone", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the text of a GitHub workflow
  const text = '{{no-such}} {{ user }} ${{ secrets.TOKEN }}';
  assert.deepEqual(expandTemplates(text), { text, unknown: ['{{no-such}}'] });
});

test('checksummed formats carry their checksum', () => {
  for (const name of ['github-token', 'npm-token']) {
    const value = templateValue(name) ?? '';
    assert.equal(value.slice(-6), checksum62(value.slice(4, -6)), name);
  }
});
