import { randomBytes } from 'node:crypto';
import { sha256 } from '../protocol/digest.ts';
import type { AuditSettings } from '../protocol/handshake.ts';
import type { Auditor, AuditRequest, AuditResult } from './auditor.ts';
import { Breaker, type Clock } from './breaker.ts';
import { reasonNotToSend } from './consent.ts';
import { DailyCap } from './dailyCap.ts';
import { withDeadline } from './deadline.ts';
import type { RandomBytes } from './frame.ts';
import { MAX_SUBJECT, MAX_WHY } from './limits.ts';
import type { AskModel, ModelAnswer } from './modelAnswer.ts';
import { clip, visibleLine } from './plainText.ts';
import { compose, systemInstruction } from './prompt.ts';
import { readReply } from './reply.ts';

export interface AuditorOptions {
  /** Applied to everything that the model or the service says before it leaves the auditor. */
  readonly redact: (text: string) => string;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
}

/**
 * The auditor for these settings. Sends nothing until asked, and nothing at all to an endpoint that
 * was not agreed to. The provider's library is loaded with the first request.
 */
export function createAuditor(settings: AuditSettings, options: AuditorOptions): Auditor {
  const clock = options.clock ?? Date.now;
  const random = options.random ?? randomBytes;
  const breaker = new Breaker(clock);
  const cap = new DailyCap(settings.dailyRequestCap, clock);
  const notToSend = reasonNotToSend(settings);
  // The endpoint knows the key and could say it back. Anything shorter is a stand-in's key and may be part of a word.
  const key = (settings.apiKey?.length ?? 0) < 8 ? undefined : settings.apiKey;
  const redact = (text: string) => options.redact(key === undefined ? text : text.replaceAll(key, '(key)'));
  const speak = (why: string) => clip(redact(visibleLine(why)), MAX_WHY);
  let provider: Promise<AskModel> | undefined;
  const askLazily: AskModel = async (question, inner) => {
    provider ??= loadProvider(settings);
    let ask: AskModel;
    try {
      ask = await provider;
    } catch {
      return { kind: 'unavailable', why: "The provider's library could not be loaded. Reinstall Sentinel AI." };
    }
    return ask(question, inner);
  };

  /** One request under the breaker, the cap and the deadline. */
  const ask = async (request: AuditRequest, signal: AbortSignal): Promise<Outcome> => {
    if (notToSend !== undefined) return { kind: 'unavailable', why: notToSend };
    if (signal.aborted) return CANCELLED;
    if (request.text.length > MAX_SUBJECT) {
      return {
        kind: 'refused',
        why: `The content has ${request.text.length} characters; the auditor reads at most ${MAX_SUBJECT}. Check it in parts.`,
      };
    }
    const { cuts, ...question } = compose(request, random);
    const admission = breaker.admit();
    if (!admission.admitted) return { kind: 'unavailable', why: admission.why };
    const { ticket } = admission;
    if (!cap.take()) {
      breaker.abandoned(ticket);
      return {
        kind: 'unavailable',
        why: `The daily cap of ${settings.dailyRequestCap} audit requests is reached. It starts anew at midnight UTC.`,
      };
    }
    const ended = await withDeadline(settings.deadlineMs, signal, (inner) => askLazily(question, inner));
    if (ended.ended === 'cancelled') {
      breaker.abandoned(ticket);
      return CANCELLED;
    }
    const answer: ModelAnswer =
      ended.ended === 'done'
        ? ended.value
        : { kind: 'unavailable', why: `The audit service gave no answer within ${settings.deadlineMs} ms.` };
    if (answer.kind === 'unavailable') {
      breaker.failed(ticket, answer.why, answer.retryAfterMs);
      return answer;
    }
    breaker.answered(ticket);
    return answer.kind === 'answer' ? { ...answer, cuts } : answer;
  };

  return {
    model: settings.model,
    configDigest: configDigest(settings),
    async audit(request, signal): Promise<AuditResult> {
      const started = performance.now();
      const elapsed = () => Math.max(0, performance.now() - started);
      try {
        const outcome = await ask(request, signal);
        if (outcome.kind !== 'answer') return { state: outcome.kind, why: speak(outcome.why), ms: elapsed() };
        const policies = new Set(request.policies.map((policy) => policy.name));
        const { text, lineNumbers } = request;
        const reading = readReply(outcome.text, { text, policies, redact, ...(lineNumbers === undefined ? {} : { lineNumbers }) });
        if (reading.state === 'refused') return { state: 'refused', why: speak(reading.why), ms: elapsed() };
        const { verdict, findings } = reading;
        const dropped = [...outcome.cuts.map(speak), ...reading.dropped];
        return { state: 'ran', verdict, findings, dropped, model: outcome.model, ms: elapsed() };
      } catch {
        // Nothing above is known to throw. If something does, it met this content, so a person looks at it.
        return { state: 'refused', why: 'The audit failed on this content for a reason that is not known.', ms: elapsed() };
      }
    },
  };
}

/** The provider's side, with its library: loaded with the first question, so that a start without audits is spared it. */
async function loadProvider(settings: AuditSettings): Promise<AskModel> {
  if (settings.provider === 'openai') return (await import('./openai.ts')).openAi(settings);
  const { askGemini } = await import('./gemini.ts');
  return (question, signal) => askGemini(settings, question, signal);
}

type Outcome = Exclude<ModelAnswer, { kind: 'answer' }> | (Extract<ModelAnswer, { kind: 'answer' }> & { readonly cuts: string[] });

const CANCELLED: Outcome = { kind: 'unavailable', why: 'The check was cancelled before the auditor answered.' };

/** Everything that an answer depends on besides the request; the key and the limits on use do not matter. */
function configDigest({ provider, model, baseUrl, thinking }: AuditSettings): string {
  const instructions = [systemInstruction('output', []), systemInstruction('intent', [])];
  return sha256(JSON.stringify({ provider, model, baseUrl, thinking, instructions }));
}
