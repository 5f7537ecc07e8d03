/** How VS Code saves by itself, for one document. */
export type AutoSave = { readonly when: 'off' | 'focus change' | 'window change' } | { readonly when: 'delay'; readonly delayMs: number };

/** The ways to save a document that need no person. */
export type SaveBy = 'api' | 'command' | 'all' | 'unformatted';

/** The real editor, as far as the self-test drives it. Paths are those of its own scratch files. */
export interface ScratchEditor {
  /** Shows a file in an editor that has the focus. */
  open(path: string): Promise<void>;
  /** Opens a notebook and shows it; false where this editor reads no notebooks. */
  openNotebook(path: string): Promise<boolean>;
  /** Types at the end of a document, or of a notebook's first cell. False where the editor refused it. */
  append(path: string, text: string): Promise<boolean>;
  /** Begins a save; resolves once it is on its way. Throws where another editor has the focus. */
  save(path: string, by: SaveBy): Promise<void>;
  saveNotebook(path: string): Promise<void>;
  /** The unsaved text; undefined where there is none. */
  unsaved(path: string): string | undefined;
  /** Throws unsaved text away and closes every editor of the file. Never asks, never throws. */
  discard(path: string): Promise<void>;
  autoSave(path: string): AutoSave;
  /** Whether a formatter answers for this file, and whether VS Code calls it on a save. */
  formatter(path: string): Promise<{ readonly answers: boolean; readonly onSave: boolean }>;
  /** Whether there is unsaved text that is not the self-test's. */
  hasOthersUnsaved(own: string): boolean;
  /** A folder of the workspace on this machine's disk. */
  workspaceFolder(): string | undefined;
}
