import assert from 'node:assert/strict';
import { after, afterEach, it } from 'node:test';
import { createAuditor } from '../../verifier/audit/create.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { startGemini } from './geminiStandIn.ts';
import { KEY, NEVER, request, settings, unchanged } from './samples.ts';

const gemini = await startGemini({ apiKey: KEY });
afterEach(() => gemini.clear());
after(() => gemini.stop());
const auditor = (changes: Partial<AuditSettings> = {}) => createAuditor(settings(gemini.url, changes), { redact: unchanged });

it('Gemini is told how much to think in the terms of each generation', async () => {
  for (const model of ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-3.5-flash-lite', 'gemini-3.5-flash']) {
    for (const thinking of ['off', 'low', 'high'] as const) {
      assert.equal((await auditor({ model, thinking }).audit(request(), NEVER)).state, 'ran', `${model} ${thinking}`);
      const config = gemini.requests.at(-1)?.body.generationConfig;
      assert.ok(JSON.stringify(config?.['thinkingConfig']).includes(model.startsWith('gemini-3') ? 'thinkingLevel' : 'thinkingBudget'));
    }
  }
});

it('Gemini is not to filter the audit for being about danger', async () => {
  await auditor().audit(request(), NEVER);
  const unfiltered = (gemini.requests[0]?.body.safetySettings ?? []).filter((setting) => setting.threshold === 'BLOCK_NONE');
  assert.ok(unfiltered.some((setting) => setting.category === 'HARM_CATEGORY_DANGEROUS_CONTENT'));
});

it('the model that answered is named, not the one that was asked', async () => {
  const result = await auditor({ model: 'models/gemini-3.5-flash' }).audit(request(), NEVER);
  assert.equal(result.state === 'ran' && result.model, 'gemini-3.5-flash');
});

it('Gemini is asked nothing without a key', async () => {
  const { apiKey: _none, ...keyless } = settings(gemini.url);
  const result = await createAuditor(keyless, { redact: unchanged }).audit(request(), NEVER);
  assert.match(result.state === 'unavailable' ? result.why : '', /needs an API key/);
});
