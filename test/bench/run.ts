import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchRow, keepsBudget } from './row.ts';

const BenchModule = z.object({ bench: z.custom<() => Promise<unknown>>((value) => typeof value === 'function') });

/** `node test/bench/run.ts [--json] [word …]`: all measurements, or those of files whose name has a word. */
async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const words = args.filter((arg) => !arg.startsWith('--'));
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.bench.ts'));
  const rows: BenchRow[] = [];
  for (const name of names.sort().filter((file) => words.length === 0 || words.some((word) => file.includes(word)))) {
    if (!json) console.log(`… ${name}`);
    const { bench } = BenchModule.parse({ ...(await import(join(import.meta.dirname, name))) });
    rows.push(...z.array(BenchRow).parse(await bench()));
  }
  if (json) console.log(JSON.stringify(rows.map((row) => ({ ...row, kept: keepsBudget(row) }))));
  else printTable(rows);
  process.exitCode = rows.length > 0 && rows.every(keepsBudget) ? 0 : 1;
}

function printTable(rows: readonly BenchRow[]): void {
  const cells = rows.map((row) => [
    row.name,
    `${shown(row.value)} ${row.unit}`,
    row.baseline == null ? '' : `${shown(row.baseline)} ${row.unit}`,
    row.ratio == null ? '' : shown(row.ratio),
    typeof row.budget === 'number' ? `≤ ${row.budget}` : row.budget,
    keepsBudget(row) ? 'kept' : 'MISSED',
  ]);
  const table = [['what', 'value', 'baseline', 'ratio', 'budget', ''], ...cells];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

await main(process.argv.slice(2));
