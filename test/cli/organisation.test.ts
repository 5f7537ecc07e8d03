import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutOrganisation } from '../../verifier/cli/organisation.ts';
import { STRICTEST } from '../../verifier/protocol/organisation.ts';

test('doctor: an organisation file is told with what it fixes, and one that is not valid is a fault', () => {
  assert.deepEqual(aboutOrganisation({ path: '/o' }), { about: 'organisation', ok: true, says: 'no file (/o)' });
  const valid = aboutOrganisation({ path: '/o', inForce: { schema: 1, breakGlass: 'forbidden', retentionDays: 90 } });
  assert.deepEqual(valid, { about: 'organisation', ok: true, says: '/o is in force and fixes breakGlass, retentionDays' });
  const broken = aboutOrganisation({ path: '/o', inForce: STRICTEST, problem: 'The organisation file /o is not JSON.' });
  assert.deepEqual(broken, { about: 'organisation', ok: false, says: 'The organisation file /o is not JSON.' });
});
