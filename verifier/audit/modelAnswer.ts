/** What is put to a model: the stable part, which services cache, and this request's own part. */
export interface ModelQuestion {
  readonly system: string;
  readonly user: string;
}

/**
 * What came of a question, told apart as the fail modes need it. `answer`: the model's text, complete
 * as far as the service says, else unchecked. `refused`: no usable text because of the content.
 * `unavailable`: the service failed; `retryAfterMs` is the pause that it asked for.
 */
export type ModelAnswer =
  | { readonly kind: 'answer'; readonly text: string; readonly model: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfterMs?: number };

/**
 * Puts one question to a provider's model; everything that can be repeated lives in the provider.
 *
 * @throws whatever its transport threw when the signal has been aborted; every other failure is an answer.
 */
export type AskModel = (question: ModelQuestion, signal: AbortSignal) => Promise<ModelAnswer>;
