import type { FloorLine } from './floors.ts';
import type { SetFigures } from './scoring.ts';
import { type Count, share, wilson } from './wilson.ts';

/** Rows of cells, the first of them the headings. */
export type Table = readonly (readonly string[])[];

/** As a terminal shows it. */
export function plainTable(rows: Table): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(rows: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

/** `12/13 = 92.3 % (66.7–98.6)`; nothing where nothing was asked. */
export function counted(count: Count): string {
  if (count.of === 0) return '';
  const { low, high } = wilson(count);
  return `${count.hits}/${count.of} = ${percent(share(count))} (${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)})`;
}

/** @param latency the times differ from machine to machine, so that a published table leaves them out */
export function setTable(rows: readonly SetFigures[], latency: boolean): Table {
  const head = ['set', 'lines', 'cases', 'recall, tuned', 'recall, held out', 'false alarms, tuned', 'false alarms, held out'];
  const body = rows.map(({ set, lines, tuned, heldOut, p50, p99 }) => {
    const figures = [tuned.recall, heldOut.recall, tuned.falseAlarms, heldOut.falseAlarms];
    const cases = figures.reduce((all, { of }) => all + of, 0);
    const times = latency ? [p50.toFixed(2), p99.toFixed(2)] : [];
    return [set, lines, String(cases), ...figures.map(counted), ...times];
  });
  return [latency ? [...head, 'p50 ms', 'p99 ms'] : head, ...body];
}

export function floorTable(lines: readonly FloorLine[]): Table {
  const body = lines.map(({ what, measure, bound, tuned, heldOut, kept }) => [
    what,
    counted(tuned),
    counted(heldOut),
    `${measure === 'recall' ? '≥' : '≤'} ${percent(bound)}`,
    kept ? 'kept' : 'MISSED',
  ]);
  return [['headline lines', 'tuned', 'held out', 'floor', ''], ...body];
}
