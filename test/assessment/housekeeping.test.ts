import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Housekeeping, type HousekeepingOptions } from '../../verifier/assessment/housekeeping.ts';
import { LedgerEvent } from '../../verifier/protocol/ledgerEntry.ts';
import { bench, PERSON } from './standIns.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');

async function housekeeping(more: Partial<HousekeepingOptions> = {}) {
  const { session } = await bench();
  const asked: { before: string; events: readonly LedgerEvent[] }[] = [];
  const errors: unknown[] = [];
  const keeping = new Housekeeping({
    session: {
      id: session.id,
      person: session.person,
      ledger: Object.assign(session.ledger, {
        erase: async (before: Date, announce: (entries: number) => readonly LedgerEvent[]) => {
          asked.push({ before: before.toISOString(), events: announce(2) });
          return 2;
        },
      }),
    },
    idleChains: async (before, announce) => {
      asked.push({ before: before.toISOString(), events: announce(5) });
      return { entries: 5, chains: 1, busy: 1 };
    },
    retentionDays: undefined,
    now: () => NOW,
    onError: (error) => errors.push(error),
    ...more,
  });
  return { keeping, asked, errors, session };
}

describe('erasing old content', () => {
  it('goes over the own chain and those that nobody writes, each with an entry that says so', async () => {
    const { keeping, asked, session } = await housekeeping();
    const before = '2026-02-01T00:00:00.000Z';
    assert.deepEqual(await keeping.erase({ before, by: PERSON }), { entries: 7, chains: 2, busy: 1 });
    assert.deepEqual(
      asked.map(({ events }) => events.map(({ type }) => type)),
      [['erasure'], ['session-open', 'erasure', 'session-close']],
    );
    assert.deepEqual(asked[0]?.events[0], { type: 'erasure', session: session.id, by: PERSON, before, entries: 2 });
    for (const { events } of asked) for (const event of events) LedgerEvent.parse(event);
  });

  it('is done in the name of this session alone', async () => {
    const { keeping, asked } = await housekeeping();
    const other = { name: 'somebody else', source: 'os-user' } as const;
    await assert.rejects(async () => keeping.erase({ before: '2026-02-01T00:00:00.000Z', by: other }), { code: 'person_mismatch' });
    assert.equal(asked.length, 0);
  });

  it('is refused for a time that has not come', async () => {
    const { keeping } = await housekeeping();
    await assert.rejects(async () => keeping.erase({ before: '2026-03-01T12:00:00.001Z', by: PERSON }), { code: 'bad_request' });
  });
});

describe('retention', () => {
  it('erases at the start what is older than its days', async () => {
    const { keeping, asked } = await housekeeping({ retentionDays: 30 });
    keeping.begin();
    await keeping.close();
    assert.deepEqual(
      asked.map(({ before }) => before),
      ['2026-01-30T12:00:00.000Z', '2026-01-30T12:00:00.000Z'],
    );
    const [erasure] = asked[0]?.events ?? [];
    assert.deepEqual(erasure?.type === 'erasure' && erasure.by, { name: 'retention', source: 'verifier' });
  });

  it('keeps everything where none is set', async () => {
    const { keeping, asked } = await housekeeping();
    keeping.begin();
    await keeping.close();
    assert.equal(asked.length, 0);
  });

  it('reports what it could not do', async () => {
    const { keeping, errors } = await housekeeping({ retentionDays: 1, idleChains: async () => Promise.reject(new Error('disk')) });
    keeping.begin();
    await keeping.close();
    assert.deepEqual(errors.map(String), ['Error: disk']);
  });
});
