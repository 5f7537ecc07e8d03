import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { asRead } from './answerCheck.ts';
import { AnswerGate, type Check, MAX_ANSWER } from './answerGate.ts';
import { recordOutcome } from './decide.ts';
import type { RequestContext } from './guardedContext.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';
import { WithheldError, withheld } from './withheld.ts';

/** How an answer's text ended. `checked` goes before the text of a next answer in the same message. */
export interface AnswerEnd {
  readonly text: string;
  readonly checked: string;
  readonly withheld?: WithheldError;
}

/** The text of one answer: held until its verdict, passed on as it came, because edits are made from it. */
export class GuardedAnswer {
  readonly #context: RequestContext;
  readonly #gate: AnswerGate;
  readonly #check: Check;
  readonly #before: string;
  /** The answer so far, where there is no verifier to ask: whether it may go on is asked of a person, and once. */
  #collected = '';

  /** @param before text that is already part of the same message: it is assessed together with what follows */
  constructor(context: RequestContext, intent: string | undefined, before: string) {
    this.#context = context;
    this.#before = before;
    this.#check = asRead((text, depth) => {
      const { verifier, asked, request } = context;
      if (verifier instanceof VerifierError) throw verifier;
      const subject = { kind: 'response', text: before === '' ? text : `${before}\n\n${text}` } as const;
      return verifier.verify({ ...asked(), subject, depth, ...(intent === undefined ? {} : { intent }) }, { signal: request.signal });
    });
    this.#gate = new AnswerGate(this.#check, (text) => context.request.emit({ kind: 'text', text }), 'exact');
  }

  get failed(): boolean {
    return this.#gate.failure !== undefined;
  }

  get isEmpty(): boolean {
    return this.#gate.text === '' && this.#collected === '';
  }

  push(text: string): void {
    if (!(this.#context.verifier instanceof VerifierError)) this.#gate.push(text);
    else if (this.#collected.length <= MAX_ANSWER) this.#collected += text;
  }

  /** Nothing more is coming. `complete`: the whole answer is here. */
  async end(complete: boolean): Promise<AnswerEnd> {
    const gate = this.#gate;
    if (this.#collected !== '') gate.push(this.#collected);
    await gate.finish();
    if (gate.failure) return this.#unchecked(gate.failure, complete);
    if (gate.text.trim() === '') {
      gate.releaseRest();
      return this.#passedOn(true);
    }
    let whole: Assessment;
    try {
      whole = await this.#check(gate.text, 'full');
    } catch (error) {
      return this.#unchecked(asVerifierError(error), complete);
    }
    return this.#conclude(whole);
  }

  /** The answer ended early: says on record what was passed on, and closes what was held. */
  async abandon(why: string): Promise<void> {
    const { verifier, log } = this.#context;
    const gate = this.#gate;
    await gate.finish();
    if (verifier instanceof VerifierError) return;
    if (gate.passed) {
      const detail = `${why}; ${gate.shownLength} characters were passed on`;
      await recordOutcome({ assessment: gate.passed, verifier }, gate.passed.nonce, 'shown', log, detail);
    }
    await this.#dismiss(gate.objection, why);
  }

  async #conclude(whole: Assessment): Promise<AnswerEnd> {
    const { verifier, desk, log, request } = this.#context;
    if (verifier instanceof VerifierError) return this.#unchecked(verifier, true);
    const gate = this.#gate;
    const objection = whole.verdict === 'pass' ? gate.objection : whole;
    if (!objection) {
      gate.releaseRest();
      await recordOutcome({ assessment: whole, verifier }, whole.nonce, 'shown', log);
      return this.#passedOn(true);
    }
    const subject = gate.shownLength === 0 ? t('the answer') : t('the rest of the answer');
    const held = { assessment: objection, subject, verifier, signal: request.signal };
    const decided = await desk.decide(held);
    if (objection !== gate.objection) await this.#dismiss(gate.objection, `replaced by assessment ${whole.id}`);
    if (decided.choice === 'approve') {
      gate.releaseRest();
      await recordOutcome(held, decided.receipt.nonce, 'shown', log);
      return this.#passedOn(false);
    }
    if (decided.choice === 'deny') await recordOutcome(held, decided.receipt.nonce, 'withheld', log);
    return { ...this.#passedOn(false), withheld: withheld(subject, objection, decided) };
  }

  /** No verdict on the rest could be had. What a verifier has objected to has no way round. */
  async #unchecked(problem: VerifierError, complete: boolean): Promise<AnswerEnd> {
    const { breakGlass, trouble, request } = this.#context;
    const gate = this.#gate;
    await this.abandon('a check failed');
    const error = new WithheldError(t('Sentinel AI held back the rest of the answer. {0}', problem.shown), { cause: problem });
    if (problem.code === 'cancelled' || request.signal.aborted) return { ...this.#passedOn(false), withheld: error };
    const told = t('The rest of the answer was held back');
    if (gate.objection || !complete) trouble.report(told, problem);
    else if (
      (await breakGlass.offer({ action: 'answer', text: gate.text, label: t('the answer'), told }, problem, request.signal)) === 'go'
    ) {
      gate.releaseRest();
      return this.#passedOn(false);
    }
    return { ...this.#passedOn(false), withheld: error };
  }

  /** What was let through against a finding, or without a check, is not brought before the next check again. */
  #passedOn(passed: boolean): AnswerEnd {
    const { text } = this.#gate;
    const both = [this.#before, text].filter((part) => part !== '').join('\n\n');
    return { text, checked: passed ? both : this.#before };
  }

  async #dismiss(assessment: Assessment | undefined, why: string): Promise<void> {
    const { verifier, desk } = this.#context;
    if (assessment && !(verifier instanceof VerifierError)) await desk.dismiss({ assessment, subject: t('the answer'), verifier }, why);
  }
}
