import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Regexp } from '../../verifier/policy/regexp.ts';

describe('a pattern of a policy', () => {
  for (const [pattern, text, found] of [
    ['^uses: a@b$', 'x\r\nuses: a@b\r\ny', true],
    ['^uses: a@b$', 'x\nuses: a@b\ny', true],
    ['^uses: a@b$', 'uses: a@b\r', true],
    ['^uses: a@b$', 'uses: a@bc\r\n', false],
    ['(?m)end[ \\t]*(?:#[^\\n]*)?$', 'end # why\r\nnext', true],
    ['a\\nb', 'a\r\nb', true],
    ['a\\n+b', 'a\r\n\r\nb', true],
    ['a\\nb', 'a\rb', false],
    ['\\$HOME', '$HOME', true],
    ['[$]HOME', '$HOME', true],
    ['[^\\]$]x', ']x', false],
    ['[]$]x', '$x', true],
    ['[^]$]x', '$x', false],
    ['[[:digit:]$]x$', '$x\r\n', true],
    ['[[:digit:]$]x$', '7x\r\n', true],
    ['\\Q$.\\E$', '$.\r\n', true],
    ['a[^\\n]b', 'a\rb', true],
    ['(?:x|$)y?', 'q', true],
  ] as const) {
    it(`${pattern} ${found ? 'finds' : 'does not find'} ${JSON.stringify(text)}, whatever ends its lines`, () => {
      assert.equal(new Regexp(pattern).test(text), found);
    });
  }

  it('keeps its own words for people', () => assert.equal(new Regexp('a$').source, 'a$'));
});
