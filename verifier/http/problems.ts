import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PROBLEMS, type Problem, type ProblemCode, SentinelError } from '../protocol/problem.ts';

const WithRequestId = z.looseObject({ requestId: z.string().min(1).max(128) });

/** The caller's own request id where it gave one, so that both sides' logs can be laid side by side. */
function requestIdOf(request: FastifyRequest): string {
  const body = WithRequestId.safeParse(request.body);
  return body.success ? body.data.requestId : request.id;
}

/** What Fastify and Node refuse by themselves, in our words: theirs can quote the body. */
const KNOWN: Record<string, { code: ProblemCode; message: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too_large', message: 'The request is larger than the verifier accepts: send less text at once.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'bad_request', message: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'bad_request', message: 'The body is empty; JSON was expected.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'bad_request', message: 'Send the body as application/json.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'bad_request', message: 'The body is shorter or longer than its content-length.' },
};

/** Which fields were wrong and why. Names and messages come from our schemas; unknown keys are the caller's. */
function describeValidation(error: { validation: readonly { instancePath?: string; message?: string }[] }): string {
  const issues = error.validation.slice(0, 5).map(({ instancePath, message }) => `${instancePath || '/'}: ${message ?? 'invalid'}`);
  return `The request does not fit the contract: ${issues.join('; ')}`;
}

function classify(error: FastifyError): { code: ProblemCode; message: string } {
  if (error instanceof SentinelError) return { code: error.code, message: error.message };
  if (hasZodFastifySchemaValidationErrors(error)) return { code: 'bad_request', message: describeValidation(error) };
  const known = KNOWN[error.code];
  if (known !== undefined && !isResponseSerializationError(error)) return known;
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { code: 'bad_request', message: 'The request could not be read.' };
  return { code: 'internal', message: 'The verifier failed on this request; its log says where. Nothing was approved.' };
}

/** Every error leaves as a {@link Problem}: coded, redacted, without details of the inside. */
export function installProblems(app: FastifyInstance, redact: (texts: readonly string[]) => Promise<string[]>): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const { code, message } = classify(error);
    if (code === 'internal') request.log.error({ err: error }, 'request failed');
    // Both can repeat what the caller sent. What can't be redacted is not sent.
    const [safe = code, requestId = request.id] = await redact([message, requestIdOf(request)]).catch(() => [code, request.id]);
    const problem: Problem = { code, message: safe, requestId };
    return reply.status(PROBLEMS[code]).type('application/json').serializer(JSON.stringify).send(problem);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const problem: Problem = { code: 'not_found', message: 'There is no such route.', requestId: request.id };
    return reply.status(PROBLEMS.not_found).send(problem);
  });
}
