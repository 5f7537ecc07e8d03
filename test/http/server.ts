import type { TestContext } from 'node:test';
import type { Assessor } from '../../verifier/assessment/assessor.ts';
import { SessionHealth } from '../../verifier/assessment/sessionHealth.ts';
import { type App, type AppOptions, createApp } from '../../verifier/http/app.ts';
import { listenPrivately } from '../../verifier/http/listen.ts';
import { type Bench, bench, POLICIES } from '../assessment/standIns.ts';
import { type Answer, type Call, send } from './client.ts';

export const TOKENS = { assess: 'a'.repeat(43), decide: 'd'.repeat(43) };

const CATALOGUE = {
  policyDigest: POLICIES,
  policies: [{ name: 'sample', title: 'Sample', version: 1, origin: 'built-in' as const, folder: '/policies/sample', rules: [] }],
};

export interface Served extends Bench {
  readonly app: App;
  readonly socket: string;
  readonly call: (call: Call) => Promise<Answer>;
}

/** The real routes over the real assessment with stand-ins for its ports, on a private socket of their own. */
export async function serve(
  t: TestContext,
  options: Partial<AppOptions> & { assessor?: Pick<Assessor, 'assess'>; audit?: boolean } = {},
): Promise<Served> {
  const { assessor, audit, ...appOptions } = options;
  const on = await bench(audit === undefined ? {} : { audit });
  const health = new SessionHealth({
    ...on,
    version: '0.0.0',
    ledgerDir: '/nowhere',
    audit: { configured: true, offBecause: '' },
    onError: (error) => on.errors.push(error),
  });
  const app = createApp(
    {
      ...on,
      ...(assessor === undefined ? {} : { assessor }),
      health: () => health.report(),
      policies: async () => CATALOGUE,
      redact: (texts) => on.gates.redact(texts),
    },
    { tokens: TOKENS, ...appOptions },
  );
  const listening = await listenPrivately(app.server);
  t.after(() => listening.close());
  return { ...on, app, socket: listening.address, call: (call) => send(listening.address, call) };
}

export const verifyBody = {
  requestId: 'request-1',
  sessionId: 'window-1',
  source: 'http',
  subject: { kind: 'command', text: 'ls -l' },
  depth: 'full',
};
