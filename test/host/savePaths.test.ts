import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { gravity, type Observation } from './savePaths/observation.ts';
import { cellId, observedId, sampleOf } from './savePaths/plan.ts';
import { readObservations, worstOf } from './savePaths/table.ts';
import { runInWindow } from './savePaths/windowRun.ts';

const DAY_MS = 86_400_000;

describe('a sample of docs/save-paths.md in a real VS Code, another one each day', () => {
  const recorded = Map.groupBy(readObservations().cells, observedId);
  const sample = sampleOf(Math.floor(Date.now() / DAY_MS));
  const fresh = new Map<string, Observation>();
  const isBorneOut = (id: string) => {
    const [now, tries] = [fresh.get(id), recorded.get(id)];
    return now !== undefined && tries !== undefined && gravity(now) <= gravity(worstOf(tries));
  };
  const observe = async (cells: typeof sample) => {
    const [first] = cells;
    if (first) await runInWindow(first.column.setting, cells, (seen) => void fresh.set(observedId(seen), seen));
  };

  before(async () => {
    await observe(sample);
    // The second line has 1.5 s for all it does, which a machine that is busy with other things can miss.
    await observe(sample.filter((cell) => !isBorneOut(cellId(cell))));
  });

  for (const cell of sample) {
    const id = cellId(cell);
    it(`${id} is as recorded, or better`, () => {
      assert.ok(isBorneOut(id), `recorded ${JSON.stringify(recorded.get(id))}, now ${JSON.stringify(fresh.get(id))}`);
    });
  }
});
