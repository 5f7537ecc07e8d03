import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readDiskText } from '../../extension/core/diskText.ts';
import { MAX_TEXT } from '../../verifier/protocol/subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'disk-text-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
/** Even in length, so that its bytes are whole UTF-16 units. */
const COMMAND = '\n# delete it all\nwipe the disk \n';
const CASES: [what: string, bytes: Buffer, expected: string | RegExp | { unassessable: string }][] = [
  ['plain text', Buffer.from('echo é\r\n'), 'echo é\r\n'],
  ['UTF-8 with a mark', Buffer.from('\ufeffecho'), 'echo'],
  ['UTF-16 with a mark', utf16('Remove-Item x'), 'Remove-Item x'],
  ['UTF-16, big end first', utf16('Remove-Item x').swap16(), 'Remove-Item x'],
  ['a command between the letters of UTF-16', Buffer.concat([utf16('harmless'), Buffer.from(COMMAND)]), /wipe the disk/],
  ['bytes that are no UTF-8', Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'caf\ufffd'],
  ['a zero byte in a text', Buffer.from('// \0\nrun()'), '// \0\nrun()'],
  ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0]), { unassessable: 'not text' }],
  ['nothing', Buffer.alloc(0), ''],
];

describe('what a program finds in a file', () => {
  for (const [what, bytes, expected] of CASES) {
    it(`is told of ${what}`, async () => {
      const path = join(folder, 'file');
      writeFileSync(path, bytes);
      const found = await readDiskText(path);
      if (expected instanceof RegExp) assert.match(String(found), expected);
      else assert.deepEqual(found, expected);
    });
  }

  it('is told of a file of the largest size, and not of a larger one', async () => {
    const path = join(folder, 'large');
    writeFileSync(path, 'x');
    truncateSync(path, MAX_TEXT + 1);
    assert.deepEqual(await readDiskText(path), { unassessable: 'too large' });
    truncateSync(path, MAX_TEXT);
    assert.equal(String(await readDiskText(path)).length, MAX_TEXT);
  });

  it('is nothing where there is no file', async () => {
    mkdirSync(join(folder, 'inner'));
    for (const name of ['missing', 'inner', 'file/below']) assert.equal(await readDiskText(join(folder, name)), undefined);
  });

  it('is not waited for at a pipe, nor read from a device without end', {
    skip: process.platform === 'win32' ? 'needs pipes and devices that are files' : false,
  }, async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('/dev/zero', join(folder, 'device'));
    for (const name of ['pipe', 'device']) assert.deepEqual(await readDiskText(join(folder, name)), { unassessable: 'not a regular file' });
  });
});
