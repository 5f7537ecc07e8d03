import { z } from 'zod';

/** How `editor.codeActionsOnSave` stands: as the guard contributes it, or switched off by somebody. */
export const SettingState = z.enum(['default', 'user', 'workspace']);
export type SettingState = z.infer<typeof SettingState>;

/** VS Code asks code actions and listeners in another order after a reload. */
export const Load = z.enum(['first', 'reload']);
export type Load = z.infer<typeof Load>;

export const Column = z.strictObject({ setting: SettingState, load: Load, formatter: z.boolean() });
export type Column = z.infer<typeof Column>;

/** In the order in which a full run goes through them, so that it opens one window for each setting. */
export const COLUMNS: readonly Column[] = SettingState.options.flatMap((setting) =>
  Load.options.flatMap((load) => [false, true].map((formatter) => ({ setting, load, formatter }))),
);

export function columnId({ setting, load, formatter }: Column): string {
  return `${setting}-${load}-${formatter ? 'formatter' : 'plain'}`;
}

/** What is in a settings file where the guard is not asked; an empty list is the form that replaces the guard's own entry. */
export const SWITCHED_OFF: Readonly<Record<SettingState, Readonly<Record<string, unknown>>>> = {
  default: {},
  user: {
    'editor.codeActionsOnSave': { 'source.sentinelai': 'never' },
    'notebook.codeActionsOnSave': { 'notebook.source.sentinelai': 'never' },
  },
  workspace: { 'editor.codeActionsOnSave': [], 'notebook.codeActionsOnSave': {} },
};
