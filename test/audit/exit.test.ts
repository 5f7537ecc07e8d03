import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { say } from './geminiSay.ts';
import { startGemini } from './geminiStandIn.ts';
import { KEY } from './samples.ts';

it('an audit leaves no timer behind: a process ends by itself after an answer and after deadlines', async () => {
  const gemini = await startGemini({ apiKey: KEY });
  try {
    gemini.next(say.verdict(), say.hang(), say.slowBody(60_000));
    // A leftover deadline of ten minutes would run into this limit, and the child be killed.
    const child = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'auditOnce.ts'), gemini.url, KEY], {
      timeout: 60_000,
    });
    assert.equal(child.stdout.trim(), 'ran unavailable unavailable');
    assert.equal(child.stderr, '');
  } finally {
    await gemini.stop();
  }
});
