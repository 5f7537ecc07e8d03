import { z } from 'zod';
import type { ModelAnswer } from './modelAnswer.ts';
import { clip, visibleLine } from './plainText.ts';

/** The parts of a GenerateContentResponse (v1beta) that are used. */
const Wire = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({ parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })).optional() })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  /** What really answered: the service routes retired model ids to successors. */
  modelVersion: z.string().optional(),
});

/** Values of Candidate.FinishReason, in words for a person. */
const FINISHED: Record<string, string> = {
  MAX_TOKENS: 'its answer was cut off at the length limit',
  SAFETY: "the service's safety filter stopped the answer",
  RECITATION: 'the answer was stopped as a recitation of a source',
  LANGUAGE: 'the service does not support the language of the content',
  BLOCKLIST: 'the answer was stopped because of forbidden terms',
  PROHIBITED_CONTENT: 'the answer was stopped as prohibited content',
  SPII: 'the answer was stopped because of personal data in it',
};

/**
 * Tells a complete answer from a spoilt one. The finish reason comes first: text that was cut off or
 * filtered can look like a verdict. `model` is the configured model id, for where the service names none.
 */
export function readGeminiResponse(response: unknown, model: string): ModelAnswer {
  const wire = Wire.safeParse(response);
  if (!wire.success) {
    return { kind: 'unavailable', why: 'The audit service answered with something other than a Gemini response. Check the base URL.' };
  }
  const { candidates, promptFeedback, modelVersion } = wire.data;
  const candidate = candidates?.[0];
  if (promptFeedback?.blockReason !== undefined) {
    return { kind: 'refused', why: `The auditor refused to read the content (${clip(visibleLine(promptFeedback.blockReason), 40)}).` };
  }
  if (candidate === undefined) return { kind: 'refused', why: 'The auditor gave no answer.' };
  if (candidate.finishReason !== 'STOP') {
    const reason = candidate.finishReason ?? 'no finish reason';
    return { kind: 'refused', why: `The auditor did not finish: ${FINISHED[reason] ?? clip(visibleLine(reason), 40)}.` };
  }
  const text = (candidate.content?.parts ?? []).map((part) => (part.thought === true ? '' : (part.text ?? ''))).join('');
  if (text.trim() === '') return { kind: 'refused', why: 'The auditor gave an empty answer.' };
  return { kind: 'answer', text, model: /^[\w.\-/]{1,128}$/.test(modelVersion ?? '') && modelVersion !== undefined ? modelVersion : model };
}
