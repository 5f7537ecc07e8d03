import { COLUMNS, type Column, columnId } from './columns.ts';
import type { Observation } from './observation.ts';
import { SAVE_PATHS } from './paths.ts';
import type { SavePath } from './savePath.ts';

export interface CellPlan {
  readonly path: SavePath;
  readonly column: Column;
}

/** Every cell of the table, in the order in which a full run goes through them. */
export const PLAN: readonly CellPlan[] = COLUMNS.flatMap((column) => SAVE_PATHS.map((path) => ({ path, column })));

export function cellId({ path, column }: CellPlan): string {
  return `${columnId(column)}-${path.id}`;
}

export function observedId(seen: Column & Pick<Observation, 'path'>): string {
  return `${columnId(seen)}-${seen.path}`;
}

/** Too slow for every day: they are in the full run alone. */
const SLOW_KINDS = ['mb-25', 'mb-55'];
const SETTINGS = ['default', 'user', 'workspace'] as const;

/**
 * A day's sample: every other path in one column of its own, all under one setting, so that one window is enough.
 * In 24 days every cell but those of the largest files has had its turn.
 */
export function sampleOf(day: number): CellPlan[] {
  const round = Math.floor(day / SETTINGS.length);
  const setting = SETTINGS[day % SETTINGS.length];
  const columns = COLUMNS.filter((column) => column.setting === setting);
  return SAVE_PATHS.flatMap((path, index) => {
    const column = columns[(index + (round >> 1)) % columns.length];
    const isTurn = index % 2 === round % 2 && !SLOW_KINDS.includes(path.id);
    return isTurn && column !== undefined && path.doesNotApply?.(column) === undefined ? [{ path, column }] : [];
  });
}
