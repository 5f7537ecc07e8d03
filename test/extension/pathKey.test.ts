import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PathMap, pathKey } from '../../extension/core/pathKey.ts';

describe('two spellings of a path', () => {
  for (const { platform, one, other, same } of [
    { platform: 'linux', one: '/w/A.ts', other: '/w/a.ts', same: false },
    { platform: 'darwin', one: '/w/A.ts', other: '/w/a.ts', same: true },
    { platform: 'darwin', one: '/w/caf\u00e9.ts', other: '/w/cafe\u0301.ts', same: true },
    { platform: 'win32', one: 'C:\\w\\A.ts', other: 'c:/w/a.ts', same: true },
    { platform: 'win32', one: 'c:\\w\\a.ts', other: 'd:\\w\\a.ts', same: false },
  ] as const) {
    it(`${one} and ${other} are ${same ? 'one file' : 'two files'} on ${platform}`, () => {
      assert.equal(pathKey(one, platform) === pathKey(other, platform), same);
      const map = new PathMap<number>(platform);
      map.set(one, 1);
      assert.equal(map.get(other), same ? 1 : undefined);
      map.set(other, 2);
      assert.equal(map.size, same ? 1 : 2);
      assert.ok(map.paths().includes(other), 'a file is opened by the spelling that was given last');
      assert.equal(map.delete(one), true);
    });
  }
});
