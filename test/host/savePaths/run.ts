import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CODE_SERVER_VERSION, ensureDrivenEditor } from '../installCodeServer.ts';
import { SettingState } from './columns.ts';
import { Observation, type Observations } from './observation.ts';
import { cellId, observedId, PLAN } from './plan.ts';
import { readObservations, writeDocument } from './table.ts';
import { runInWindow } from './windowRun.ts';

const PROGRESS = join(import.meta.dirname, '../../../test-output/save-paths.jsonl');
const USAGE = `npm run save-paths                     every cell, then docs/save-paths.md
npm run save-paths -- --resume         goes on where a run was broken off, and tries again what was not tried
npm run save-paths -- --only TEXT …    cells whose name (setting-load-formatter-path) contains a text;
                                       they take the place of the earlier ones in docs/save-paths.md
npm run save-paths -- --busier-than N  the same for cells that were seen while more than N processes for each
                                       core wanted to run: the second line of defence has 1.5 s for all it does
  with --again                         what is seen is added to the earlier tries, which stay`;

/** What an earlier, broken-off run has seen. */
function progress(): Observation[] {
  if (!existsSync(PROGRESS)) return [];
  const lines = readFileSync(PROGRESS, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => Observation.parse(JSON.parse(line))).filter(({ result }) => result !== 'not tried');
}

function report(seen: Observation): void {
  const { evidence, result, why } = seen;
  const found = evidence?.foundAt != null && evidence.disk.firstSeen !== null ? ` ${evidence.foundAt - evidence.disk.firstSeen} ms` : '';
  console.log(
    `${new Date().toISOString().slice(11, 19)}  ${observedId(seen).padEnd(44)} ${result}${found}${why === '' ? '' : ` (${why})`}`,
  );
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      resume: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      'busier-than': { type: 'string' },
      again: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  await ensureDrivenEditor(console.log);
  const { only, 'busier-than': limit } = values;
  const isAll = only === undefined && limit === undefined;
  const earlier = isAll ? [] : readObservations().cells;
  const busy = new Set(earlier.filter(({ evidence }) => evidence !== null && evidence.load > Number(limit ?? Infinity)).map(observedId));
  const chosen = PLAN.filter((cell) => isAll || busy.has(cellId(cell)) || only?.some((text) => cellId(cell).includes(text)));
  if (values.resume !== true) rmSync(PROGRESS, { force: true });
  mkdirSync(dirname(PROGRESS), { recursive: true });
  const fresh = new Map(progress().map((seen) => [observedId(seen), seen]));
  for (const setting of SettingState.options) {
    const left = chosen.filter((cell) => cell.column.setting === setting && !fresh.has(cellId(cell)));
    if (left.length === 0) continue;
    await runInWindow(setting, left, (seen) => {
      fresh.set(observedId(seen), seen);
      writeFileSync(PROGRESS, `${JSON.stringify(seen)}\n`, { flag: 'a' });
      report(seen);
    });
  }
  const kept = earlier.filter((seen) => values.again === true || !fresh.has(observedId(seen)));
  const all = Map.groupBy([...kept, ...fresh.values()], observedId);
  const cells = PLAN.flatMap((cell) => all.get(cellId(cell)) ?? []);
  const observations: Observations = {
    editor: `code-server ${CODE_SERVER_VERSION}`,
    platform: process.platform,
    date: new Date().toISOString().slice(0, 10),
    cells,
  };
  writeDocument(observations);
  const bad = [...fresh.values()].filter(({ result }) => result === 'text lost' || result === 'not tried');
  for (const seen of bad) console.log(`${observedId(seen)}: ${seen.why}`);
  return bad.length === 0 && all.size === PLAN.length ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
