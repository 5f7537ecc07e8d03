import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PROVIDERS } from './providers.ts';
import { claim, NEVER, request } from './samples.ts';

/** Lines 3, 4 and 40 of a file. */
const part = request({ text: 'import os\nos.system("rm -rf " + path)\nos.system("rm -rf " + path)', lineNumbers: [3, 4, 40] });

for (const { name, say, next, requests, auditor } of PROVIDERS) {
  it(`${name}: parts of a file are sent with the numbers of the whole, and what was left out is marked inside the frame's own boundary`, async () => {
    await auditor().audit(part, NEVER);
    const text = requests[0]?.text ?? '';
    const boundary = /boundary of this message is ([0-9a-f]{32})/.exec(text)?.[1];
    const inside = text.slice(text.indexOf('begin subject'));
    assert.ok(
      inside.includes(
        [
          `[[[ ${boundary} left out 1-2 ]]]`,
          '3| import os',
          '4| os.system("rm -rf " + path)',
          `[[[ ${boundary} left out 5-39 ]]]`,
          '40| os.system("rm -rf " + path)',
        ].join('\n'),
      ),
      inside,
    );
  });

  it(`${name}: what was taken away stands in a frame of its own, and is not quoted as if it were still there`, async () => {
    next(say.verdict({ findings: [claim({ quote: 'requireLogin()' })] }));
    const result = await auditor().audit({ ...part, removed: { text: 'requireLogin()', lineNumbers: [9] } }, NEVER);
    assert.match(requests[0]?.text ?? '', /begin removed \]\]\]\n[^\n]* left out 1-8 \]\]\]\n9\| requireLogin\(\)\n/);
    assert.equal(result.state === 'ran' && result.findings.length, 0);
    assert.match(result.state === 'ran' ? (result.dropped[0] ?? '') : '', /quotes text that is not there/);
  });

  it(`${name}: a finding in a part is placed in the whole, at the line that the auditor means`, async () => {
    for (const [startLine, expected] of [
      [4, 4],
      [40, 40],
      [7, 4],
    ] as const) {
      next(say.verdict({ findings: [claim({ startLine })] }));
      const result = await auditor().audit(part, NEVER);
      const [found] = result.state === 'ran' ? result.findings : [];
      assert.deepEqual(found?.location, { startLine: expected, endLine: expected });
    }
  });
}
