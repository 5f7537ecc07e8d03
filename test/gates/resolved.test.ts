import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandTemplates } from '../../verifier/policy/templates.ts';
import { builtInGates, CONTEXT } from '../policies/builtIn.ts';

const { gates } = await builtInGates();
const KEY = 'openssl genrsa -out key.pem 1024';
const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** Commands that rules on text must see, however they are written; and texts that only mention one. */
const SEEN = [
  KEY,
  `env ${KEY}`,
  `o''penssl genrsa -out "key.pem" 1024`,
  `p=openssl; $p genrsa -out key.pem 1024`,
  `sh -c '${KEY}'`,
  `echo ${encoded(KEY)} | base64 -d | sh`,
  `openssl \\\n  genrsa -out key.pem 1024`,
  `go() { openssl genrsa -out key.pem "$1"; }; go 1024`,
];
const LEFT = [`echo '${KEY}'`, `git commit -m '${KEY}'`, `env openssl genrsa -out key.pem 4096`, `o''penssl version`];

const fired = (text: string) => gates.assess({ kind: 'command', text, cwd: '/home/dev/project' }, CONTEXT).findings;

for (const text of SEEN) {
  test(`a rule on text sees: ${text}`, () => {
    const finding = fired(text).find(({ ruleId }) => ruleId === 'cryptography.small-key');
    assert.ok(finding !== undefined);
    assert.ok(finding.evidence !== undefined && finding.evidence.excerpt !== '');
  });
}

for (const text of LEFT) {
  test(`and leaves alone: ${text}`, () => {
    assert.deepEqual(
      fired(text).map(({ ruleId }) => ruleId),
      [],
    );
  });
}

test('what is resolved is shown where it is written, redacted', () => {
  const password = expandTemplates('{{alnum:16}}').text;
  const text = `echo start\nenv curl -u deploy:${password} https://api.example/jobs`;
  const [finding] = fired(text);
  assert.equal(finding?.ruleId, 'secrets.password-on-command-line');
  assert.equal(finding?.location?.startLine, 2);
});
