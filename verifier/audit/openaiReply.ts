import { z } from 'zod';
import type { ModelAnswer } from './modelAnswer.ts';
import { clip, visibleLine } from './plainText.ts';

/** The parts of a chat completion that are used. */
const Completion = z.object({
  model: z.string().nullish(),
  choices: z.array(
    z.object({
      message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.number().nullish() }).nullish(),
});

/** Values of `finish_reason` besides `stop`, in words for a person. */
const FINISHED: Record<string, string> = {
  length: 'its answer was cut off at the length limit',
  content_filter: "the service's content filter stopped the answer",
  tool_calls: 'it called a tool instead of answering',
  function_call: 'it called a function instead of answering',
};

/** No tokeniser makes fewer tokens than this of a text whose repetitions were squeezed. */
const MOST_CHARACTERS_A_TOKEN = 6;

/**
 * Tells a complete answer from a spoilt one. The finish reason comes first: text that was cut off or
 * filtered can look like a verdict. `model` is the configured model id, for where the service names
 * none; `asked` is what was sent, for seeing whether all of it was read.
 */
export function readCompletion(response: unknown, { model, asked }: { model: string; asked: string }): ModelAnswer {
  const wire = Completion.safeParse(response);
  if (!wire.success) {
    return { kind: 'unavailable', why: 'The audit service answered with something other than a chat completion. Check the base URL.' };
  }
  const [choice] = wire.data.choices;
  if (choice === undefined) return { kind: 'refused', why: 'The auditor gave no answer.' };
  if (choice.message?.refusal) {
    return { kind: 'refused', why: `The auditor refused to read the content (${clip(visibleLine(choice.message.refusal), 80)}).` };
  }
  if (choice.finish_reason !== 'stop') {
    const reason = choice.finish_reason ?? 'no finish reason';
    return { kind: 'refused', why: `The auditor did not finish: ${FINISHED[reason] ?? clip(visibleLine(reason), 40)}.` };
  }
  const text = withoutWrapping(choice.message?.content ?? '');
  if (text === '') return { kind: 'refused', why: 'The auditor gave an empty answer.' };
  const read = wire.data.usage?.prompt_tokens ?? 0;
  if (read > 0 && squeezedLength(asked) > read * MOST_CHARACTERS_A_TOKEN) {
    return {
      kind: 'refused',
      why: `The auditor read only ${read} tokens of a longer text: its context is too small. Give the server a larger one (Ollama: OLLAMA_CONTEXT_LENGTH).`,
    };
  }
  const named = wire.data.model ?? '';
  return { kind: 'answer', text, model: /^[\w.\-/:@+]{1,128}$/.test(named) ? named : model };
}

const THOUGHTS = '</think>';

/**
 * Models that are not held to JSON put thoughts before it or a fence around it. What is left must be JSON from
 * end to end, so nothing is picked out of other text.
 */
function withoutWrapping(content: string): string {
  const whole = content.trim();
  const thoughtsEnd = whole.startsWith('<think>') ? whole.indexOf(THOUGHTS) : -1;
  const text = thoughtsEnd < 0 ? whole : whole.slice(thoughtsEnd + THOUGHTS.length).trim();
  const firstBreak = text.indexOf('\n');
  const fenced =
    text.startsWith('```') && text.endsWith('```') && firstBreak > 0 && ['```', '```json'].includes(text.slice(0, firstBreak).trim());
  return fenced ? text.slice(firstBreak, -3).trim() : text;
}

/** Length with each run of one character counted once: tokenisers fold those, and nothing else, by a lot. */
function squeezedLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== text.charCodeAt(i - 1)) length += 1;
  return length;
}
