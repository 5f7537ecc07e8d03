import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Reference } from '../../verifier/protocol/subject.ts';
import type { Outcome } from '../../verifier/protocol/vocabulary.ts';
import { asRead } from './answerCheck.ts';
import { AnswerGate, type Check } from './answerGate.ts';
import type { BreakGlass } from './breakGlass.ts';
import type { Verifier } from './client.ts';
import { type Decided, type Desk, recordOutcome } from './decide.ts';
import { describeLayers, receiptLine, weighty } from './dialogText.ts';
import type { ChatView, Log, Model, ModelMessage } from './ports.ts';
import { plainWords, renderSafe } from './renderSafe.ts';
import { howToRephrase } from './rephrase.ts';
import { type Said, said } from './said.ts';
import type { Trouble } from './trouble.ts';
import { collectUnchecked, notChecked, waitingNote } from './uncheckedAnswer.ts';
import { asVerifierError, type VerifierError } from './verifierError.ts';

/** One request to `@sentinelai-guard`. */
export interface Prompt {
  readonly text: string;
  /** Already read; what is not in here is not sent to the model either. */
  readonly references: readonly Reference[];
  readonly history: readonly ModelMessage[];
  readonly model: Model;
  readonly view: ChatView;
  readonly signal: AbortSignal;
  readonly sessionId: string;
}

/** How a request ended. `withheld` keeps a refused prompt out of later requests' history. */
export interface PromptEnd {
  readonly withheld?: 'prompt' | 'answer';
  /** The findings for which it was withheld, and their assessment: what follow-ups and feedback are about. */
  readonly rules?: readonly string[];
  readonly assessmentId?: string;
}

/** The name under which this door's requests stand in the ledger. */
const AGENT = 'sentinelai-guard';

/** Longest message of a model's failure that is shown, in UTF-16 units. */
const MAX_COMPLAINT = 500;

/** Prompt → intent check → model → answer, gated as it streams → decision → shown → outcome. */
export class PromptGuard {
  readonly #connect: () => Promise<Verifier>;
  readonly #desk: Desk;
  readonly #log: Log;
  readonly #trouble: Trouble;
  readonly #breakGlass: BreakGlass;

  constructor(parts: { connect: () => Promise<Verifier>; desk: Desk; log: Log; trouble: Trouble; breakGlass: BreakGlass }) {
    this.#connect = parts.connect;
    this.#desk = parts.desk;
    this.#log = parts.log;
    this.#trouble = parts.trouble;
    this.#breakGlass = parts.breakGlass;
  }

  async run(prompt: Prompt): Promise<PromptEnd> {
    try {
      const verifier = await this.#connect();
      return await this.#screen(prompt, verifier);
    } catch (error) {
      const problem = asVerifierError(error);
      const held = this.#heldByFailure(prompt, said('The prompt was held back'), problem, 'prompt', false);
      const goesOn = await this.#mayGoOn(prompt, 'prompt', prompt.text, problem);
      return goesOn ? this.#askUnchecked(prompt) : held;
    }
  }

