import type { FloorLine } from './floors.ts';
import type { MutationRow } from './mutation/mutate.ts';
import type { Outcome, SetFigures } from './scoring.ts';
import { mistakes } from './scoring.ts';
import { counted, floorTable, percent, plainTable, setTable, type Table } from './table.ts';
import { share } from './wilson.ts';

/** All that one run measured. */
export interface QualityReport {
  /** What could not be measured, and why. */
  readonly skipped: readonly string[];
  readonly sets: readonly SetFigures[];
  readonly floors: readonly FloorLine[];
  readonly mutation: readonly MutationRow[];
  readonly regressions: readonly string[];
}

/** Mistakes of each kind that are listed. */
const LISTED = 40;
const WIDTH = 150;

export function mutationTable(rows: readonly MutationRow[]): Table {
  const body = rows.map(({ id, kept, invalid }) => [
    id,
    String(kept.of),
    String(kept.hits),
    String(kept.of - kept.hits),
    percent(share(kept)),
    invalid === 0 ? '' : String(invalid),
  ]);
  return [['rewrite', 'tried', 'kept', 'lost', 'share', 'no bash'], ...body];
}

function oneLine(text: string): string {
  const shown = text.replaceAll('\n', '⏎');
  return shown.length > WIDTH ? `${shown.slice(0, WIDTH - 1)}…` : shown;
}

function textOf({ item }: Outcome): string {
  return item.subject.kind === 'tool' ? item.subject.name : item.subject.text;
}

/** What a person reads after `npm run quality`. */
export function* readable(report: QualityReport, outcomes: readonly Outcome[]): Generator<string> {
  yield* report.skipped;
  yield plainTable(setTable(report.sets, true));
  if (report.floors.length > 0) yield `\n${plainTable(floorTable(report.floors))}`;
  for (const kind of ['miss', 'false alarm'] as const) {
    const all = mistakes(outcomes, kind);
    if (all.length === 0) continue;
    yield `\n${all.length} of what may be read: ${kind}${all.length > LISTED ? `; the ${LISTED} worst` : ''}`;
    for (const outcome of all.slice(0, LISTED))
      yield `  ${outcome.item.id}  ${oneLine(textOf(outcome))}${outcome.rules.length > 0 ? `  [${outcome.rules.join(', ')}]` : ''}`;
  }
  if (report.mutation.length > 0) {
    yield `\n${plainTable(mutationTable(report.mutation))}`;
    for (const { id, kept, lost } of report.mutation) {
      if (lost.length === 0) continue;
      yield `\nlost by ${id}: ${counted(kept)} kept`;
      for (const text of lost) yield `  ${oneLine(text)}`;
    }
  }
  if (report.regressions.length > 0) {
    yield '\nWORSE than test/quality/baseline.json ("npm run quality -- --update" accepts it):';
    for (const line of report.regressions) yield `  ${line}`;
  }
}
