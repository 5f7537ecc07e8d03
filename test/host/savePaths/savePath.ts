import type { GuardedWindow } from '../guardedWindow.ts';
import type { Workbench } from '../workbench.ts';
import type { Column } from './columns.ts';

/** One save under observation. */
export interface Cell {
  readonly window: GuardedWindow;
  readonly workbench: Workbench;
  /** Full path and base name of the file that must not be written. */
  readonly file: string;
  readonly name: string;
  readonly column: Column;
}

/** What the file is before the save; `absent`: the save makes it. */
export type FileKind = 'script' | 'notebook' | 'outside' | 'absent' | { readonly megabytes: number };

/** One way to the disk. */
export interface SavePath {
  readonly id: string;
  readonly title: string;
  readonly kind: FileKind;
  /** User settings while the cell runs. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How another extension behaves meanwhile: see `other-extension/extension.js`. */
  readonly other?: Readonly<Record<string, unknown>>;
  /** The text that must be in the editor in the end, where it is more than the violation. */
  readonly keeps?: string;
  /** How long a held text is watched for a late write. */
  readonly settleMs?: number;
  /** Why the path does not exist in a column; undefined where it does. */
  readonly doesNotApply?: (column: Column) => string | undefined;
  /** Brings a violating text onto its way to the disk. */
  readonly go: (cell: Cell) => Promise<void>;
}
