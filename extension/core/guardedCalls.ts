import { t } from '@vscode/l10n';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import { type Subject, subjectText } from '../../verifier/protocol/subject.ts';
import { type Decided, type Held, recordOutcome } from './decide.ts';
import { visibleLine } from './dialogText.ts';
import type { RequestContext } from './guardedContext.ts';
import type { ToolCall } from './modelParts.ts';
import { plainWords } from './renderSafe.ts';
import { type Said, said } from './said.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';
import { reasons } from './withheld.ts';

/** How often a script may have changed between verdict and execution before its call is given up. */
const MAX_CHANGES = 3;

/** A call that may reach the editor once. No `outcome` where it goes on without the guard, which is on record elsewhere. */
export interface PassedCall {
  readonly call: ToolCall;
  readonly outcome?: { readonly assessment: Assessment; readonly nonce: string | undefined };
}

/** A call that the editor never sees: what the model is told in place of its result, and what the chat shows. */
export interface DeniedCall {
  readonly call: ToolCall;
  readonly refusal: string;
  readonly note: string;
}

interface HeldCall {
  readonly call: ToolCall;
  readonly assessed: Promise<Assessment | VerifierError>;
}

type Verdict = PassedCall | DeniedCall;

/** The tool calls of one answer. Each is assessed as soon as it is there, and none is passed on before all are decided. */
export class GuardedCalls {
  readonly #context: RequestContext;
  readonly #intent: string | undefined;
  #held: HeldCall[] = [];

  constructor(context: RequestContext, intent: string | undefined) {
    this.#context = context;
    this.#intent = intent;
  }

  hold(call: ToolCall): void {
    this.#held.push({ call, assessed: this.#assess(call) });
  }

  /** The verdicts, with a person's decision where they need one. Never rejects. */
  async decide(): Promise<{ passed: PassedCall[]; denied: DeniedCall[] }> {
    const calls = this.#held;
    this.#held = [];
    const assessed = await Promise.all(calls.map(({ assessed }) => assessed));
    const waiting = assessed.flatMap((result, at) => {
      const call = calls[at]?.call;
      const held = call && !(result instanceof VerifierError) && result.verdict !== 'pass' && this.#question(call, result);
      return held ? [held] : [];
    });
    const decisions = await this.#context.desk.decideSeveral(waiting);
    const verdicts: Verdict[] = [];
    for (const [at, { call }] of calls.entries()) {
      const result = assessed[at];
      if (result instanceof VerifierError) verdicts.push(await this.#unchecked(call, result));
      else if (result?.verdict === 'pass') verdicts.push({ call, outcome: { assessment: result, nonce: result.nonce } });
      else if (result) verdicts.push(await this.#settle(call, result, decisions.shift()));
    }
    return {
      passed: verdicts.filter((verdict): verdict is PassedCall => !('refusal' in verdict)),
      denied: verdicts.filter((verdict): verdict is DeniedCall => 'refusal' in verdict),
    };
  }

  /**
   * Lets the calls through, in order, each once. The scripts that a verdict was about are looked at again just before:
   * what has changed meanwhile is assessed anew.
   */
  async passOn(passed: readonly PassedCall[]): Promise<{ count: number; changed: DeniedCall[] }> {
    const { verifier, request, log } = this.#context;
    const changed: DeniedCall[] = [];
    for (const verdict of passed) {
      const present = await this.#asOfNow(verdict);
      if ('refusal' in present) {
        changed.push(present);
        continue;
      }
      request.emit({ kind: 'call', call: present.call });
      if (!present.outcome || verifier instanceof VerifierError) continue;
      const { assessment, nonce } = present.outcome;
      await recordOutcome({ assessment, verifier }, nonce, 'ran', log, 'passed on to the editor');
    }
    return { count: passed.length - changed.length, changed };
  }

  /** Verdicts and approvals that are not used after all. */
  async giveBack(passed: readonly PassedCall[], why: string): Promise<void> {
    for (const verdict of passed) await this.#giveBack(verdict, why);
  }

  /** Closes what nobody is going to decide any more. */
  async abandon(why: string): Promise<void> {
    const calls = this.#held;
    this.#held = [];
    for (const { call, assessed } of calls) {
      const result = await assessed;
      const held = result instanceof VerifierError || result.verdict === 'pass' ? undefined : this.#question(call, result);
      if (held) await this.#context.desk.dismiss(held, why);
    }
  }

  async #assess(call: ToolCall): Promise<Assessment | VerifierError> {
    const { verifier, asked, request } = this.#context;
    if (verifier instanceof VerifierError) return verifier;
    try {
      return await verifier.verify(
        {
          ...asked(),
          subject: this.#subject(call),
          depth: 'full',
          ...(call.callId === '' ? {} : { toolCallId: call.callId.slice(0, 128) }),
          ...(this.#intent === undefined ? {} : { intent: this.#intent }),
        },
        { signal: request.signal },
      );
    } catch (error) {
      return asVerifierError(error);
    }
  }

  #subject({ name, input }: ToolCall): Extract<Subject, { kind: 'tool' }> {
    const cwd = this.#context.cwd();
    return { kind: 'tool', name, input, ...(cwd === undefined ? {} : { cwd }) };
  }

  #question(call: ToolCall, assessment: Assessment): Held | undefined {
    const { verifier, request } = this.#context;
    if (verifier instanceof VerifierError) return undefined;
    const consequence = t('If you deny, the model is told why and may try another way.');
    return { assessment, subject: label(call), verifier, consequence, signal: request.signal };
  }

