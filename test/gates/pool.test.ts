import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createInProcessGates, type GatePool } from '../../verifier/gates/inProcess.ts';
import { createGatePool } from '../../verifier/gates/pool.ts';
import { templateValue } from '../../verifier/policy/templates.ts';
import { SentinelError } from '../../verifier/protocol/problem.ts';
import { policyMd, rulesYaml } from '../policy/policyTexts.ts';

const UNRULY = new URL('../fixtures/workers/unruly.mjs', import.meta.url);
const CONTEXT = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };
const FORBIDDEN = { kind: 'file', text: 'a forbidden b', path: 'a.py', language: 'python' } as const;

function policies(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'pool-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'words'));
  writeFileSync(join(root, 'words', 'policy.md'), policyMd('words'));
  writeFileSync(join(root, 'words', 'rules.yaml'), rulesYaml());
  return root;
}

async function pool(t: TestContext, options: Parameters<typeof createGatePool>[0]): Promise<GatePool> {
  const made = await createGatePool(options);
  t.after(() => made.close());
  return made;
}

const isNotRun = (error: unknown): boolean =>
  error instanceof SentinelError && error.code === 'internal' && error.message.includes('did not run');
const saying = (text: string) => ({ kind: 'prompt', text }) as const;

test('the worker answers as the gates in process do', async (t) => {
  const folders = { builtIn: policies(t), workspace: [] };
  const worker = await pool(t, { folders });
  const local = await createInProcessGates(folders);
  const [a, b] = [await worker.assess(FORBIDDEN, CONTEXT), await local.assess(FORBIDDEN, CONTEXT)];
  assert.equal(a.verdict, 'review');
  assert.deepEqual({ ...a, ms: 0 }, { ...b, ms: 0 });
  assert.deepEqual(await worker.policies(), await local.policies());
  assert.deepEqual(await worker.redact([templateValue('github-token') ?? '', 'plain']), ['‹redacted:github-token›', 'plain']);
});

test('an edit of a policy counts on the next question, and the last good set stays over a broken one', async (t) => {
  const builtIn = policies(t);
  const worker = await pool(t, { folders: { builtIn, workspace: [] } });
  await worker.policies();
  writeFileSync(join(builtIn, 'words', 'rules.yaml'), rulesYaml({ verdict: 'block' }));
  const edited = await worker.assess(FORBIDDEN, CONTEXT);
  assert.equal(edited.verdict, 'block');
  writeFileSync(join(builtIn, 'words', 'rules.yaml'), 'broken: [');
  const broken = await worker.assess(FORBIDDEN, CONTEXT);
  assert.equal(broken.verdict, 'block');
  assert.equal(broken.policyDigest, edited.policyDigest);
  assert.match(broken.problems.join('\n'), /rules\.yaml:1 /);
});

test('without a valid policy each question says so, until there is one', async (t) => {
  const builtIn = policies(t);
  writeFileSync(join(builtIn, 'words', 'rules.yaml'), 'broken: [');
  const worker = await pool(t, { folders: { builtIn, workspace: [] } });
  await assert.rejects(worker.assess(FORBIDDEN, CONTEXT), (error) => error instanceof SentinelError && error.code === 'policies_invalid');
  writeFileSync(join(builtIn, 'words', 'rules.yaml'), rulesYaml());
  assert.equal((await worker.assess(FORBIDDEN, CONTEXT)).verdict, 'review');
});

for (const misbehaviour of ['hang', 'crash', 'exit', 'memory']) {
  test(`a worker that does "${misbehaviour}" fails that question alone`, async (t) => {
    const folders = { builtIn: '/nowhere', workspace: [] };
    const worker = await pool(t, { folders, workerUrl: UNRULY, deadlineMs: misbehaviour === 'memory' ? 60_000 : 1500 });
    const outcomes = await Promise.allSettled([
      worker.assess(saying('before'), CONTEXT),
      worker.assess(saying(misbehaviour), CONTEXT),
      worker.assess(saying('after'), CONTEXT),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.ok(outcomes[1]?.status === 'rejected' && isNotRun(outcomes[1].reason));
  });
}

test('a worker that cannot start is reported, not waited for', async () => {
  const folders = { builtIn: '/nowhere', workspace: [] };
  await assert.rejects(createGatePool({ folders, workerUrl: new URL('../fixtures/workers/no-such.mjs', import.meta.url) }), isNotRun);
});

test('a closed pool refuses, and what was waiting is told', async () => {
  const made = await createGatePool({ folders: { builtIn: '/nowhere', workspace: [] }, workerUrl: UNRULY });
  const waiting = made.assess(saying('hang'), CONTEXT);
  const told = assert.rejects(waiting, (error) => error instanceof SentinelError && error.code === 'shutting_down');
  await made.close();
  await told;
  await assert.rejects(made.redact(['x']), (error) => error instanceof SentinelError && error.code === 'shutting_down');
});
