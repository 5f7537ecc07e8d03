import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { namesRule, organisationPlace, readOrganisation, STRICTEST } from '../../verifier/protocol/organisation.ts';

const files = { open, stat };
const ME = process.getuid?.();

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'organisation-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function written(t: TestContext, text: string): Promise<string> {
  const path = join(await folder(t), 'organisation.json');
  await writeFile(path, text, { mode: 0o644 });
  return path;
}

describe('the organisation file', () => {
  it('is in a place that only an administrator can write to', () => {
    assert.deepEqual(organisationPlace('linux'), { path: '/etc/sentinelai/organisation.json', owner: 0 });
    assert.deepEqual(organisationPlace('darwin'), { path: '/Library/Application Support/SentinelAI/organisation.json', owner: 0 });
    assert.equal(organisationPlace('win32').path, 'C:\\ProgramData\\SentinelAI\\organisation.json');
  });

  it('fixes nothing where there is none', async (t) => {
    const path = join(await folder(t), 'none', 'organisation.json');
    assert.deepEqual(await readOrganisation({ path, owner: ME }, files), { path });
  });

  it('counts as it says', async (t) => {
    const says = { schema: 1, breakGlass: 'forbidden', suppressions: { forbid: ['secrets.*'], maxDays: 30 }, retentionDays: 400 };
    const path = await written(t, JSON.stringify(says));
    assert.deepEqual(await readOrganisation({ path, owner: ME }, files), { path, inForce: says });
  });

  for (const [what, text] of Object.entries({
    'that is not JSON': '{',
    'of another schema': '{"schema":2}',
    'with an unknown field': '{"schema":1,"breakglass":"allowed"}',
    'with a word that it does not know': '{"schema":1,"breakGlass":"sometimes"}',
    'with a rule that cannot be one': '{"schema":1,"suppressions":{"forbid":["a b"]}}',
  })) {
    it(`${what} leaves nothing allowed that it governs, and is named`, async (t) => {
      const path = await written(t, text);
      const { inForce, problem } = await readOrganisation({ path, owner: ME }, files);
      assert.deepEqual(inForce, STRICTEST);
      assert.match(problem ?? '', new RegExp(`${path}.*Until that is mended`));
    });
  }

  it('that others could have written is not believed', { skip: ME === undefined && 'this system has no user ids' }, async (t) => {
    const allowing = '{"schema":1,"breakGlass":"allowed"}';
    const wide = await written(t, allowing);
    await chmod(wide, 0o666);
    const strange = await written(t, allowing);
    const inWideFolder = join(await folder(t), 'open');
    await mkdir(inWideFolder);
    await writeFile(join(inWideFolder, 'organisation.json'), allowing, { mode: 0o644 });
    await chmod(inWideFolder, 0o777);
    for (const place of [
      { path: wide, owner: ME },
      { path: strange, owner: (ME ?? 0) + 1 },
      { path: join(inWideFolder, 'organisation.json'), owner: ME },
    ]) {
      const { inForce, problem } = await readOrganisation(place, files);
      assert.deepEqual(inForce, STRICTEST, place.path);
      assert.match(problem ?? '', /must belong to user id \d+ and be writable by nobody else/);
    }
  });

  it('has nothing erased where nobody can tell who wrote it', async (t) => {
    const path = await written(t, '{"schema":1,"breakGlass":"forbidden","retentionDays":1}');
    const { inForce, problem } = await readOrganisation({ path, owner: undefined }, files);
    assert.deepEqual(inForce, { schema: 1, breakGlass: 'forbidden' });
    assert.match(problem ?? '', /retentionDays .* does not count/);
  });

  it('that is a folder, or too large, is not believed', async (t) => {
    const path = join(await folder(t), 'organisation.json');
    await mkdir(path);
    assert.deepEqual((await readOrganisation({ path, owner: ME }, files)).inForce, STRICTEST);
    const large = await written(t, `{"schema":1${' '.repeat(300_000)}}`);
    assert.deepEqual((await readOrganisation({ path: large, owner: ME }, files)).inForce, STRICTEST);
  });
});

describe('a rule pattern', () => {
  for (const [pattern, rule, named] of [
    ['secrets.private-key', 'secrets.private-key', true],
    ['secrets.private-key', 'secrets.private-keys', false],
    ['secrets.*', 'secrets.private-key', true],
    ['secrets.*', 'secret.private-key', false],
    ['*', 'injection.eval', true],
    ['*.eval', 'injection.eval', true],
    ['in*ion.e*l', 'injection.eval', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'acb', false],
    ['', 'injection.eval', false],
  ] as const) {
    it(`'${pattern}' ${named ? 'names' : 'does not name'} ${rule}`, () => assert.equal(namesRule(pattern, rule), named));
  }
});
