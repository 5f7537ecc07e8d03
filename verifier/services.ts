import { homedir } from 'node:os';
import type { FastifyBaseLogger } from 'fastify';
import { anchorChoice, anchorReport, createAnchoring } from './anchorSource.ts';
import { Assessor } from './assessment/assessor.ts';
import { VerdictCache } from './assessment/cache.ts';
import { Decisions } from './assessment/decisions.ts';
import { Housekeeping } from './assessment/housekeeping.ts';
import { PendingRegister } from './assessment/pending.ts';
import { Session } from './assessment/session.ts';
import { SessionHealth } from './assessment/sessionHealth.ts';
import { SuppressionBook, suppressionLimits } from './assessment/suppressionBook.ts';
import { SuppressionChanges } from './assessment/suppressionChanges.ts';
import { SuppressionStore } from './assessment/suppressionStore.ts';
import { UnassessedActions } from './assessment/unassessed.ts';
import { WorkspaceEntries } from './assessment/workspaceEntries.ts';
import { auditSource, loadRedact } from './auditSource.ts';
import { GatesConnection } from './gatesConnection.ts';
import type { App } from './http/app.ts';
import type { Listening } from './http/listen.ts';
import { chainFiles } from './ledger/chainParts.ts';
import { diskFiles } from './ledger/filePort.ts';
import { findUnassessed } from './ledger/findUnassessed.ts';
import { loadIdentity } from './ledger/identityFile.ts';
import type { KeptIdentity } from './ledger/keyRotation.ts';
import { keepTexts } from './ledger/policyTexts.ts';
import { SEALING_RHYTHM } from './ledger/sealing.ts';
import { closeAbandonedChains, eraseInIdleChains, openLedger } from './ledger/store.ts';
import { findPerson } from './person.ts';
import type { PolicyFolder } from './policy/folder.ts';
import { productVersion } from './product.ts';
import type { Person } from './protocol/decision.ts';
import type { Hello } from './protocol/handshake.ts';
import type { LedgerEntry } from './protocol/ledgerEntry.ts';
import { PROTOCOL_VERSION } from './protocol/vocabulary.ts';

const CACHE_BYTES = 16 * 1024 * 1024;
const LAST_REPLIES_MS = 2_000;

export interface ServiceOptions {
  readonly log: FastifyBaseLogger;
  /** Set where the service listens on TCP. */
  readonly allowedHosts?: readonly string[];
}

/** A verifier that has its ledger and can be listened to. */
export interface Service {
  readonly app: App;
  readonly person: Person;
  readonly version: string;
  onEntry(listener: (entry: LedgerEntry) => void): void;
  /** Opens the session and warms the gates up; requests that come meanwhile wait for it. */
  begin(): void;
  /** Finishes what runs, closes what is open as denied, then the ledger, the listener and the gates. */
  stop(listening: Listening | undefined): Promise<void>;
}

/**
 * Makes every part of a verifier and joins them: the only place that knows the concrete classes.
 * @throws SentinelError `ledger_failed` when the ledger can't be opened.
 */
