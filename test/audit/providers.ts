import { after, afterEach } from 'node:test';
import type { Auditor } from '../../verifier/audit/auditor.ts';
import type { Clock } from '../../verifier/audit/breaker.ts';
import { createAuditor } from '../../verifier/audit/create.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { say as geminiSay } from './geminiSay.ts';
import { startGemini } from './geminiStandIn.ts';
import { say as openaiSay } from './openaiSay.ts';
import { MODEL, startOpenai } from './openaiStandIn.ts';
import { KEY, settings, unchanged } from './samples.ts';
import type { Act, Received } from './standInServer.ts';

export interface Given {
  readonly settings?: Partial<AuditSettings>;
  readonly redact?: (text: string) => string;
  readonly clock?: Clock;
}

/** What both services can say. */
type Saying = Pick<typeof geminiSay, keyof typeof geminiSay & keyof typeof openaiSay>;

/** One provider behind the auditor port, with a stand-in for its service: the contract tests run over each. */
export interface Provider {
  readonly name: AuditSettings['provider'];
  readonly url: string;
  readonly requests: readonly Received[];
  readonly say: Saying;
  /** Queues behaviours, one a question. */
  next(...acts: Act<Received>[]): void;
  auditor(given?: Given): Auditor;
  /** Settings for another address. */
  settingsFor(url: string, changes?: Partial<AuditSettings>): AuditSettings;
}

const gemini = await startGemini({ apiKey: KEY });
const openai = await startOpenai({ apiKey: KEY });
afterEach(() => {
  gemini.clear();
  openai.clear();
});
after(() => Promise.all([gemini.stop(), openai.stop()]));

function provider(
  standIn: Pick<Provider, 'url' | 'requests' | 'next'>,
  say: Saying,
  own: Pick<AuditSettings, 'provider' | 'model'>,
): Provider {
  const settingsFor: Provider['settingsFor'] = (url, changes = {}) => settings(url, { ...own, ...changes });
  return {
    name: own.provider,
    url: standIn.url,
    requests: standIn.requests,
    next: standIn.next,
    say,
    settingsFor,
    auditor: ({ settings: changes = {}, redact = unchanged, clock = Date.now } = {}) =>
      createAuditor(settingsFor(standIn.url, changes), { redact, clock }),
  };
}

export const PROVIDERS: readonly Provider[] = [
  provider(gemini, geminiSay, { provider: 'gemini', model: 'gemini-3.5-flash-lite' }),
  provider(openai, openaiSay, { provider: 'openai', model: MODEL }),
];
