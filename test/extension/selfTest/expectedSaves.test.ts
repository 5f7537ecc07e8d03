import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { EXPECTED_SAVES, SAVE_RESULTS } from '../../../extension/core/selfTest/expectedSaves.ts';

const Observed = z.object({ cells: z.array(z.object({ setting: z.string(), path: z.string(), result: z.string() })) });
const FILE = join(import.meta.dirname, '../../../docs/save-paths.json');

describe('what the self-test expects of a save', () => {
  const { cells } = Observed.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  /** The worst that was observed, of all loads and formatters. */
  const worst = (path: string, settings: readonly string[]) => {
    const results = cells.filter((cell) => cell.path === path && settings.includes(cell.setting)).map(({ result }) => result);
    return SAVE_RESULTS.findLast((result) => results.includes(result)) ?? 'no such path';
  };
  for (const [path, { asked, notAsked }] of Object.entries(EXPECTED_SAVES)) {
    it(`${path}: is what docs/save-paths.json has at worst`, () => {
      assert.deepEqual({ asked, notAsked }, { asked: worst(path, ['default']), notAsked: worst(path, ['user', 'workspace']) });
    });
  }
});
