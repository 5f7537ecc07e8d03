import { t } from '@vscode/l10n';

/** A sentence for two readers: what is recorded must read the same whatever language the editor speaks. */
export interface Said {
  /** In English, for the ledger and the log. */
  readonly record: string;
  /** In the person's language. */
  readonly shown: string;
}

/** Words that are the same for both, such as a name or what a program said, or a sentence for each. */
export type Words = string | Said;

/** As `t`, with the English beside it. `build/localisation.ts` finds its messages as it does those of `t`. */
export function said(message: string, ...parts: readonly (Words | number)[]): Said {
  const record = parts.map((part) => (typeof part === 'number' ? String(part) : recordOf(part)));
  const shown = parts.map((part) => (typeof part === 'number' ? part : shownOf(part)));
  return { record: message.replace(/\{(\d+)\}/g, (place, at) => record[Number(at)] ?? place), shown: t(message, ...shown) };
}

export function shownOf(words: Words): string {
  return typeof words === 'string' ? words : words.shown;
}

export function recordOf(words: Words): string {
  return typeof words === 'string' ? words : words.record;
}
