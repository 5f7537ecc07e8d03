import type { Finding } from '../../verifier/protocol/assessment.ts';
import type { TextChange } from './textChange.ts';

/** What the guard's logic needs from its surroundings. The adapters in `extension/ui` fill these in. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `run` once after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Levels as VS Code's log channel has them. Callers never pass secrets or whole texts. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A modal question. The first button has the focus, so it is the safe one. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  /** What it is about, where that is a text: one item, or those of a question about several. */
  readonly about?: readonly { readonly digest: string; readonly path?: string | undefined }[];
}

export interface Dialog {
  /** The chosen button, or undefined where the dialog was dismissed without one. */
  ask(question: Question): Promise<string | undefined>;
  /** A line of text, or undefined where the box was left with Escape. */
  askReason(title: string): Promise<string | undefined>;
  /** A notification that does not block; the chosen action, or undefined. */
  tell(level: 'info' | 'warning' | 'error', message: string, ...actions: string[]): Promise<string | undefined>;
}

/** Small private files of the user's own, by name. */
export interface Storage {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A storage that can tell what is in it. */
export interface NamedStorage extends Storage {
  names(): Promise<string[]>;
}

/** One document's text at one moment. */
export interface DocumentText {
  /** Absolute path on disk. */
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** A file that no text can be had from, and why, as in `not text`. */
export interface Unassessable {
  readonly unassessable: string;
}

export interface Documents {
  /** The text of an open document, and whether it has unsaved changes. */
  open(path: string): (DocumentText & { readonly dirty: boolean }) | undefined;
  /** The text that the bytes on disk say; undefined where there is no such file. */
  onDisk(path: string): Promise<DocumentText | Unassessable | undefined>;
  /** Saves an open document; false where VS Code did not. */
  save(path: string): Promise<boolean>;
  /** Puts `text` in place as one edit that can be undone, then saves it. */
  replaceAndSave(path: string, text: string): Promise<boolean>;
}

/** What putting a text back, and restoring it, needs of the editor. */
export interface Editors extends Documents {
  /** The bytes on disk as the editor reads them (its encoding, its line ends); undefined where there is no such file. */
  asEditorReads(path: string): Promise<string | undefined>;
  /**
   * Changes the document, which is opened where it is not open, and leaves it unsaved. False where it was changed
   * meanwhile or could not be: then nothing was done. `carets` are put back with it, where the change moves them.
   */
  change(path: string, change: TextChange, carets?: Carets): Promise<boolean>;
  /** Where the carets and selections of the file's editors are. */
  carets(path: string): Carets;
}

/** Carets of a document's editors: what they are is the editor's own affair. */
export interface Carets {
  /** Puts back those that `change`, which is just being made, moves away. */
  restore(change: TextChange): void;
}

/** Findings shown beside the text. */
export interface Problems {
  set(path: string, findings: readonly Finding[]): void;
  /** As `set`, for a text that is not on disk: shown as errors, and with at least the line `why`. */
  setHeld(path: string, findings: readonly Finding[], why: string): void;
}

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface Model {
  readonly id: string;
  /** Streams the answer's text. Failures are errors whose message a person can act on. */
  send(messages: readonly ModelMessage[], signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** Where a chat answer appears. */
export interface ChatView {
  /** Markdown that has already been made safe. */
  show(markdown: string): void;
  progress(message: string): void;
  /** Buttons to restart the verifier and to see the log. */
  offerRecovery(): void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
