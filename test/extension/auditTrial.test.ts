import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { trialRunner } from '../../extension/core/auditTrial.ts';
import type { AuditTrial } from '../../verifier/protocol/auditTrial.ts';
import { MODEL, startOpenai } from '../audit/openaiStandIn.ts';
import { NEVER } from '../audit/samples.ts';
import { ENTRY } from '../cli/sentinel.ts';

const KEY = `key-${randomBytes(12).toString('hex')}`;

function trial(baseUrl: string): AuditTrial {
  const limits = { deadlineMs: 20_000, thinking: 'off', dailyRequestCap: 1 } as const;
  return { audit: { provider: 'openai', model: MODEL, baseUrl, apiKey: KEY, consentedTo: baseUrl, ...limits } };
}

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sentinel-trial-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A program in place of `sentinel`, which does what `body` says. */
async function program(name: string, body: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, body);
  return file;
}

describe('trying an auditor out from the editor', () => {
  it('runs the program with the key on its standard input, and understands its reports', async () => {
    const standIn = await startOpenai({ apiKey: KEY });
    try {
      const trials = trialRunner(ENTRY);
      assert.deepEqual(await trials.models(trial(standIn.url), NEVER), { models: [MODEL] });
      assert.equal((await trials.test(trial(standIn.url), NEVER)).state, 'ran');
      assert.match((await trials.preview(trial(standIn.url), NEVER)).user, /boundary/);
      const wrong = { audit: { ...trial(standIn.url).audit, apiKey: 'other' } };
      assert.equal((await trials.test(wrong, NEVER)).state, 'unavailable', 'a failed test is a report as well');
    } finally {
      await standIn.stop();
    }
  });

  it('never puts the key where other programs can see it', async () => {
    const cli = await program(
      'tells',
      'console.log(JSON.stringify({ state: "ran", ms: 1, model: "m", message: JSON.stringify([process.argv, process.env]) }));',
    );
    const { message } = await trialRunner(cli).test(trial('https://example.org'), NEVER);
    assert.ok(message?.includes('audit') && !message.includes(KEY));
  });

  for (const [what, body] of [
    ['says nothing', ''],
    ['says something else', 'console.log("{}")'],
    ['fails', 'console.error("it broke"); process.exit(70)'],
    ['ends before it was told anything', 'process.stdin.destroy(); process.exit(1)'],
  ] as const) {
    it(`is an error that can be shown where the program ${what}`, async () => {
      const cli = await program(what.replaceAll(' ', '-'), body);
      await assert.rejects(trialRunner(cli).test(trial('https://example.org'), NEVER), what === 'fails' ? /it broke/ : /gave no report/);
    });
  }

  it('ends with the person who cancels it', async () => {
    const cli = await program('hangs', 'setInterval(() => {}, 1000)');
    const stop = new AbortController();
    const running = trialRunner(cli).test(trial('https://example.org'), stop.signal);
    stop.abort();
    await assert.rejects(running);
  });
});
