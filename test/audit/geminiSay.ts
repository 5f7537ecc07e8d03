import { z } from 'zod';
import type { Behaviour, Received } from './standInServer.ts';

export type { Behaviour } from './standInServer.ts';

/** What the stand-in received for one generateContent call. */
export interface GeminiRequest extends Received {
  readonly body: GeminiBody;
}

const Parts = z.looseObject({ parts: z.array(z.looseObject({ text: z.string().optional() })).optional(), role: z.string().optional() });
export const GeminiBody = z.looseObject({
  contents: z.array(Parts).optional(),
  systemInstruction: Parts.optional(),
  safetySettings: z.array(z.looseObject({ category: z.string(), threshold: z.string() })).optional(),
  generationConfig: z.record(z.string(), z.unknown()).optional(),
});
export type GeminiBody = z.infer<typeof GeminiBody>;

export function apiError(status: number, name: string, message: string, details?: object[]): Behaviour {
  return { status, json: { error: { code: status, message, status: name, ...(details === undefined ? {} : { details }) } } };
}

const candidate = (text: string | undefined, finishReason: string) => ({
  candidates: [{ content: { role: 'model', ...(text === undefined ? {} : { parts: [{ text }] }) }, finishReason, index: 0 }],
});
const refusedRating = { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH' };

/** Behaviours by name. Texts follow the service's documentation; they were not recorded from it. */
export const say = {
  /** The value as JSON; by default an audit without findings. */
  verdict: (value: object = { verdict: 'pass', findings: [] }): Behaviour => ({ reply: () => candidate(JSON.stringify(value), 'STOP') }),
  text: (text: string, finishReason = 'STOP'): Behaviour => ({ reply: () => candidate(text, finishReason) }),
  fenced: (value: object): Behaviour => ({ reply: () => candidate(`\`\`\`json\n${JSON.stringify(value)}\n\`\`\``, 'STOP') }),
  malformedJson: (): Behaviour => ({ reply: () => candidate('{"verdict": "pass", "findings": [', 'STOP') }),
  /** Whole JSON that the service nevertheless says was cut off. */
  truncated: (value: object = { verdict: 'pass', findings: [] }): Behaviour => ({
    reply: () => candidate(JSON.stringify(value), 'MAX_TOKENS'),
  }),
  /** All tokens went into thinking. */
  noTextMaxTokens: (): Behaviour => ({ reply: () => candidate(undefined, 'MAX_TOKENS') }),
  promptBlocked: (blockReason = 'SAFETY'): Behaviour => ({
    reply: () => ({ promptFeedback: { blockReason, safetyRatings: [{ ...refusedRating, blocked: true }] } }),
  }),
  answerBlocked: (finishReason = 'SAFETY'): Behaviour => ({
    reply: () => ({ candidates: [{ finishReason, index: 0, safetyRatings: [refusedRating] }] }),
  }),
  empty: (): Behaviour => ({ reply: () => ({}) }),
  rateLimited: (seconds?: number): Behaviour => ({
    ...apiError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.', [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaValue: '10' }] },
      ...(seconds === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }]),
    ]),
  }),
  internal: (): Behaviour => apiError(500, 'INTERNAL', 'An internal error has occurred. Please retry.'),
  overloaded: (): Behaviour => apiError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  gone: (model: string): Behaviour =>
    apiError(404, 'NOT_FOUND', `models/${model} is not found for API version v1beta, or is not supported for generateContent.`),
  badKey: (): Behaviour =>
    apiError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]),
  badRequest: (message: string): Behaviour => apiError(400, 'INVALID_ARGUMENT', message),
  models: (names: readonly string[]): Behaviour => ({
    json: { models: names.map((name) => ({ name: `models/${name}`, supportedGenerationMethods: ['generateContent', 'countTokens'] })) },
  }),
  notJson: (): Behaviour => ({ status: 200, raw: '<html>proxy login</html>', headers: { 'content-type': 'text/html' } }),
  reset: (): Behaviour => ({ reset: true }),
  hang: (): Behaviour => ({ hang: true }),
  /** Waits before the headers. */
  slow: (delayMs: number, then: Behaviour = say.verdict()): Behaviour => ({ ...then, delayMs }),
  /** Sends headers and half the body at once, the rest after a while. */
  slowBody: (bodyDelayMs: number, then: Behaviour = say.verdict()): Behaviour => ({ ...then, bodyDelayMs }),
};
