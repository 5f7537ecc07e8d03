import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erasureDate } from '../../extension/core/erasureDate.ts';

const NOW = Date.UTC(2026, 2, 1, 15, 30);

describe('the day before which content is erased', () => {
  const understood = [
    { given: '2026-01-31', day: '2026-01-31' },
    { given: ' 2024-02-29 ', day: '2024-02-29' },
    { given: '1', day: '2026-02-28' },
    { given: '90', day: '2025-12-01' },
    { given: '0', day: '2026-03-01' },
  ];
  for (const { given, day } of understood) {
    it(`"${given}" is the beginning of ${day} in UTC`, () => {
      assert.equal(erasureDate(given, NOW)?.toISOString(), `${day}T00:00:00.000Z`);
    });
  }
  for (const given of ['', '2026-02-30', '2026-03-02', '31.1.2026', '-3', '2026-1-1', '1e3', 'yesterday']) {
    it(`"${given}" is refused`, () => assert.equal(erasureDate(given, NOW), undefined));
  }
});
