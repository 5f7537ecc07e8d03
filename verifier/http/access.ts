import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Capability } from '../assessment/decisions.ts';
import { SentinelError } from '../protocol/problem.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../protocol/vocabulary.ts';

export interface Tokens {
  readonly assess: string;
  readonly decide: string;
}

/** What a route demands; `none` only for `/health` on a private socket, which proves who answers. */
export type Demand = Capability | 'none';

declare module 'fastify' {
  interface FastifyContextConfig {
    token?: Demand;
  }
  interface FastifyRequest {
    capability: Capability | null;
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** HMAC-SHA-256 of the caller's challenge under the decide token, as lower-case hexadecimal. */
export function proofOf(challenge: string, decideToken: string): string {
  return createHmac('sha256', decideToken).update(challenge).digest('hex');
}

/** What the bearer token of a request is good for. Compares in constant time, over digests of one length. */
function capabilityOf(request: FastifyRequest, assess: Buffer, decide: Buffer): Capability | null {
  const header = request.headers.authorization ?? '';
  const given = digest(header.startsWith('Bearer ') ? header.slice('Bearer '.length) : '');
  if (timingSafeEqual(given, decide)) return 'decide';
  return timingSafeEqual(given, assess) ? 'assess' : null;
}

/**
 * Protocol version and token, before the body is read. `allowedHosts` is set where the listener is
 * TCP: a page that rebinds a name to the loopback address then gets nothing.
 */
export function installAccess(app: FastifyInstance, tokens: Tokens, allowedHosts?: readonly string[]): void {
  const assess = digest(tokens.assess);
  const decide = digest(tokens.decide);
  app.decorateRequest('capability', null);
  app.addHook('onRequest', async (request) => {
    if (allowedHosts !== undefined && !allowedHosts.includes(request.headers.host ?? '')) {
      throw new SentinelError('forbidden', 'This address answers to its loopback name only.');
    }
    const { token } = request.routeOptions.config;
    // On TCP every user of the machine could ask who works here; a private socket is its owner's alone.
    if (token === undefined || (token === 'none' && allowedHosts === undefined)) return;
    const version = request.headers[PROTOCOL_HEADER];
    if (version !== String(PROTOCOL_VERSION)) {
      throw new SentinelError(
        'protocol_mismatch',
        `This verifier speaks protocol ${PROTOCOL_VERSION}; the request says ${Number.parseInt(String(version), 10) || 'nothing'}. Update the older side.`,
      );
    }
    request.capability = capabilityOf(request, assess, decide);
    if (request.capability === null)
      throw new SentinelError('unauthorised', 'A valid token is needed: it is handed over at the start only.');
    if (token === 'decide' && request.capability !== 'decide') {
      throw new SentinelError('forbidden', 'The assess token is not enough: this needs the decide token.');
    }
  });
}
