import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Outcome } from '../../verifier/protocol/vocabulary.ts';
import { type Held, recordOutcome } from './decide.ts';
import type { RequestContext } from './guardedContext.ts';
import { type DecidedTexts, latestWords, type SentText, sentTexts } from './guardedConversation.ts';
import type { ModelPart, ModelTurn } from './modelParts.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';
import { reasons, WithheldError, withheld } from './withheld.ts';

/** Checks in flight at a time. */
const AT_ONCE = 4;

const ANOTHER_WITHHELD = 'another part of the request was withheld';
const NOT_PASSED_ON = 'Withheld by Sentinel AI: this part of the conversation was not passed on.';

/** What a request says, as far as it is screened: the conversation to send, and the person's words for the auditor. */
export interface Screened {
  readonly turns: readonly ModelTurn[];
  readonly intent: string | undefined;
}

interface Checked {
  readonly sent: SentText;
  readonly assessment: Assessment;
}

/** What goes to the model: screened where it is new, and without what was denied. */
export class GuardedRequest {
  readonly #context: RequestContext;
  readonly #decided: DecidedTexts;
  readonly #conversation: string;
  /** What went to the model by a verdict or decision whose outcome is still open. */
  #open: { readonly assessment: Assessment; readonly nonce: string | undefined }[] = [];
  readonly #replaced = new Map<SentText, string>();

  constructor(context: RequestContext, decided: DecidedTexts) {
    this.#context = context;
    this.#decided = decided;
    this.#conversation = context.request.conversation ?? '';
  }

  /** Throws {@link WithheldError} where a person keeps the request back, or no verdict on it can be had. */
  async screen(): Promise<Screened> {
    const { turns } = this.#context.request;
    const texts = sentTexts(turns);
    const intent = latestWords(texts);
    const undecided = texts.filter((sent) => this.#isUndecided(sent));
    const checked: Checked[] = [];
    try {
      await this.#checkAll(undecided, checked);
      await this.#decide(checked);
    } catch (error) {
      if (error instanceof WithheldError) throw error;
      await this.ended('failed', 'it could not be checked');
      await this.#goUnchecked(undecided, checked, asVerifierError(error));
    }
    return { turns: this.#replaced.size === 0 ? turns : this.#withoutDenied(turns), intent };
  }

  /** The model has answered, or not: says so on record, once. */
  async ended(outcome: Outcome, detail?: string): Promise<void> {
    const { verifier, log } = this.#context;
    const open = this.#open;
    this.#open = [];
    if (verifier instanceof VerifierError) return;
    for (const { assessment, nonce } of open) await recordOutcome({ assessment, verifier }, nonce, outcome, log, detail);
  }

  /**
   * What a person decided about holds for its conversation; their new words are asked about each time. What was denied
   * stays in the editor's conversation, and is left out of every later request.
   */
  #isUndecided(sent: SentText): boolean {
    const fate = this.#decided.get(this.#scope(sent), sent.text);
    if (fate === 'stop' && sent.isPast) {
      this.#replaced.set(sent, NOT_PASSED_ON);
      return false;
    }
    return fate !== 'go' || (sent.kind === 'words' && !sent.isPast);
  }

  /** The instructions of an extension are the same in each of its conversations. */
  #scope({ kind }: SentText): string {
    return kind === 'instructions' ? 'instructions' : `of ${this.#conversation}`;
  }