  /** The model is asked without a check; its answer is checked where a verifier is back by then. */
  async #askUnchecked(prompt: Prompt): Promise<PromptEnd> {
    prompt.view.show(`\n\n${notChecked()}\n\n`);
    const collected = await collectUnchecked(prompt.model, messages(prompt), prompt.signal);
    if (prompt.signal.aborted) return {};
    if ('failure' in collected) {
      prompt.view.show(`${modelFailed(plainWords(collected.failure.slice(0, MAX_COMPLAINT)))}\n`);
      return {};
    }
    const verifier = await this.#connect().catch(() => undefined);
    if (!verifier) {
      prompt.view.show(renderSafe(collected.text));
      return {};
    }
    const verify = this.#check(prompt, verifier);
    const gate = new AnswerGate(verify, (markdown) => prompt.view.show(markdown));
    gate.push(collected.text);
    await gate.finish();
    return this.#end(prompt, verifier, gate, verify);
  }

  /** Whether a person lets exactly this go on without a check. Tells what was held back. */
  async #mayGoOn(prompt: Prompt, action: 'prompt' | 'answer', text: string, problem: VerifierError): Promise<boolean> {
    if (problem.code === 'cancelled') return false;
    const label = action === 'prompt' ? t('the prompt') : t('the answer');
    const told = action === 'prompt' ? t('The prompt was held back') : t('The rest of the answer was held back');
    const asked = () => prompt.view.show(waitingNote());
    return (await this.#breakGlass.offer({ action, text, label, told, asked }, problem, prompt.signal)) === 'go';
  }

  async #screen(prompt: Prompt, verifier: Verifier): Promise<PromptEnd> {
    prompt.view.progress(t('Checking what is asked…'));
    const assessment = await verifier.checkIntent(
      {
        requestId: randomUUID(),
        sessionId: prompt.sessionId,
        source: 'chat',
        agent: AGENT,
        model: modelName(prompt.model),
        prompt: prompt.text,
        references: [...prompt.references],
      },
      { signal: prompt.signal },
    );
    let nonce: string | undefined = assessment.nonce;
    if (assessment.verdict !== 'pass') {
      const held = { assessment, subject: t('the prompt'), verifier, signal: prompt.signal };
      const decided = await this.#desk.decide(held);
      if (decided.choice !== 'approve') return this.#withhold(prompt, held, decided, 'prompt');
      nonce = decided.receipt.nonce;
      prompt.view.show(`*${t('The prompt was approved.')}* ${receiptLine(decided.receipt)}\n\n`);
    }
    return this.#converse(prompt, verifier, (outcome, detail) =>
      recordOutcome({ assessment, verifier }, nonce, outcome, this.#log, detail),
    );
  }

  async #converse(prompt: Prompt, verifier: Verifier, ended: (outcome: Outcome, detail?: string) => Promise<void>): Promise<PromptEnd> {
    const verify = this.#check(prompt, verifier);
    const gate = new AnswerGate(verify, (markdown) => prompt.view.show(markdown));
    prompt.view.progress(t('Asking the model…'));
    const enough = new AbortController();
    let complete = false;
    try {
      const stream = await prompt.model.send(messages(prompt), AbortSignal.any([prompt.signal, enough.signal]));
      let noted = false;
      for await (const chunk of stream) {
        if (prompt.signal.aborted || gate.failure) break;
        gate.push(chunk);
        if (gate.objection && !noted) prompt.view.progress(t('Part of the answer is held back until it is complete…'));
        noted ||= gate.objection !== undefined;
      }
      complete = !prompt.signal.aborted && !gate.failure;
    } catch (error) {
      await ended(gate.text === '' ? 'failed' : 'ran', 'the model failed');
      await this.#abandon(gate, verifier, 'the model failed');
      if (prompt.signal.aborted) return {};
      prompt.view.show(`\n\n${modelFailed(await this.#modelsWords(error, verify))}\n`);
      return {};
    } finally {
      // Leaving the loop does not stop a model that goes on for ever.
      enough.abort();
    }
    await ended('ran');
    await gate.finish();
    if (prompt.signal.aborted) {
      await this.#abandon(gate, verifier, 'cancelled by the user');
      return {};
    }
    return this.#end(prompt, verifier, gate, verify, complete);
  }

  /** Nothing more is coming. `complete`: all that the model had to say is in the gate. */
  async #end(prompt: Prompt, verifier: Verifier, gate: AnswerGate, verify: Check, complete = true): Promise<PromptEnd> {
    if (gate.failure) {
      await this.#abandon(gate, verifier, 'a check failed');
      return this.#restHeld(prompt, gate, gate.failure, complete);
    }
    if (gate.text.trim() === '') {
      prompt.view.show(t('The model gave an empty answer.'));
      return {};
    }
    return this.#conclude(prompt, verifier, gate, verify);
  }

  /** No verdict on the rest of an answer could be had. What a verifier has objected to has no way round. */
  async #restHeld(prompt: Prompt, gate: AnswerGate, problem: VerifierError, complete: boolean): Promise<PromptEnd> {
    const hasWayRound = complete && !gate.objection;
    const held = this.#heldByFailure(prompt, said('The rest of the answer was held back'), problem, 'answer', !hasWayRound);
    if (!hasWayRound || !(await this.#mayGoOn(prompt, 'answer', gate.text, problem))) return held;
    prompt.view.show(`\n\n${notChecked()}\n\n`);
    gate.releaseRest();
    return {};
  }

  /** How an answer's text is assessed: as it is, and as its reader sees it where that differs. */
  #check(prompt: Prompt, verifier: Verifier): Check {
    const ask: Check = (text, depth) =>
      verifier.verify(
        {
          requestId: randomUUID(),
          sessionId: prompt.sessionId,
          source: 'chat',
          agent: AGENT,
          model: modelName(prompt.model),
          subject: { kind: 'response', text },
          intent: prompt.text,
          depth,
        },
        { signal: prompt.signal },
      );
    return asRead(ask);
  }

  /** Why a model failed is its provider's text, so it is checked like an answer. */
  async #modelsWords(error: unknown, verify: Check): Promise<string> {
    const words = (error instanceof Error ? error.message : String(error)).slice(0, MAX_COMPLAINT);
    try {
      const assessment = await verify(words, 'gates');
      if (assessment.verdict === 'pass') return plainWords(words);
      const verifier = await this.#connect();
      await this.#desk.dismiss(
        { assessment, subject: t('the message of the model'), verifier },
        'a message of failure is not worth a decision',
      );
      return t('its message was held back.');
    } catch {
      return t('its message could not be checked.');
    }
  }

  /** The whole answer once more, with the intent: its verdict decides about all that is still held. */
  async #conclude(
    prompt: Prompt,
    verifier: Verifier,
    gate: AnswerGate,
    verify: (text: string, depth: 'full') => Promise<Assessment>,
  ): Promise<PromptEnd> {
    // A progress line stays on screen until text follows it.
    if (gate.shownLength < gate.text.length) prompt.view.progress(t('Checking the whole answer…'));
    let whole: Assessment;
    try {
      whole = await verify(gate.text, 'full');
    } catch (error) {
      const problem = asVerifierError(error);
      if (gate.objection)
        await this.#desk.dismiss(
          { assessment: gate.objection, subject: t('the answer'), verifier },
          'the whole answer could not be checked',
        );
      return this.#restHeld(prompt, gate, problem, true);
    }
    const objection = whole.verdict === 'pass' ? gate.objection : whole;
    if (!objection) {
      gate.releaseRest();
      await recordOutcome({ assessment: whole, verifier }, whole.nonce, 'shown', this.#log);
      return {};
    }
    const end = await this.#decideAnswer(prompt, verifier, gate, objection);
    if (gate.objection && gate.objection !== objection) {
      await this.#desk.dismiss(
        { assessment: gate.objection, subject: t('the beginning of the answer'), verifier },
        `replaced by assessment ${whole.id}`,
      );
    }
    return end;
  }

  async #decideAnswer(prompt: Prompt, verifier: Verifier, gate: AnswerGate, assessment: Assessment): Promise<PromptEnd> {
    const held = {
      assessment,
      subject: gate.shownLength === 0 ? t('the answer') : t('the rest of the answer'),
      verifier,
      signal: prompt.signal,
    };
    const decided = await this.#desk.decide(held);
    if (decided.choice !== 'approve') return this.#withhold(prompt, held, decided, 'answer');
    gate.releaseRest();
    prompt.view.show(`\n\n*${t('Approved.')}* ${receiptLine(decided.receipt)}\n`);
    await recordOutcome(held, decided.receipt.nonce, 'shown', this.#log);
    return {};
  }

  /** The answer ended early: says on record what was shown, and closes what was held. */
  async #abandon(gate: AnswerGate, verifier: Verifier, why: string): Promise<void> {
    await gate.finish();
    if (gate.passed) {
      await recordOutcome(
        { assessment: gate.passed, verifier },
        gate.passed.nonce,
        'shown',
        this.#log,
        `${why}; ${gate.shownLength} characters were shown`,
      );
    }
    if (gate.objection) await this.#desk.dismiss({ assessment: gate.objection, subject: t('the answer'), verifier }, why);
  }

  async #withhold(
    prompt: Prompt,
    held: { assessment: Assessment; subject: string; verifier: Verifier },
    decided: Exclude<Decided, { choice: 'approve' }>,
    what: 'prompt' | 'answer',
  ): Promise<PromptEnd> {
    if (decided.choice === 'unrecorded') {
      return this.#heldByFailure(
        prompt,
        said('The decision could not be recorded, so {0} was held back', held.subject),
        decided.problem,
        what,
      );
    }
    await recordOutcome(held, decided.receipt.nonce, 'withheld', this.#log);
    const reasons = weighty(held.assessment).map((finding) => {
      const safer = finding.remediation ? ` ${t('**Safer:** {0}', plainWords(finding.remediation))}` : '';
      const { severity, policy, ruleId, message } = finding;
      return `- ${t('**{0}**, policy {1}, rule {2}: {3}', severity, plainWords(policy), plainWords(ruleId), plainWords(message))}${safer}`;
    });
    const rephrase = howToRephrase(what, weighty(held.assessment));
    const ended =
      decided.cause === 'cancelled'
        ? t('**Withheld:** {0} (denied because nobody decided).', held.subject)
        : t('**Withheld:** {0} (denied).', held.subject);
    prompt.view.show(
      `\n\n${ended}\n\n${reasons.join('\n')}\n\n${rephrase}\n\n${plainWords(describeLayers(held.assessment.layers))}\n\n${receiptLine(decided.receipt)}\n`,
    );
    const rules = [...new Set(weighty(held.assessment).map(({ ruleId }) => ruleId))];
    return { withheld: what, rules, assessmentId: held.assessment.id };
  }

  /** `report`: false where the way round is offered with the same notification. */
  #heldByFailure(prompt: Prompt, told: Said, problem: VerifierError, what: 'prompt' | 'answer', report = true): PromptEnd {
    if (problem.code === 'cancelled') return { withheld: what };
    this.#log.error(`${told.record}: ${problem.message} (${problem.code})`);
    prompt.view.show(`\n\n**${told.shown}.** ${plainWords(problem.shown)}\n`);
    prompt.view.offerRecovery();
    if (report) this.#trouble.report(told.shown, problem);
    return { withheld: what };
  }
}

function modelFailed(words: string): string {
  return t('**The model failed:** {0}', words);
}

function modelName(model: Model): string {
  return model.id.slice(0, 128) || 'unknown';
}

/** What the model gets is what was checked: the conversation, the attachments and the prompt. */
function messages(prompt: Prompt): ModelMessage[] {
  const attached = prompt.references.map(({ name, text }): ModelMessage => ({ role: 'user', text: `Attached: ${name}\n\n${text}` }));
  return [...prompt.history, ...attached, { role: 'user', text: prompt.text }];
}
