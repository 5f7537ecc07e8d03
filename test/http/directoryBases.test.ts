import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryBases } from '../../verifier/http/listen.ts';

const LONG = `/${'long/'.repeat(30)}`;

test('a socket is made in the shortest private folders that the system has', () => {
  assert.deepEqual(directoryBases('linux', '/run/user/1000', '/tmp'), ['/run/user/1000', '/tmp', '/tmp']);
  assert.deepEqual(directoryBases('linux', undefined, '/var/tmp'), ['/var/tmp', '/tmp']);
  const mac = '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/';
  assert.deepEqual(directoryBases('darwin', undefined, mac), [mac, '/tmp']);
});

test('a folder whose path no socket can have is passed over', () => {
  assert.deepEqual(directoryBases('linux', LONG, LONG), ['/tmp']);
});

test('a named pipe needs no short path', () => {
  const temporary = `C:\\Users\\${'x'.repeat(120)}\\AppData\\Local\\Temp`;
  assert.deepEqual(directoryBases('win32', undefined, temporary), [temporary]);
});