export async function createService(hello: Omit<Hello, 'protocol'>, { log, allowedHosts }: ServiceOptions): Promise<Service> {
  const version = productVersion();
  const kept = await ownIdentity(hello.identityDir, log);
  const [ledger, person, { createApp }] = await Promise.all([
    openLedger({
      dir: hello.ledgerDir,
      product: { version, protocol: PROTOCOL_VERSION },
      kept,
      rhythm: {
        entries: hello.anchor?.checkpointEvery ?? SEALING_RHYTHM.entries,
        ms: (hello.anchor?.checkpointMinutes ?? SEALING_RHYTHM.ms / 60_000) * 60_000,
      },
      ...(hello.ledger?.rotateBytes === undefined ? {} : { rotateBytes: hello.ledger.rotateBytes }),
    }),
    findPerson(),
    // Loaded while the disk and git are waited for.
    import('./http/app.ts'),
  ]);
  // What entries name by digest alone can be read later.
  const keepPolicies = (folders: readonly PolicyFolder[], list: string) => {
    keepTexts(hello.ledgerDir, [list, ...folders.flatMap((folder) => Object.values(folder.texts))]).catch((error: unknown) =>
      log.error({ err: error }, "the policies' texts could not be kept"),
    );
  };
  const gates = new GatesConnection(async () => {
    const { createGatePool } = await import('./gates/pool.ts');
    return createGatePool({ folders: hello.policies, onInForce: keepPolicies });
  }, loadRedact);
  const chosen = anchorChoice(hello, kept?.identity);
  const anchoring = await createAnchoring(chosen, { dir: hello.ledgerDir, ledger, catalogue: () => gates.catalogue(), log });
  const offBecause = hello.auditOffBecause ?? 'No auditor is configured.';
  const register = new PendingRegister();
  const session = new Session({
    ledger,
    person,
    audit: hello.audit === undefined ? { state: 'off', why: offBecause } : { state: 'on', model: hello.audit.model },
    anchor: 'settings' in chosen ? { mode: chosen.settings.mode, cluster: chosen.settings.cluster } : undefined,
    heartbeatMs: hello.heartbeatMs,
    pending: () => register.waiting().length,
  });
  const store = new SuppressionStore(hello.ledgerDir, diskFiles, (lines) =>
    log.warn({ lines }, 'lines of the accepted suppressions are damaged'),
  );
  const book = new SuppressionBook({ store, entries: new WorkspaceEntries(), limits: suppressionLimits(hello), now: Date.now });
  const changes = new SuppressionChanges({
    book,
    store,
    session,
    gates,
    catalogue: () => gates.catalogue(),
    workspaceRoots: hello.workspaceRoots,
  });
  const assessor = new Assessor({
    suppressions: book,
    session,
    register,
    gates,
    cache: new VerdictCache(CACHE_BYTES),
    audit: auditSource(hello.audit, offBecause),
    context: { workspaceRoots: hello.workspaceRoots, home: homedir() },
    onError: (error) => log.error({ err: error }, 'a layer could not run, or not be recorded'),
  });
  const decisions = new Decisions(register, session, gates, (assessment) =>
    changes.settle(assessment).catch((error: unknown) => log.error({ err: error }, 'an approval could not be noted beside a suppression')),
  );
  const housekeeping = new Housekeeping({
    session,
    idleChains: (before, announce) => eraseInIdleChains({ dir: hello.ledgerDir, own: ledger.chain, kept }, before, announce),
    // What an organisation fixes is neither shortened nor prolonged by a setting.
    retentionDays: hello.organisation?.retentionDays ?? hello.ledger?.retentionDays,
    onError: (error) => log.error({ err: error }, 'old content could not be erased'),
  });
  const chainPaths = async () => (await chainFiles(hello.ledgerDir, ledger.chain)).map(({ path }) => path);
  const health = new SessionHealth({
    session,
    assessor,
    register,
    gates,
    version,
    ledgerDir: hello.ledgerDir,
    suppressions: book,
    anchor: () => anchorReport(chosen, anchoring),
    audit: { configured: hello.audit !== undefined, offBecause },
    onError: (error) => log.error({ err: error }, 'looking at the policies failed'),
  });
  const app = createApp(
    {
      assessor,
      decisions,
      housekeeping,
      ledger,
      health: () => health.report(),
      policies: () => gates.catalogue(),
      history: async (query) => (await import('./report/history.ts')).readHistory(await chainPaths(), query),
      unassessed: new UnassessedActions({
        session,
        gates,
        workspaceRoots: hello.workspaceRoots,
        find: (id) => findUnassessed(hello.ledgerDir, id),
      }),
      suppressions: { accepted: () => book.accepted(), change: (change) => changes.change(change) },
      redact: (texts) => gates.redact(texts),
    },
    {
      tokens: { assess: hello.assessToken, decide: hello.decideToken },
      // Fastify's own notices of listening say nothing that the ready line does not.
      log: log.child({}, { level: 'warn' }),
      ...(allowedHosts === undefined ? {} : { allowedHosts }),
    },
  );

  return {
    app,
    person,
    version,
    onEntry: (listener) => void ledger.onEntry(listener),
    begin: () => {
      session
        .open(health.look())
        .catch((error: unknown) => log.error({ err: error }, 'the session could not be opened'))
        // Only now, so that the first health answer need not wait; else the first request would load it.
        .then(loadRedact)
        .catch((error: unknown) => log.error({ err: error }, 'the redaction could not be loaded'))
        .then(() => anchoring?.begin());
      closeAbandonedChains({ dir: hello.ledgerDir, kept })
        .then(
          (chains) => {
            for (const chain of chains) log.warn({ chain }, 'another chain had been left open');
          },
          (error: unknown) => log.error({ err: error }, 'looking for chains that were left open failed'),
        )
        // Both take the locks of idle chains, so one after the other.
        .then(() => housekeeping.begin());
    },
    stop: async (listening) => {
      app.load.shuttingDown = true;
      await assessor.close();
      await housekeeping.close();
      await app.load.idle(LAST_REPLIES_MS);
      try {
        await decisions.expire(true);
      } finally {
        await session.close().finally(async () => {
          await anchoring?.close();
          await listening?.close();
          await gates.close();
        });
      }
    },
  };
}

/** The user's key, made now if there is none. Without it the guard guards all the same: entries name no key, which a checker notes. */
async function ownIdentity(dir: string | undefined, log: FastifyBaseLogger): Promise<KeptIdentity | undefined> {
  if (dir === undefined) return undefined;
  try {
    return await loadIdentity(dir);
  } catch (error) {
    log.error({ err: error }, 'the key can not be used: entries name no key and no checkpoint is sealed until that is mended');
    return undefined;
  }
}
