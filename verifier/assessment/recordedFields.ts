import type { GatesPort } from './ports.ts';
import type { AssessmentRequest } from './request.ts';
import { subjectName } from './subjectName.ts';

const ID_LIMIT = 128;
const NAME_LIMIT = 512;
const UNASSESSED_LIMIT = 300;

const WITHHELD = '‹not redacted, so not kept›';

/** What an entry says about where a request came from, redacted: callers can put anything into an id. */
export interface RecordedFields {
  readonly ids: {
    readonly requestId: string;
    readonly sessionId: string;
    readonly parentSessionId?: string;
    readonly toolCallId?: string;
    readonly agent?: string;
    readonly model?: string;
    readonly unassessed?: string;
  };
  readonly name: string | undefined;
}

export async function redactedFields(
  request: AssessmentRequest,
  gates: Pick<GatesPort, 'redact'>,
  workspaceRoots: readonly string[],
): Promise<RecordedFields> {
  const { parentSessionId, toolCallId, agent, model, unassessed } = request;
  const optional = Object.entries({ parentSessionId, toolCallId, agent, model, unassessed }).filter((field) => field[1] !== undefined);
  const name = subjectName(request.subject, workspaceRoots);
  const texts = [request.requestId, request.sessionId, name ?? '', ...optional.map(([, value]) => value ?? '')];
  // The entry must be written even when the gates are down; what can't be redacted is left out of it.
  const [requestId = '', sessionId = '', redactedName = '', ...values] = await gates.redact(texts).catch(() => texts.map(() => WITHHELD));
  const limit = (field: string) => (field === 'unassessed' ? UNASSESSED_LIMIT : ID_LIMIT);
  return {
    ids: {
      requestId: requestId.slice(0, ID_LIMIT),
      sessionId: sessionId.slice(0, ID_LIMIT),
      ...Object.fromEntries(optional.map(([field], index) => [field, (values[index] ?? '').slice(0, limit(field))])),
    },
    name: name === undefined ? undefined : redactedName.slice(-NAME_LIMIT),
  };
}
