import { sha256 } from '../../verifier/protocol/digest.ts';
import { framedWords, type ModelTurn } from './modelParts.ts';

/** What became of a text in a conversation. */
export type Fate = 'go' | 'stop';

/** Beyond these the oldest are forgotten, which costs a check or a question, never a pass. */
const MAX_CONVERSATIONS = 50;
const MAX_TEXTS = 5000;

/** What was decided in this window, by conversation: of the texts only digests are kept. */
export class DecidedTexts {
  readonly #conversations = new Map<string, Map<string, Fate>>();

  get(conversation: string, text: string): Fate | undefined {
    return this.#conversations.get(conversation)?.get(sha256(text));
  }

  set(conversation: string, text: string, fate: Fate): void {
    const texts = this.#conversations.get(conversation) ?? new Map<string, Fate>();
    // Taken out first, so that it counts as the newest.
    this.#conversations.delete(conversation);
    this.#conversations.set(conversation, texts);
    const digest = sha256(text);
    texts.delete(digest);
    texts.set(digest, fate);
    forgetOldest(texts, MAX_TEXTS);
    forgetOldest(this.#conversations, MAX_CONVERSATIONS);
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/**
 * One text of a request. `words` are the person's own, `context` is what an agent puts around them, `instructions`
 * come from the extension that asks, `result` from a tool.
 */
export interface SentText {
  readonly turn: number;
  readonly part: number;
  readonly kind: 'words' | 'context' | 'instructions' | 'result';
  /** The whole text of the part; with `context` around somebody's words, that alone. */
  readonly text: string;
  /** With `words`: what the person wrote, without the frame around it. */
  readonly words?: string;
  readonly callId?: string;
  /** A model has answered it already. */
  readonly isPast: boolean;
}

/** The texts of a request that did not come from the model, in order. */
export function sentTexts(turns: readonly ModelTurn[]): SentText[] {
  const lastAnswer = turns.findLastIndex(({ role }) => role === 'assistant');
  const users = turns.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts);
  const isFramed = users.some((part) => part.kind === 'text' && framedWords(part.text) !== undefined);
  return turns.flatMap(({ role, parts }, turn) =>
    role === 'assistant'
      ? []
      : parts.flatMap((part, at): SentText[] => {
          const place = { turn, part: at, isPast: turn < lastAnswer };
          if (part.kind === 'result' && part.text !== '')
            return [{ ...place, kind: 'result' as const, text: part.text, callId: part.callId }];
          if (part.kind !== 'text' || part.text === '') return [];
          if (role === 'system') return [{ ...place, kind: 'instructions', text: part.text }];
          if (!isFramed) return [{ ...place, kind: 'words', text: part.text, words: part.text }];
          const framed = framedWords(part.text);
          if (framed === undefined) return [{ ...place, kind: 'context', text: part.text }];
          const { words, around } = framed;
          const spoken = { ...place, kind: 'words' as const, text: part.text, words };
          return around === '' ? [spoken] : [spoken, { ...place, kind: 'context', text: around }];
        }),
  );
}

/** The person's latest words: what the auditor compares answers and tool calls with. */
export function latestWords(texts: readonly SentText[]): string | undefined {
  return texts.findLast(({ kind }) => kind === 'words')?.words;
}
