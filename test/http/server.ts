import type { TestContext } from 'node:test';
import type { Assessor } from '../../verifier/assessment/assessor.ts';
import { Housekeeping } from '../../verifier/assessment/housekeeping.ts';
import { SessionHealth } from '../../verifier/assessment/sessionHealth.ts';
import { UnassessedActions } from '../../verifier/assessment/unassessed.ts';
import { type App, type AppOptions, createApp } from '../../verifier/http/app.ts';
import { listenPrivately } from '../../verifier/http/listen.ts';
import type { HistoryQuery } from '../../verifier/protocol/history.ts';
import type { SuppressionChange } from '../../verifier/protocol/suppressionRoutes.ts';
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
  /** The questions that came through `GET /history`. */
  readonly historyAsked: HistoryQuery[];
  /** What came through `POST /suppressions`. */
  readonly suppressed: SuppressionChange[];
}

/** The real routes over the real assessment with stand-ins for its ports, on a private socket of their own. */
export async function serve(
  t: TestContext,
  options: Partial<AppOptions> & { assessor?: Pick<Assessor, 'assess'>; audit?: boolean } = {},
): Promise<Served> {
  const { assessor, audit, ...appOptions } = options;
  const on = await bench(audit === undefined ? {} : { audit });
  const historyAsked: HistoryQuery[] = [];
  const suppressed: SuppressionChange[] = [];
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
      housekeeping: new Housekeeping({
        session: on.session,
        idleChains: async () => ({ entries: 0, chains: 0, busy: 0 }),
        retentionDays: undefined,
        onError: (error) => on.errors.push(error),
      }),
      policies: async () => CATALOGUE,
      suppressions: {
        accepted: async () => [],
        change: async (change) => {
          suppressed.push(change);
          return { seq: 1, hash: 'a'.repeat(64), chain: on.ledger.chain, anchor: 'off' };
        },
      },
      history: async (query) => {
        historyAsked.push(query);
        return { items: [], gaps: [], passed: 0, unreadable: 0, complete: true };
      },
      unassessed: new UnassessedActions({ ...on, workspaceRoots: ['/project'], find: async (id) => on.ledger.recorded(id) }),
      redact: (texts) => on.gates.redact(texts),
    },
    { tokens: TOKENS, ...appOptions },
  );
  const listening = await listenPrivately(app.server);
  t.after(() => listening.close());
  return { ...on, historyAsked, suppressed, app, socket: listening.address, call: (call) => send(listening.address, call) };
}

export const verifyBody = {
  requestId: 'request-1',
  sessionId: 'window-1',
  source: 'http',
  subject: { kind: 'command', text: 'ls -l' },
  depth: 'full',
};
