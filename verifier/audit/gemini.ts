import {
  type GenerationConfig,
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  HarmBlockThreshold,
  HarmCategory,
  type Schema,
  SchemaType,
} from '@google/generative-ai';
import { z } from 'zod';
import type { AuditSettings } from '../protocol/handshake.ts';
import { readGeminiResponse } from './geminiReply.ts';
import type { ModelAnswer, ModelQuestion } from './modelAnswer.ts';
import { stopAtRedirects } from './noRedirect.ts';
import { clip, visibleLine } from './plainText.ts';
import { type ThinkingConfig, thinkingFor } from './thinking.ts';

stopAtRedirects('x-goog-api-key');

const word = (description: string): Schema => ({ type: SchemaType.STRING, description });
const oneOf = (values: string[]): Schema => ({ type: SchemaType.STRING, format: 'enum', enum: values });

/** AuditAnswer (reply.ts) in the subset of OpenAPI 3.0 that the service accepts; limits are checked on our side. */
const ANSWER_SCHEMA: Schema = {
  type: SchemaType.OBJECT,
  properties: {
    verdict: oneOf(['pass', 'review', 'block']),
    findings: {
      type: SchemaType.ARRAY,
      items: {
        type: SchemaType.OBJECT,
        properties: {
          policy: word('Name of the violated policy.'),
          severity: oneOf(['low', 'medium', 'high', 'critical']),
          verdict: oneOf(['review', 'block']),
          confidence: { type: SchemaType.NUMBER, description: '0 to 1.' },
          message: word('What is wrong and what could happen.'),
          remediation: word('What would be safer.'),
          quote: word('Offending text, copied exactly from the subject.'),
          startLine: { type: SchemaType.INTEGER, description: 'Number of the first quoted line.' },
        },
        required: ['policy', 'severity', 'verdict', 'confidence', 'message', 'quote'],
      },
    },
  },
  required: ['verdict', 'findings'],
};

/** Dangerous text is this auditor's daily work: the service's own filters would only hide it from the audit. */
const UNFILTERED = [
  HarmCategory.HARM_CATEGORY_HARASSMENT,
  HarmCategory.HARM_CATEGORY_HATE_SPEECH,
  HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
  HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
].map((category) => ({ category, threshold: HarmBlockThreshold.BLOCK_NONE }));

/** google.rpc.ErrorInfo and RetryInfo within an error's details. */
const Details = z.array(z.object({ '@type': z.string(), reason: z.string().optional(), retryDelay: z.string().optional() }));

/**
 * Puts one question to the model. `signal` covers headers and body; the library's own `timeout` does
 * not clear its timer and is not used.
 *
 * @throws whatever the library threw when `signal` has been aborted; every other failure is an answer.
 */
export async function askGemini(settings: AuditSettings, question: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer> {
  const { thinking, maxOutputTokens, temperature } = thinkingFor(settings.model, settings.thinking);
  const generationConfig: GenerationConfig & { thinkingConfig?: ThinkingConfig } = {
    candidateCount: 1,
    maxOutputTokens,
    responseMimeType: 'application/json',
    responseSchema: ANSWER_SCHEMA,
    ...(temperature === undefined ? {} : { temperature }),
    ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
  };
  const model = new GoogleGenerativeAI(settings.apiKey ?? '').getGenerativeModel(
    { model: settings.model, systemInstruction: question.system, safetySettings: UNFILTERED, generationConfig },
    { baseUrl: withoutTrailingSlash(settings.baseUrl) },
  );
  try {
    const { response } = await model.generateContent(question.user, { signal });
    return readGeminiResponse(response, settings.model);
  } catch (error) {
    if (signal.aborted) throw error;
    return failure(error, settings);
  }
}

function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? withoutTrailingSlash(url.slice(0, -1)) : url;
}

/** The library's messages hold addresses: none of them is passed on whole. */
function failure(error: unknown, settings: AuditSettings): ModelAnswer {
  if (error instanceof GoogleGenerativeAIFetchError && error.status !== undefined) return httpFailure(error, error.status, settings);
  // The library parses a body that says 200 with Response.json().
  if (error instanceof SyntaxError) {
    return {
      kind: 'unavailable',
      why: 'The audit service answered with something other than JSON, perhaps a proxy or a login page. Check the network and the base URL.',
    };
  }
  return {
    kind: 'unavailable',
    why: 'The audit service could not be reached or closed the connection. Check the network, the proxy and the base URL.',
  };
}

function httpFailure(error: GoogleGenerativeAIFetchError, status: number, settings: AuditSettings): ModelAnswer {
  const details = Details.safeParse(error.errorDetails ?? []).data ?? [];
  const unavailable = (why: string): ModelAnswer => ({ kind: 'unavailable', why });
  if (status === 401 || status === 403 || details.some((detail) => detail.reason === 'API_KEY_INVALID')) {
    return unavailable(
      `The audit service does not accept the API key (HTTP ${status}). Store a valid key and see that the Gemini API is enabled for it.`,
    );
  }
  if (status >= 300 && status < 400) {
    return unavailable(`The audit service redirects to another address (HTTP ${status}), to which nothing is sent. Check the base URL.`);
  }
  if (status === 404) return unavailable(`The audit service does not know the model "${settings.model}" (HTTP 404). Choose another model.`);
  if (status === 429) {
    const retryAfterMs = seconds(details.find((detail) => detail['@type'].endsWith('.RetryInfo'))?.retryDelay);
    const why = 'The audit service reports that the request limit of this key is reached (HTTP 429).';
    return { kind: 'unavailable', why, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (status === 413) return { kind: 'refused', why: 'The content is too large for the audit service (HTTP 413).' };
  if (status !== 400) return unavailable(`The audit service failed (HTTP ${status}). If this lasts, see whether the service is down.`);
  const words = serviceWords(error.message);
  // Our own configuration or the account; all else at 400 is the content's doing, and an attacker must not gain by it.
  if (['thinking', 'unknown name', 'location', 'billing', 'precondition'].some((sign) => words.toLowerCase().includes(sign))) {
    return unavailable(`The audit service refuses this configuration (HTTP 400): ${words}`);
  }
  return { kind: 'refused', why: `The audit service rejected the content (HTTP 400): ${words}` };
}

/** `30s` or `1.5s` (protobuf Duration) in milliseconds. */
function seconds(duration: string | undefined): number | undefined {
  const value = duration?.endsWith('s') ? Number(duration.slice(0, -1)) : Number.NaN;
  return Number.isFinite(value) ? value * 1000 : undefined;
}

/** The service's own words out of the library's message: one short line without addresses. */
function serviceWords(message: string): string {
  const start = message.indexOf('[400 ');
  const words = visibleLine(start < 0 ? '' : message.slice(message.indexOf(']', start) + 1)).split(' ');
  return clip(words.filter((each) => !each.includes('://')).join(' '), 140);
}
