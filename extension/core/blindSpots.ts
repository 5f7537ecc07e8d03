import { z } from 'zod';

/** A pattern of files whose changes by other programs VS Code does not tell, and whether the workspace's settings say so. */
export interface BlindSpot {
  readonly pattern: string;
  readonly byWorkspace: boolean;
}

const Patterns = z.record(z.string(), z.unknown()).catch({});

/**
 * Reads what VS Code's `inspect` says of `files.watcherExclude`. What VS Code leaves out by default and what
 * is not checked anyway (`exclude`: globs of the guard's own settings) is no news.
 */
export function blindSpots(
  inspected: {
    readonly defaultValue?: unknown;
    readonly globalValue?: unknown;
    readonly workspaceValue?: unknown;
    readonly workspaceFolderValue?: unknown;
  },
  exclude: readonly string[],
): BlindSpot[] {
  const usual = new Set([...enabled(inspected.defaultValue), ...exclude].map(trimmed));
  const found = new Map<string, boolean>();
  for (const pattern of enabled(inspected.globalValue)) found.set(pattern, false);
  for (const pattern of [...enabled(inspected.workspaceValue), ...enabled(inspected.workspaceFolderValue)]) found.set(pattern, true);
  return [...found].filter(([pattern]) => !usual.has(trimmed(pattern))).map(([pattern, byWorkspace]) => ({ pattern, byWorkspace }));
}

function enabled(value: unknown): string[] {
  return Object.entries(Patterns.parse(value ?? {}))
    .filter(([, on]) => on === true)
    .map(([pattern]) => pattern);
}

/** `x/**`, `x/*` and `x` leave out the same folder. */
function trimmed(pattern: string): string {
  return pattern.replace(/\/\*{1,2}$/, '');
}
