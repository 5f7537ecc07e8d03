import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askForFunds } from '../../verifier/anchor/solana.ts';
import { base58 } from '../../verifier/ledger/base58.ts';
import { loadIdentity } from '../../verifier/ledger/identityFile.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { Claimed } from '../../verifier/protocol/decision.ts';
import { Health } from '../../verifier/protocol/routes.ts';
import { helloFor } from '../sidecar/sidecarProcess.ts';
import { type BenchRow, percentile } from './row.ts';
import { type Served, serve, timed } from './server.ts';

/** The bundle, as it is shipped: `npm run build` makes it. */
const SIDECAR = join(import.meta.dirname, '../../dist/sidecar.mjs');
const CLI = join(import.meta.dirname, '../../verifier/cli/main.ts');
const ROUNDS = 9;
const DECISIONS = 100;
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

interface Anchored extends Served {
  /** Decides on another command. @returns how long the answer to the decision took */
  decide(): Promise<number>;
}

async function anchored(root: string, name: string, rpcUrl: string): Promise<Anchored> {
  const identityDir = join(root, name, 'identity');
  const { identity } = await loadIdentity(identityDir);
  if (rpcUrl !== NOWHERE) await askForFunds(rpcUrl, base58(identity.publicKey), 10_000_000_000);
  const anchor = { mode: 'events', cluster: 'custom', rpcUrl, consentedTo: rpcUrl } as const;
  const hello = helloFor(join(root, name, 'ledger'), { identityDir, anchor });
  const served = await serve([SIDECAR], JSON.stringify(hello));
  const health = async () => Health.parse((await timed(served.socket, `/health?challenge=${'ab'.repeat(16)}`, {})).json);
  while ((await health()).anchor?.state === 'starting') await delay(20);
  const { person } = await health();
  const as = (token: string) => ({ authorization: `Bearer ${token}`, 'sentinel-protocol': '1' });
  let made = 0;
  return {
    ...served,
    async decide() {
      made += 1;
      const subject = { kind: 'command', text: `rm -rf /srv/data-${made}`, cwd: '/home/ada/project' };
      const asked = { requestId: `bench-${made}`, sessionId: 'bench', source: 'http', subject, depth: 'gates' };
      const { id, subjectDigest } = Assessment.parse((await timed(served.socket, '/verify', as(hello.assessToken), asked)).json);
      const claimed = await timed(served.socket, `/decisions/${id}/claim`, as(hello.decideToken), { windowId: 'bench' });
      const { nonce } = Claimed.parse(claimed.json);
      const decision = { choice: 'approve', by: person, reason: 'measured' };
      const body = { assessmentId: id, nonce, subjectDigest, decision };
      return (await timed(served.socket, '/execution-result', as(hello.decideToken), body)).ms;
    },
  };
}

async function startChain(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [CLI, 'chain', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const stop = async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  };
  return { url: String(line).split(' ')[0] ?? '', stop };
}

/** A decision is answered as fast with the chain gone as with it there. */
export async function bench(): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'sentinel-bench-anchor-'));
  const chain = await startChain();
  try {
    const alive = await anchored(root, 'alive', chain.url);
    const dead = await anchored(root, 'dead', NOWHERE);
    for (let warm = 0; warm < DECISIONS; warm += 1) {
      await alive.decide();
      await dead.decide();
    }
    const p99 = { alive: [] as number[], dead: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const ms = { alive: [] as number[], dead: [] as number[] };
      // One after the other, so that what else the machine does meets both.
      for (let each = 0; each < DECISIONS; each += 1) {
        ms.alive.push(await alive.decide());
        ms.dead.push(await dead.decide());
      }
      p99.alive.push(percentile(ms.alive, 0.99));
      p99.dead.push(percentile(ms.dead, 0.99));
    }
    await alive.end();
    await dead.end();
    const [value, baseline] = [percentile(p99.dead, 0.5), percentile(p99.alive, 0.5)];
    return [
      {
        name: '/execution-result with the chain dead against alive, p99',
        value,
        unit: 'ms',
        baseline,
        ratio: value / baseline,
        budget: 1.1,
      },
    ];
  } finally {
    await chain.stop();
    await rm(root, { recursive: true, force: true });
  }
}