  /** Rejects where one cannot be checked. `checked` has the verdicts that were given all the same. */
  async #checkAll(texts: readonly SentText[], checked: Checked[]): Promise<void> {
    for (let at = 0; at < texts.length; at += AT_ONCE) {
      const some = texts.slice(at, at + AT_ONCE);
      const answers = await Promise.allSettled(some.map(async (sent) => ({ sent, assessment: await this.#check(sent) })));
      checked.push(...answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
      for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    }
  }

  async #check(sent: SentText): Promise<Assessment> {
    const { verifier, request, asked } = this.#context;
    if (verifier instanceof VerifierError) throw verifier;
    const options = { signal: request.signal };
    if (sent.kind === 'words' && !sent.isPast) return verifier.checkIntent({ ...asked(), prompt: sent.words ?? sent.text }, options);
    return verifier.verify(
      {
        ...asked(),
        subject: { kind: 'prompt', text: sent.text },
        depth: 'gates',
        ...(sent.callId ? { toolCallId: sent.callId.slice(0, 128) } : {}),
      },
      options,
    );
  }

  async #decide(checked: readonly Checked[]): Promise<void> {
    const { verifier, desk, request } = this.#context;
    if (verifier instanceof VerifierError) return;
    for (const [at, { sent, assessment }] of checked.entries()) {
      const held: Held = { assessment, subject: subjectOf(sent, request.turns), verifier, signal: request.signal };
      if (assessment.verdict === 'pass') {
        this.#passes(sent, assessment, sent.kind === 'words' && !sent.isPast ? assessment.nonce : undefined);
      } else if (sent.isPast) {
        await desk.dismiss(held, 'part of an earlier conversation; it is not passed on again');
        this.#stops(sent, NOT_PASSED_ON);
      } else {
        const decided = await desk.decide(held);
        if (decided.choice === 'approve') {
          this.#passes(sent, assessment, decided.receipt.nonce);
          continue;
        }
        if (decided.choice === 'deny') await recordOutcome(held, decided.receipt.nonce, 'withheld', this.#context.log);
        this.#stops(sent, `Withheld by Sentinel AI: ${reasons(assessment).record}`);
        // Without a tool's result a model can go on, without what was asked of it not.
        if (sent.kind === 'result' && decided.choice === 'deny' && decided.cause === 'person') continue;
        for (const rest of checked.slice(at + 1)) await this.#close(rest, verifier, ANOTHER_WITHHELD);
        await this.ended('withheld', ANOTHER_WITHHELD);
        throw withheld(held.subject, assessment, decided);
      }
    }
  }

  async #close({ sent, assessment }: Checked, verifier: Held['verifier'], why: string): Promise<void> {
    if (assessment.verdict === 'pass') return;
    const subject = subjectOf(sent, this.#context.request.turns);
    await this.#context.desk.dismiss({ assessment, subject, verifier }, why);
  }

  #passes(sent: SentText, assessment: Assessment, nonce: string | undefined): void {
    this.#decided.set(this.#scope(sent), sent.text, 'go');
    if (nonce !== undefined) this.#open.push({ assessment, nonce });
  }

  #stops(sent: SentText, instead: string): void {
    this.#decided.set(this.#scope(sent), sent.text, 'stop');
    this.#replaced.set(sent, instead);
  }

  /** No verdict can be had: a person may let exactly these texts go on. What a verifier has objected to has no way round. */
  async #goUnchecked(texts: readonly SentText[], checked: readonly Checked[], problem: VerifierError): Promise<void> {
    const { breakGlass, trouble, request, verifier } = this.#context;
    const error = new WithheldError(t('Sentinel AI held back the prompt. {0}', problem.shown), { cause: problem });
    const told = t('The prompt was held back');
    if (!(verifier instanceof VerifierError)) {
      for (const one of checked) await this.#close(one, verifier, 'another part of the request could not be checked');
    }
    if (request.signal.aborted || problem.code === 'cancelled') throw error;
    if (checked.some(({ assessment }) => assessment.verdict !== 'pass')) {
      trouble.report(told, problem);
      throw error;
    }
    const text = texts.map((sent) => sent.text).join('\n\n');
    const what = { action: 'prompt', text, label: t('the prompt'), told } as const;
    if ((await breakGlass.offer(what, problem, request.signal)) !== 'go') throw error;
  }

  #withoutDenied(turns: readonly ModelTurn[]): ModelTurn[] {
    return turns.map((turn, at) => ({
      ...turn,
      parts: turn.parts.map((part, index): ModelPart => {
        const denied = [...this.#replaced].find(([sent]) => sent.turn === at && sent.part === index);
        if (!denied) return part;
        return part.kind === 'result' ? { kind: 'result', callId: part.callId, text: denied[1] } : { kind: 'text', text: denied[1] };
      }),
    }));
  }
}

function subjectOf({ kind, callId }: SentText, turns: readonly ModelTurn[]): string {
  if (kind === 'words') return t('the prompt');
  if (kind === 'context') return t('the context that the editor adds to the prompt');
  if (kind === 'instructions') return t('the instructions that an extension adds to the prompt');
  const calls = turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'call' ? [part.call] : [])));
  const name = calls.find((call) => call.callId === callId)?.name;
  return name === undefined ? t('the result of a tool') : t('the result of the tool {0}', name);
}
