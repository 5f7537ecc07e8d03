import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MachineFacts, machineReport } from '../../extension/core/machineReport.ts';
import { STRICTEST } from '../../verifier/protocol/organisation.ts';

const FACTS: MachineFacts = {
  editor: 'Code 1.139.1',
  platform: 'linux x64',
  remote: undefined,
  missing: [],
  organisation: { path: '/etc/organisation.json' },
  breakGlassAllowed: true,
  spoolWaits: false,
};

describe('the report on the machine', () => {
  it('says where there is nothing to say', () => {
    assert.deepEqual(machineReport(FACTS), [
      'editor: Code 1.139.1',
      'system: linux x64',
      'organisation file: none (/etc/organisation.json)',
      'going on without the guard while it cannot be had: allowed, by a decision with a reason',
    ]);
  });

  it('names what is missing, who forbids what, and what is not on record', () => {
    const lines = machineReport({
      ...FACTS,
      remote: 'wsl',
      missing: ['guarded models (this editor has no lm)'],
      organisation: {
        path: '/o',
        inForce: { schema: 1, breakGlass: 'forbidden', suppressions: { forbid: ['secrets.*'], maxDays: 30 }, retentionDays: 90 },
      },
      spoolWaits: true,
    }).join('\n');
    for (const said of [
      'system: linux x64, in a remote window (wsl)',
      'not available in this editor: guarded models (this editor has no lm)',
      '/o is in force',
      'suppressions forbidden by the organisation: secrets.*',
      'at most 30 days',
      'erased after 90 days',
      'forbidden by the organisation',
      'not on record yet',
    ])
      assert.ok(lines.includes(said), said);
  });

  it('shows what is wrong with an organisation file, and what follows from it', () => {
    const organisation = { path: '/o', inForce: STRICTEST, problem: 'The organisation file /o is not JSON. Mend it.' };
    const lines = machineReport({ ...FACTS, organisation }).join('\n');
    assert.match(lines, /organisation file: The organisation file \/o is not JSON/);
    assert.match(lines, /forbidden by the organisation/);
  });

  it('names the setting that forbids', () => {
    assert.match(
      machineReport({ ...FACTS, breakGlassAllowed: false }).join('\n'),
      /forbidden by the setting sentinelai\.breakGlass\.allowed/,
    );
  });
});
