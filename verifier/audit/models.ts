import { z } from 'zod';
import type { AuditSettings } from '../protocol/handshake.ts';
import { boundedText, parseJson } from './boundedText.ts';
import { whyNotThere } from './consent.ts';
import { authorization, endpoint } from './openai.ts';
import { serviceError, serviceFailure, unreachable } from './openaiFailure.ts';

/** Gemini's `models.list` and OpenAI's "List models". */
const Listed = z.union([
  z.object({ models: z.array(z.object({ name: z.string(), supportedGenerationMethods: z.array(z.string()).optional() })) }),
  z.object({ data: z.array(z.object({ id: z.string() })) }),
]);
const MAX_MODELS = 500;

export type ModelList = { readonly models: string[] } | { readonly why: string };

/**
 * The models that a service offers, by id. Sends the key and nothing else, to the agreed endpoint alone.
 * Never throws: where the service can't be asked, `why` says so in words for a person.
 */
export async function listModels(settings: AuditSettings, signal: AbortSignal): Promise<ModelList> {
  const why = whyNotThere(settings);
  if (why !== undefined) return { why };
  const isGemini = settings.provider === 'gemini';
  try {
    const response = await fetch(endpoint(settings.baseUrl, isGemini ? 'v1beta/models?pageSize=1000' : 'models'), {
      headers: isGemini ? { 'x-goog-api-key': settings.apiKey ?? '' } : authorization(settings),
      redirect: 'manual',
      signal,
    });
    const json = parseJson((await boundedText(response)) ?? '');
    const error = serviceError(response, json);
    if (error !== undefined) return { why: wordsOf(serviceFailure(error, settings)) };
    const listed = Listed.safeParse(json);
    if (!listed.success) return { why: 'The service answered with something other than a list of models. Check the base URL.' };
    return { models: idsOf(listed.data) };
  } catch (error) {
    return { why: signal.aborted ? 'The service did not list its models in time.' : wordsOf(unreachable(error, settings)) };
  }
}

function wordsOf(failure: ReturnType<typeof unreachable>): string {
  return failure.kind === 'answer' ? '' : failure.why;
}

/** Sorted; ids that no setting could hold are left out. */
function idsOf(listed: z.infer<typeof Listed>): string[] {
  const ids =
    'data' in listed
      ? listed.data.map(({ id }) => id)
      : listed.models
          .filter(({ supportedGenerationMethods }) => supportedGenerationMethods?.includes('generateContent') ?? true)
          .map(({ name }) => name.replace('models/', ''));
  return ids
    .filter((id) => id.length <= 128 && /^[\w.\-/:@+ ]+$/.test(id))
    .sort()
    .slice(0, MAX_MODELS);
}
