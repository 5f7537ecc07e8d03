import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathGlob } from '../../verifier/policy/glob.ts';

const ROWS: readonly [glob: string, path: string, fits: boolean][] = [
  ['src/a.ts', 'src/a.ts', true],
  ['src/a.ts', 'src/aXts', false],
  ['src/a.ts', 'x/src/a.ts', false],
  ['src/a.ts', 'src/a.ts.bak', false],
  ['src/*.ts', 'src/a.ts', true],
  ['src/*.ts', 'src/deep/a.ts', false],
  ['*', '.env', true],
  ['src/**/*.ts', 'src/a.ts', true],
  ['src/**/*.ts', 'src/b/c/a.ts', true],
  ['src/**', 'src/b/c/a.ts', true],
  ['**/a.ts', 'a.ts', true],
  ['**', 'anything/at/all', true],
  ['a?.ts', 'ab.ts', true],
  ['a?.ts', 'a/.ts', false],
  ['app/[slug]/(x)+.ts', 'app/[slug]/(x)+.ts', true],
  ['app/[slug]/a.ts', 'app/s/a.ts', false],
  ['src\\a.ts', 'src/a.ts', true],
];
for (const [glob, path, fits] of ROWS) {
  test(`${glob} ${fits ? 'fits' : 'does not fit'} ${path}`, () => {
    assert.equal(pathGlob(glob).test(path), fits);
    assert.equal(pathGlob(glob).test(path), fits, 'asked again');
  });
}