  async #settle(call: ToolCall, assessment: Assessment, decided: Decided | undefined): Promise<Verdict> {
    const { verifier, log, trouble } = this.#context;
    if (decided?.choice === 'approve') return { call, outcome: { assessment, nonce: decided.receipt.nonce } };
    if (decided?.choice === 'deny') {
      if (!(verifier instanceof VerifierError)) await recordOutcome({ assessment, verifier }, decided.receipt.nonce, 'withheld', log);
      return denied(call, decided.cause === 'cancelled' ? said('Nobody decided. {0}', reasons(assessment)) : reasons(assessment));
    }
    if (decided) trouble.report(t('The decision on {0} could not be recorded, so it was held back', label(call)), decided.problem);
    return denied(call, said('The decision could not be recorded.'));
  }

  async #unchecked(call: ToolCall, problem: VerifierError): Promise<Verdict> {
    const { breakGlass, request } = this.#context;
    if (problem.code === 'cancelled' || request.signal.aborted) return denied(call, said('The request was cancelled.'));
    const what = {
      action: 'tool',
      text: subjectText(this.#subject(call)),
      name: call.name,
      label: label(call),
      told: t('The tool call {0} was held back', visibleLine(call.name)),
    } as const;
    const goes = (await breakGlass.offer(what, problem, request.signal)) === 'go';
    return goes ? { call } : denied(call, said('It could not be checked: {0}', { record: problem.message, shown: problem.shown }));
  }

  async #asOfNow(verdict: PassedCall): Promise<Verdict> {
    let present = verdict;
    for (let changes = 0; changes < MAX_CHANGES; changes += 1) {
      if (await this.#isUnchanged(present)) return present;
      await this.#giveBack(present, 'a script that it runs has changed since');
      const again = await this.#again(present.call);
      if ('refusal' in again) return again;
      present = again;
    }
    if (await this.#isUnchanged(present)) return present;
    await this.#giveBack(present, 'a script that it runs kept changing');
    return denied(verdict.call, said('A script that it runs kept changing while it was checked.'));
  }

  async #again(call: ToolCall): Promise<Verdict> {
    this.hold(call);
    const { passed, denied } = await this.decide();
    return passed[0] ?? denied[0] ?? { call, refusal: 'It could not be checked again.', note: '' };
  }

  async #isUnchanged({ outcome }: PassedCall): Promise<boolean> {
    for (const { path, digest } of outcome?.assessment.scripts ?? []) {
      if (((await this.#context.fileDigest(path)) ?? null) !== digest) return false;
    }
    return true;
  }

  async #giveBack({ outcome }: PassedCall, why: string): Promise<void> {
    const { verifier, log } = this.#context;
    if (!outcome || verifier instanceof VerifierError) return;
    const { assessment, nonce } = outcome;
    await recordOutcome({ assessment, verifier }, nonce, 'failed', log, why);
  }
}

function label({ name }: ToolCall): string {
  return t('the tool call {0}', visibleLine(name));
}

/** The model is told in English, as it is of everything by the guard; the person in their own language. */
function denied(call: ToolCall, why: Said): DeniedCall {
  return {
    call,
    refusal: `Denied by Sentinel AI: ${why.record} Nothing was done. Choose a safer way, or ask the user.`,
    note: `\n\n${t('**Sentinel AI denied {0}.** {1}', plainWords(label(call)), plainWords(why.shown))}\n\n`,
  };
}
