import type { SaveHook } from '../settings.ts';

/** How a save of a text that a policy blocks can end, from best to worst. */
export const SAVE_RESULTS = ['held', 'found after', 'not seen'] as const;
export type SaveResult = (typeof SAVE_RESULTS)[number];

/**
 * What docs/save-paths.md says of each path that the self-test can take, by its name there: with VS Code asking the
 * guard on each save, and without.
 */
export const EXPECTED_SAVES = {
  'api-save': { asked: 'held', notAsked: 'held' },
  command: { asked: 'held', notAsked: 'held' },
  'save-all': { asked: 'held', notAsked: 'held' },
  unformatted: { asked: 'found after', notAsked: 'found after' },
  focus: { asked: 'held', notAsked: 'found after' },
  delay: { asked: 'held', notAsked: 'held' },
  notebook: { asked: 'held', notAsked: 'held' },
  program: { asked: 'found after', notAsked: 'found after' },
} as const satisfies Record<string, { readonly asked: SaveResult; readonly notAsked: SaveResult }>;
export type SavePathName = keyof typeof EXPECTED_SAVES;

export function expectedSave(path: SavePathName, hook: SaveHook): SaveResult {
  return EXPECTED_SAVES[path][hook === 'off' ? 'notAsked' : 'asked'];
}

export function isAsGoodAs(seen: SaveResult, expected: SaveResult): boolean {
  return SAVE_RESULTS.indexOf(seen) <= SAVE_RESULTS.indexOf(expected);
}
