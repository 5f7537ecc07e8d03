import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { PROVIDERS } from './providers.ts';

for (const { name, say, next, settingsFor, url } of PROVIDERS) {
  it(`${name}: an audit leaves no timer behind: a process ends by itself after an answer and after deadlines`, async () => {
    next(say.verdict(), say.hang(), say.slowBody(60_000));
    // A leftover deadline of ten minutes would run into this limit, and the child be killed.
    const child = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'auditOnce.ts'), JSON.stringify(settingsFor(url))],
      { timeout: 60_000 },
    );
    assert.equal(child.stdout.trim(), 'ran unavailable unavailable');
    assert.equal(child.stderr, '');
  });
}
