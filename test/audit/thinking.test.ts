import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { thinkingFor } from '../../verifier/audit/thinking.ts';

const cases = [
  ['gemini-3.5-flash-lite', 'off', { thinkingLevel: 'minimal' }, undefined],
  ['gemini-3.5-flash-lite', 'high', { thinkingLevel: 'high' }, undefined],
  ['gemini-3.7-flash', 'off', { thinkingLevel: 'low' }, undefined],
  ['gemini-3-pro-preview', 'low', { thinkingLevel: 'low' }, undefined],
  ['gemini-2.5-flash', 'off', { thinkingBudget: 0 }, 0],
  ['gemini-2.5-pro', 'off', { thinkingBudget: 128 }, 0],
  ['gemini-2.5-flash-lite', 'high', { thinkingBudget: 16_384 }, 0],
  ['gemini-2.0-flash', 'high', undefined, 0],
  ['gemini-flash-latest', 'low', { thinkingLevel: 'low' }, undefined],
] as const;

describe('thinking', () => {
  for (const [model, amount, thinking, temperature] of cases) {
    it(`of ${model} at ${amount}`, () => {
      const sampling = thinkingFor(model, amount);
      assert.deepEqual(sampling.thinking, thinking);
      assert.equal(sampling.temperature, temperature);
    });
  }
});
