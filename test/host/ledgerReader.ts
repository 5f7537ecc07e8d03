import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerEntry, type LedgerEvent, type LedgerEventType } from '../../verifier/protocol/ledgerEntry.ts';
import { until } from './until.ts';

export type EventOf<T extends LedgerEventType> = Extract<LedgerEvent, { type: T }>;

/** What a person decided, as against what was closed because it was replaced, cancelled or left open. */
export function byPerson(event: EventOf<'decision'>): boolean {
  return event.cause === 'person';
}

/** Reads a ledger folder straight from the disk, as an auditor would: not through the verifier. */
export class LedgerReader {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All complete entries, chain by chain. */
  entries(): LedgerEntry[] {
    if (!existsSync(this.folder)) return [];
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.jsonl'));
    return files.sort().flatMap((name) => {
      const lines = readFileSync(join(this.folder, name), 'utf8').split('\n').slice(0, -1);
      return lines.map((line) => LedgerEntry.parse(JSON.parse(line)));
    });
  }

  /** A point in time: what is on record now is not news. */
  mark(): LedgerMark {
    return new LedgerMark(this, new Set(this.entries().map((entry) => entry.hash)));
  }

  /** All bytes of the folder, for a search that must find nothing. */
  text(): string {
    if (!existsSync(this.folder)) return '';
    return readdirSync(this.folder)
      .map((name) => readFileSync(join(this.folder, name), 'utf8'))
      .join('\n');
  }
}

export class LedgerMark {
  readonly #reader: LedgerReader;
  readonly #known: ReadonlySet<string>;

  constructor(reader: LedgerReader, known: ReadonlySet<string>) {
    this.#reader = reader;
    this.#known = known;
  }

  /** Events recorded since the mark, in the order of their chain. */
  events(): LedgerEvent[] {
    const news = this.#reader.entries().filter((entry) => !this.#known.has(entry.hash));
    return news.flatMap((entry) => (entry.event === null ? [] : [entry.event]));
  }

  all<T extends LedgerEventType>(type: T): EventOf<T>[] {
    return this.events().filter((event): event is EventOf<T> => event.type === type);
  }

  /** Waits for an event of a type that fits. */
  async find<T extends LedgerEventType>(type: T, fits: (event: EventOf<T>) => boolean = () => true): Promise<EventOf<T>> {
    try {
      return await until(`a ledger entry "${type}"`, () => this.all(type).find(fits));
    } catch (error) {
      const seen = this.events().map((event) => event.type);
      throw new Error(`no fitting ledger entry "${type}"; since the mark there are: ${seen.join(', ') || 'none'}`, { cause: error });
    }
  }
}
