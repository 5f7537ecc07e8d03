import { parseArgs } from 'node:util';
import { z } from 'zod';
import { say } from './openaiSay.ts';
import { type Act, type Behaviour, type Incoming, type Received, type StandIn, startStandIn } from './standInServer.ts';

const OpenaiBody = z.looseObject({
  model: z.string(),
  messages: z.array(z.strictObject({ role: z.enum(['system', 'user']), content: z.string() })).min(1),
  stream: z.literal(false),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  temperature: z.number().optional(),
  reasoning_effort: z.enum(['none', 'low', 'medium', 'high']).optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('json_object') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({ name: z.string(), strict: z.boolean(), schema: z.record(z.string(), z.unknown()) }),
      }),
    ])
    .optional(),
});

/** What the stand-in received for one chat completion. */
export interface OpenaiRequest extends Received {
  readonly body: z.infer<typeof OpenaiBody>;
}

export interface OpenaiOptions {
  readonly host?: string;
  readonly port?: number;
  /** Other keys are refused; absent: none is needed, as with servers of one's own. */
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** What this server lacks, each refused in its words; `effort` as models that do not think, `limit` as newer OpenAI models. */
  readonly lacks?: readonly ('json_schema' | 'json_object' | 'effort' | 'temperature' | 'max_tokens')[];
  /** What is done when nothing is queued. */
  readonly fallback?: Act<OpenaiRequest>;
}

export type OpenaiStandIn = StandIn<OpenaiRequest> & { readonly refusals: Behaviour[] };

export const MODEL = 'qwen3-coder:30b';

/**
 * A local stand-in for `POST /v1/chat/completions` and `GET /v1/models`. It is as strict as the strictest
 * of the servers that it stands for. Also a program of its own: `node test/audit/openaiStandIn.ts --port 11434`.
 */
export async function startOpenai(options: OpenaiOptions = {}): Promise<OpenaiStandIn> {
  const { host, port, apiKey, models = [MODEL], lacks = [], fallback = say.verdict() } = options;
  const refusals: Behaviour[] = [];
  const refused = (refuse: Behaviour) => {
    refusals.push(refuse);
    return { refuse };
  };
  const read = ({ method, url, headers, json }: Incoming): { question: OpenaiRequest } | { refuse: Behaviour } => {
    const key = headers.authorization?.replace('Bearer ', '');
    if (apiKey !== undefined && key !== apiKey) return refused(say.badKey());
    if (method === 'GET' && url.pathname === '/v1/models') return { refuse: say.models(models) };
    if (method !== 'POST' || url.pathname !== '/v1/chat/completions') return refused({ status: 404, raw: '404 page not found' });
    const parsed = OpenaiBody.safeParse(json);
    if (!parsed.success) return refused(say.badRequest(`Invalid request: ${parsed.error.issues[0]?.path.join('.')}`));
    const body = parsed.data;
    const missing = lacks.find((feature) => uses(body, feature));
    if (missing !== undefined) return refused(COMPLAINT[missing]);
    if (!models.includes(body.model)) return refused(say.gone(body.model));
    const said = (role: string) => body.messages.flatMap((message) => (message.role === role ? [message.content] : [])).join('\n');
    return {
      question: { model: body.model, body, text: said('user'), system: said('system'), key, headers, url: url.pathname, aborted: false },
    };
  };
  const dress = (reply: object, { model }: OpenaiRequest) => ({ model, ...reply });
  const standIn = await startStandIn({ host, port, fallback, read, dress });
  return { ...standIn, url: `${standIn.url}/v1`, refusals };
}

type Feature = NonNullable<OpenaiOptions['lacks']>[number];

function uses(body: OpenaiRequest['body'], feature: Feature): boolean {
  if (feature === 'effort') return body.reasoning_effort !== undefined;
  if (feature === 'temperature' || feature === 'max_tokens') return body[feature] !== undefined;
  return body.response_format?.type === feature;
}

const COMPLAINT: Record<Feature, Behaviour> = {
  json_schema: say.badRequest("This response_format type is unavailable now: 'json_schema'"),
  json_object: { status: 500, json: { error: { message: 'failed to parse grammar', type: 'server_error', code: 500 } } },
  effort: say.badRequest('Unrecognized request argument supplied: reasoning_effort'),
  temperature: say.badRequest("Unsupported value: 'temperature' does not support 0 with this model.", { param: 'temperature' }),
  max_tokens: say.badRequest("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {
    param: 'max_tokens',
  }),
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '11434' }, key: { type: 'string' } } });
  const standIn = await startOpenai({ port: Number(values.port), ...(values.key === undefined ? {} : { apiKey: values.key }) });
  console.log(`OpenAI-compatible stand-in at ${standIn.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void standIn.stop());
}
