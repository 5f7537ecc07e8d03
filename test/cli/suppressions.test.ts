import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SuppressionStore } from '../../verifier/assessment/suppressionStore.ts';
import { diskFiles } from '../../verifier/ledger/filePort.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import { type SuppressionPlace, suppressionDigest, suppressionWords } from '../../verifier/protocol/suppression.ts';
import { sentinel } from './sentinel.ts';

const RULE = 'destructive-operations.delete-outside';
const REASON = 'scratch files alone';
const LINE = 'rm -rf ~/scratch';
/** Far enough for this test's run, near enough to be allowed. */
const UNTIL = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-suppress-'));
  await mkdir(join(folder, '.sentinelai'));
  await mkdir(join(folder, 'ledger'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function check(text: string, ledger: string) {
  await writeFile(join(folder, 'clean.sh'), text);
  const args = ['check', '--no-audit', '--json', '--cwd', folder, '--file', 'clean.sh', '--ledger', join(folder, ledger)];
  const { code, stdout } = await sentinel(args);
  const plain = await sentinel(args.filter((arg) => arg !== '--json'));
  return { code, result: JSON.parse(stdout), said: plain.stderr };
}

async function accept(place: SuppressionPlace): Promise<void> {
  const terms = { ruleId: RULE, until: UNTIL, reasonDigest: sha256(REASON), place };
  const store = new SuppressionStore(join(folder, 'ledger'), diskFiles, () => undefined);
  const by = { name: 'Ada', source: 'os-user' } as const;
  const acceptedAt = new Date().toISOString();
  await store.append({
    action: 'accept',
    digest: suppressionDigest(terms),
    ruleId: RULE,
    until: UNTIL,
    reason: REASON,
    place,
    by,
    acceptedAt,
  });
}

test('the command line honours what was accepted on this machine, and says how much it ignored', async () => {
  const text = `# ${suppressionWords(RULE, UNTIL, REASON)}\n${LINE}\n`;
  const alone = await check(`${LINE}\n`, 'ledger');
  assert.equal(alone.code, 1);
  const [{ match }] = alone.result.findings;

  const before = await check(text, 'ledger');
  assert.equal(before.code, 1);
  assert.match(before.said, /suppressions: 0 in force; without effect: 1 not accepted on this machine, 0 expired, 0 forbidden/);

  await accept({ kind: 'comment', path: join(folder, 'clean.sh'), match });
  const accepted = await check(text, 'ledger');
  assert.equal(accepted.code, 0);
  assert.match(accepted.said, /suppressions: 1 in force/);
  // On a machine whose person accepted nothing.
  assert.equal((await check(text, 'elsewhere')).code, 1);
  assert.equal((await check(`${LINE}\n`, 'ledger')).code, 1);
});

test('the same for the list of a workspace', async () => {
  const entry = `schema: 1\nsuppressions:\n  - { rule: ${RULE}, path: "*.sh", until: ${UNTIL}, reason: ${REASON} }\n`;
  await writeFile(join(folder, '.sentinelai', 'suppressions.yaml'), entry);
  assert.equal((await check(`${LINE}\n`, 'ledger')).code, 1);
  await accept({ kind: 'entry', root: folder, path: '*.sh' });
  assert.equal((await check(`${LINE}\n`, 'ledger')).code, 0);
  await writeFile(join(folder, '.sentinelai', 'suppressions.yaml'), 'not: this\n');
  const broken = await check(`${LINE}\n`, 'ledger');
  assert.equal(broken.code, 1);
  assert.match(broken.said, /policy problem: .*suppressions\.yaml/);
});
