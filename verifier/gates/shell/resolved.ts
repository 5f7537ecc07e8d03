import { type TextView, ViewBuilder } from '../../policy/view.ts';
import type { CommandWatcher, Span } from './analysis.ts';
import type { Circumstance } from './call.ts';
import { GAP, type Value } from './value.ts';

/** Commands that a view shows, and characters of one: more than rules about single commands need. */
const MAX_COMMANDS = 400;
const MAX_COMMAND = 2000;

/** A word as it could be written, so that a pattern sees where it ends. */
function written({ text }: Value): string {
  const known = text.replaceAll(GAP, '…');
  return /[\s;&|<>]/.test(known) ? `'${known}'` : known;
}

/**
 * Collects the commands that a text runs but writes otherwise: within wrappers, in quotes, variables or encodings. Patterns
 * about commands are run on these as well as on the text.
 */
export class ResolvedCommands implements CommandWatcher {
  readonly #text: string;
  readonly #seen = new Set<string>();
  readonly #view = new ViewBuilder();

  constructor(text: string) {
    this.#text = text;
  }

  enter(words: readonly Value[], _: Circumstance, { start, end }: Span): void {
    if (this.#seen.size >= MAX_COMMANDS) return;
    const command = words.map(written).join(' ').slice(0, MAX_COMMAND);
    // What begins a command of the text as it stands is found there.
    if (this.#text.startsWith(command, start) || this.#seen.has(command)) return;
    this.#seen.add(command);
    this.#view.push(`${command}\n`, start, end);
  }

  leave(): void {}

  /** One command a line; undefined where the text says all of them itself. */
  view(): TextView | undefined {
    return this.#seen.size === 0 ? undefined : this.#view.build();
  }
}
