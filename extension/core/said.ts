import { t } from '@vscode/l10n';

/** A sentence for two readers: what is recorded must read the same whatever language the editor speaks. */
export interface Said {
  /** In English, for the ledger and the log. */
  readonly record: string;
  /** In the person's language. */
  readonly shown: string;
}

type Part = string | number | Said;

/** As `t`, with the English beside it. `build/localisation.ts` finds its messages as it does those of `t`. */
export function said(message: string, ...parts: readonly Part[]): Said {
  const record = parts.map((part) => (typeof part === 'object' ? part.record : String(part)));
  const shown = parts.map((part) => (typeof part === 'object' ? part.shown : part));
  return { record: message.replace(/\{(\d+)\}/g, (place, at) => record[Number(at)] ?? place), shown: t(message, ...shown) };
}
