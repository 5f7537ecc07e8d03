import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Assessor } from '../assessment/assessor.ts';
import type { Decisions } from '../assessment/decisions.ts';
import type { Housekeeping } from '../assessment/housekeeping.ts';
import { fromCheckIntent, fromVerify } from '../assessment/request.ts';
import type { SuppressionBook } from '../assessment/suppressionBook.ts';
import type { SuppressionChanges } from '../assessment/suppressionChanges.ts';
import type { UnassessedActions } from '../assessment/unassessed.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type History, HistoryQuery } from '../protocol/history.ts';
import type { PolicyCatalogue } from '../protocol/policyCatalogue.ts';
import { PROBLEMS, type Problem } from '../protocol/problem.ts';
import { type Health, HealthQuery, ROUTES } from '../protocol/routes.ts';
import { installAccess, proofOf, type Tokens } from './access.ts';
import { registerEvents } from './events.ts';
import { installLoad, type LoadState } from './load.ts';
import { installProblems } from './problems.ts';

/** What the routes need; all of it is made elsewhere. */
export interface AppServices {
  readonly assessor: Pick<Assessor, 'assess'>;
  readonly decisions: Pick<Decisions, 'waiting' | 'claim' | 'follow' | 'notice' | 'expire'>;
  readonly housekeeping: Pick<Housekeeping, 'erase'>;
  readonly ledger: Ledger;
  /** Answers at once, from what is known: a layer that hangs must not stop it. */
  readonly health: () => Omit<Health, 'proof'>;
  /** Rejects with SentinelError `policies_invalid` where no policy set is valid. */
  readonly policies: () => Promise<PolicyCatalogue>;
  readonly history: (query: HistoryQuery) => Promise<History>;
  readonly unassessed: Pick<UnassessedActions, 'record'>;
  readonly suppressions: Pick<SuppressionBook, 'accepted'> & Pick<SuppressionChanges, 'change'>;
  readonly redact: (texts: readonly string[]) => Promise<string[]>;
}

export interface AppOptions {
  readonly tokens: Tokens;
  readonly log?: FastifyBaseLogger;
  /** Set for TCP: the values of `Host` that are answered. */
  readonly allowedHosts?: readonly string[];
  /** In bytes; UTF-8 takes up to three a UTF-16 unit, JSON escapes more. */
  readonly bodyLimit?: number;
  /** Longest time for a request to arrive whole, in milliseconds. */
  readonly requestTimeoutMs?: number;
  readonly maxConcurrent?: number;
}

export interface App {
  readonly server: FastifyInstance;
  readonly load: LoadState;
}

const BODY_LIMIT = 20 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Node wakes up for it even where there are no connections. */
const CONNECTIONS_CHECK_MS = 60_000;
const MAX_CONCURRENT = 64;

/** The verifier's HTTP side. Opens nothing by itself; works with `inject` as with a socket. */
export function createApp(services: AppServices, options: AppOptions): App {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const server = Fastify({
    ...(options.log === undefined ? { logger: false } : { loggerInstance: options.log }),
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? BODY_LIMIT,
    requestTimeout,
    // Node swaps the two timeouts if the one for headers is the longer.
    http: { headersTimeout: Math.min(requestTimeout, 30_000), connectionsCheckingInterval: Math.min(requestTimeout, CONNECTIONS_CHECK_MS) },
    // zod alone validates and serialises (set below): this spares the start the loading of Fastify's own compilers.
    schemaController: { compilersFactory: { buildValidator: notUsed, buildSerializer: notUsed } },
    genReqId: () => randomUUID(),
    return503OnClosing: false,
    forceCloseConnections: true,
    clientErrorHandler: refuseBrokenRequest,
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  installProblems(server, services.redact);
  installAccess(server, options.tokens, options.allowedHosts);
  const load = installLoad(server, options.maxConcurrent ?? MAX_CONCURRENT);
  registerRoutes(server, services, options.tokens);
  registerEvents(server, services.ledger);
  return { server, load };
}

function notUsed(): never {
  throw new Error("Fastify's own compilers are not used");
}

function registerRoutes(server: FastifyInstance, services: AppServices, tokens: Tokens): void {
  const { assessor, decisions } = services;
  const app = server.withTypeProvider<ZodTypeProvider>();
  const { checkIntent, verify, erase, decisions: waiting, claim, executionResult, notice, policies, history, health } = ROUTES;

  app.post(checkIntent.path, contract(checkIntent), async (request) => {
    const assessment = await assessor.assess(fromCheckIntent(request.body));
    await decisions.expire();
    return assessment;
  });
  app.post(verify.path, contract(verify), async (request, reply) => {
    const { timing } = request.body;
    // What took effect must be assessed to the end; what is being edited only as long as its editor waits.
    const assessment = await assessor.assess(fromVerify(request.body), timing === 'ahead' ? callerGone(reply.raw) : undefined);
    await decisions.expire();
    return assessment;
  });
  app.get(waiting.path, { config: { token: waiting.token }, schema: { response: { 200: waiting.reply } } }, async () =>
    decisions.waiting(),
  );
  app.post(
    claim.path,
    {
      config: { token: claim.token },
      schema: { params: z.strictObject({ id: z.uuid() }), body: claim.body, response: { 200: claim.reply } },
    },
    async (request) => decisions.claim(request.params.id, request.body.windowId),
  );
  app.post(executionResult.path, contract(executionResult), async (request) =>
    decisions.follow(request.body, request.capability ?? 'assess'),
  );
  app.post(erase.path, contract(erase), async (request) => services.housekeeping.erase(request.body));
  app.post(notice.path, contract(notice), async (request) => decisions.notice(request.body));
  app.post(ROUTES.unassessed.path, contract(ROUTES.unassessed), async (request) => services.unassessed.record(request.body));
  app.get(
    ROUTES.suppressions.path,
    { config: { token: ROUTES.suppressions.token }, schema: { response: { 200: ROUTES.suppressions.reply } } },
    async () => services.suppressions.accepted(),
  );
  app.post(ROUTES.suppress.path, contract(ROUTES.suppress), async (request) => services.suppressions.change(request.body));
  app.get(policies.path, { config: { token: policies.token }, schema: { response: { 200: policies.reply } } }, async () =>
    services.policies(),
  );
  app.get(
    history.path,
    { config: { token: history.token }, schema: { querystring: HistoryQuery, response: { 200: history.reply } } },
    async (request) => services.history(request.query),
  );
  app.get(
    health.path,
    { config: { token: health.token }, schema: { querystring: HealthQuery, response: { 200: health.reply } } },
    async (request) => ({ ...services.health(), proof: proofOf(request.query.challenge, tokens.decide) }),
  );
}

/** Aborted when the caller hangs up before the reply is out. */
function callerGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** A route's options as the table of routes says them: both sides of the contract are checked by zod. */
function contract<Body extends z.ZodType, Reply extends z.ZodType, Token extends 'assess' | 'decide'>(route: {
  readonly token: Token;
  readonly body: Body;
  readonly reply: Reply;
}) {
  return { config: { token: route.token }, schema: { body: route.body, response: { 200: route.reply } } };
}

/** What Node refuses before there is a request: it came too slowly, or it is not HTTP. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem: Problem =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? { code: 'too_slow', message: 'The request did not arrive in time.', requestId: randomUUID() }
      : { code: 'bad_request', message: 'This is not a readable HTTP request.', requestId: randomUUID() };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${PROBLEMS[problem.code]} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
