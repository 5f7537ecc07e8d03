import { z } from 'zod';
import type { GeminiBody } from './geminiSay.ts';

const BODY = names('model contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels');
const CONFIG = names(
  'candidateCount stopSequences maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs ' +
    'responseMimeType responseSchema responseJsonSchema thinkingConfig responseModalities speechConfig mediaResolution',
);
const SCHEMA = names(
  'type format title description nullable enum items maxItems minItems properties required minProperties maxProperties minLength ' +
    'maxLength pattern example anyOf propertyOrdering default minimum maximum',
);
const THINKING = names('includeThoughts thinkingBudget thinkingLevel');

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** What is wrong with a request in the service's words, where a client is likely to go wrong; else undefined. */
export function complaint(body: GeminiBody): string | undefined {
  const { contents = [], generationConfig = {} } = body;
  if (contents.length === 0) return '* GenerateContentRequest.contents: contents is not specified\n';
  for (const content of contents) {
    if ((content.parts ?? []).length === 0) return '* GenerateContentRequest.contents: contents.parts must not be empty.\n';
    if (!['user', 'model', 'function', undefined].includes(content.role)) return 'Please use a valid role: user, model.';
  }
  const thinking = z.record(z.string(), z.unknown()).parse(generationConfig['thinkingConfig'] ?? {});
  if (thinking['thinkingBudget'] !== undefined && thinking['thinkingLevel'] !== undefined) {
    return 'You can only set only one of thinking budget and thinking level.';
  }
  return (
    unknownName(body, BODY, '') ??
    unknownName(generationConfig, CONFIG, 'generation_config') ??
    unknownName(thinking, THINKING, 'generation_config.thinking_config') ??
    schemaComplaint(generationConfig)
  );
}

function unknownName(value: object, known: ReadonlySet<string>, at: string): string | undefined {
  const stranger = Object.keys(value).find((key) => !known.has(key));
  if (stranger === undefined) return undefined;
  return `Invalid JSON payload received. Unknown name "${stranger}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`;
}

function schemaComplaint(config: Record<string, unknown>): string | undefined {
  if (config['responseSchema'] === undefined) return undefined;
  if (config['responseMimeType'] !== 'application/json') {
    return 'For controlled generation of only function call or JSON, response_mime_type must be application/json.';
  }
  return unknownInSchema(config['responseSchema'], 'generation_config.response_schema');
}

const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

function unknownInSchema(value: unknown, at: string): string | undefined {
  const schema = Schema.parse(value);
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items]), ...(schema.anyOf ?? [])];
  return unknownName(schema, SCHEMA, at) ?? inner.map((each) => unknownInSchema(each, at)).find((found) => found !== undefined);
}
