import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { type AnswerEnd, GuardedAnswer } from './guardedAnswer.ts';
import { GuardedCalls } from './guardedCalls.ts';
import type { GuardedModelParts, ModelRequest, RequestContext } from './guardedContext.ts';
import { DecidedTexts } from './guardedConversation.ts';
import { GuardedRequest } from './guardedRequest.ts';
import type { ModelTurn } from './modelParts.ts';
import { plainWords } from './renderSafe.ts';
import { asVerifierError } from './verifierError.ts';
import { WithheldError } from './withheld.ts';

/** The name under which this door's requests stand in the ledger. */
const AGENT = 'guarded-model';

/** How often a model may try another way after all tool calls of an answer were denied, before it is stopped. */
export const MAX_OTHER_WAYS = 3;

/**
 * The guard around a model of the user's: what is new in a request is screened, the answer's text is held until its
 * verdict and then passed on unchanged, and every tool call is verified before the editor gets to see it. A call that
 * was denied comes back to the model as a refusal with the reason.
 */
export class GuardedModel {
  readonly #parts: GuardedModelParts;
  readonly #decided = new DecidedTexts();

  constructor(parts: GuardedModelParts) {
    this.#parts = parts;
  }

  /**
   * Throws what the model throws, and {@link WithheldError} where the guard ends the request; where the answer is talk,
   * that is said in it instead.
   */
  async respond(request: ModelRequest): Promise<void> {
    try {
      await this.#respond(request);
    } catch (error) {
      if (!(error instanceof WithheldError) || !request.isTalk) throw error;
      if (!request.signal.aborted) request.emit({ kind: 'text', text: `\n\n${t('**Withheld.** {0}', plainWords(error.message))}\n` });
    }
  }

  async #respond(request: ModelRequest): Promise<void> {
    const verifier = await this.#parts.connect().catch(asVerifierError);
    const context: RequestContext = {
      ...this.#parts,
      verifier,
      request,
      asked: () => ({
        requestId: randomUUID(),
        sessionId: (request.conversation ?? this.#parts.sessionId).slice(0, 128),
        source: 'model',
        agent: AGENT,
        model: request.model.id.slice(0, 128) || 'unknown',
      }),
    };
    const screened = new GuardedRequest(context, this.#decided);
    const { turns, intent } = await screened.screen();
    if (request.signal.aborted) return screened.ended('failed', 'cancelled by the user');
    let conversation = turns;
    let textBefore = '';
    for (let round = 0; ; round += 1) {
      const answer = new GuardedAnswer(context, intent, textBefore);
      const calls = new GuardedCalls(context, intent);
      const end = await this.#stream(context, conversation, answer, calls, screened);
      if (end === 'cancelled') return;
      if (end.withheld) {
        await calls.abandon('the answer was withheld');
        throw end.withheld;
      }
      const { passed, denied } = await calls.decide();
      if (request.signal.aborted) return calls.giveBack(passed, 'cancelled by the user');
      for (const { note } of denied) request.emit({ kind: 'text', text: note });
      const { count, changed } = await calls.passOn(passed);
      for (const { note } of changed) request.emit({ kind: 'text', text: note });
      denied.push(...changed);
      if (denied.length === 0 || count > 0) return;
      if (round === MAX_OTHER_WAYS) {
        throw new WithheldError(
          t('Sentinel AI stopped the model: every tool call that it tried was denied. Tell it another way to go on.'),
        );
      }
      textBefore = end.checked;
      conversation = [
        ...conversation,
        {
          role: 'assistant',
          parts: [
            ...(end.text === '' ? [] : [{ kind: 'text' as const, text: end.text }]),
            ...denied.map(({ call }) => ({ kind: 'call' as const, call })),
          ],
        },
        { role: 'user', parts: denied.map(({ call, refusal }) => ({ kind: 'result' as const, callId: call.callId, text: refusal })) },
      ];
    }
  }

  /** One answer of the model, up to the verdict on its text. Its tool calls are held, and being assessed meanwhile. */
  async #stream(
    { request }: RequestContext,
    turns: readonly ModelTurn[],
    answer: GuardedAnswer,
    calls: GuardedCalls,
    screened: GuardedRequest,
  ): Promise<AnswerEnd | 'cancelled'> {
    const enough = new AbortController();
    let complete = false;
    try {
      const stream = await request.model.send(turns, AbortSignal.any([request.signal, enough.signal]));
      for await (const part of stream) {
        if (request.signal.aborted || answer.failed) break;
        if (part.kind === 'text') answer.push(part.text);
        else if (part.kind === 'call') calls.hold(part.call);
        else if (part.kind === 'unreadable') throw new WithheldError(unreadable(part.name));
        else request.emit(part);
      }
      complete = !request.signal.aborted && !answer.failed;
    } catch (error) {
      await screened.ended(answer.isEmpty ? 'failed' : 'ran', 'the model failed');
      await answer.abandon('the model failed');
      await calls.abandon('the model failed');
      if (request.signal.aborted) return 'cancelled';
      throw error;
    } finally {
      // Leaving the loop does not stop a model that goes on for ever.
      enough.abort();
    }
    await screened.ended('ran');
    if (request.signal.aborted) {
      await answer.abandon('cancelled by the user');
      await calls.abandon('cancelled by the user');
      return 'cancelled';
    }
    return answer.end(complete);
  }
}

function unreadable(name: string): string {
  return t('Sentinel AI held back the tool call {0}: its input is not JSON, so it could not be checked. Ask the model to try again.', name);
}
