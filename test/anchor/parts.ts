import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Memo } from '../../verifier/anchor/memo.ts';
import { Outbox, type OutboxOptions, type OutboxRhythm } from '../../verifier/anchor/outbox.ts';
import { OutboxFile } from '../../verifier/anchor/outboxFile.ts';
import { solanaChain } from '../../verifier/anchor/solana.ts';
import { base58 } from '../../verifier/ledger/base58.ts';
import { diskFiles } from '../../verifier/ledger/filePort.ts';
import { type Identity, newIdentity } from '../../verifier/ledger/identity.ts';
import { type LocalChain, type LocalChainOptions, startLocalChain } from '../../verifier/localChain/server.ts';

/** Fast enough for tests: nothing asks for fewer requests here. */
export const RHYTHM: OutboxRhythm = { window: 20, gapMs: 0, pollMs: 20, retryMs: [10, 100], backlog: 1_000 };

export interface Ground extends AsyncDisposable {
  readonly dir: string;
  readonly chain: string;
  readonly identity: Identity;
  readonly local: LocalChain;
}

/** A local chain whose slots are short, and a key that can pay. */
export async function ground(options: LocalChainOptions & { readonly funds?: number } = {}): Promise<Ground> {
  const dir = await mkdtemp(join(tmpdir(), 'sentinel-anchor-'));
  const local = await startLocalChain({ slotMs: 10, finalAfter: 3, ...options });
  const identity = newIdentity();
  const funds = options.funds ?? 1_000_000_000;
  if (funds > 0) local.ledger.airdrop(identity.publicKey, funds);
  return {
    dir,
    chain: randomUUID(),
    identity,
    local,
    async [Symbol.asyncDispose]() {
      await local.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** An outbox over the unmodified SDK. */
export async function openOutbox({ dir, chain, identity, local }: Ground, options: Partial<OutboxOptions> = {}): Promise<Outbox> {
  const outbox = new Outbox({
    file: await OutboxFile.open(dir, chain, diskFiles),
    connect: () => Promise.resolve(solanaChain(local.url, identity)),
    cluster: 'custom',
    wrongCluster: () => undefined,
    unfunded: 'The key can not pay.',
    rhythm: RHYTHM,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  outbox.start();
  return outbox;
}

export function sampleMemo({ chain, identity }: Pick<Ground, 'chain' | 'identity'>, seq: number): Memo {
  const digest = (n: number): string => n.toString(16).padStart(64, '0');
  return {
    chain,
    seq,
    hash: digest(seq + 1),
    prev: digest(seq),
    keyId: identity.keyId,
    time: new Date(Date.UTC(2026, 0, 1) + seq).toISOString(),
    event: 'decision',
    risk: 'review',
    decision: 'approve',
    request: randomUUID(),
    rules: [],
    cut: false,
  };
}

export async function until(what: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!what()) {
    if (performance.now() > end) throw new Error(`it did not come to it: ${what}`);
    await delay(10);
  }
}

/** Every memo that the key has on the chain, oldest first. */
export function onChain({ local, identity }: Pick<Ground, 'local' | 'identity'>): string[] {
  return local.ledger.of(base58(identity.publicKey)).flatMap((signature) => {
    const landed = local.ledger.find(signature);
    return landed === undefined || landed.error !== undefined
      ? []
      : landed.wire.instructions.map(({ data }) => Buffer.from(data).toString('utf8')).filter((text) => text.startsWith('SAI'));
  });
}
