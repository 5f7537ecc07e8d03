import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { builtInGates, builtInNames, CONTEXT, casesOf, subjectOf } from './builtIn.ts';

const { gates } = await builtInGates();

/** The same text with another line end. A tool's input has lines of its own. */
function ending(subject: Subject, lineEnd: string): Subject {
  return subject.kind === 'tool' ? subject : { ...subject, text: subject.text.replaceAll(/\r?\n/g, lineEnd) };
}

const rulesOf = (subject: Subject) => gates.assess(subject, CONTEXT).findings.map(({ ruleId, isNew }) => `${ruleId} ${isNew}`);

for (const policy of builtInNames()) {
  for (const item of casesOf(policy)) {
    const subject = subjectOf(item);
    if (subject.kind === 'tool' || !subject.text.includes('\n')) continue;
    const [lf, crlf] = [ending(subject, '\n'), ending(subject, '\r\n')];
    test(`${policy}: ${item.name}: says the same of Windows' line ends`, () => {
      assert.deepEqual(rulesOf(crlf), rulesOf(lf));
    });
    if (lf.kind !== 'file' || crlf.kind !== 'file') continue;
    test(`${policy}: ${item.name}: is not new because its line ends were changed`, () => {
      for (const [text, baseline] of [
        [crlf.text, lf.text],
        [lf.text, crlf.text],
      ] as const)
        assert.equal(gates.assess({ ...lf, text, baseline }, CONTEXT).verdict, 'pass');
    });
  }
}
