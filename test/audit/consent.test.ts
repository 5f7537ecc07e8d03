import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reasonNotToSend } from '../../verifier/audit/consent.ts';
import { settings } from './samples.ts';

const GOOGLE = 'https://generativelanguage.googleapis.com';

const cases: { name: string; baseUrl?: string; consentedTo?: string; provider?: 'openai'; model?: string; why?: RegExp }[] = [
  { name: 'the agreed endpoint' },
  { name: 'the agreed endpoint with a slash more', consentedTo: `${GOOGLE}/` },
  { name: 'a stand-in on this machine', baseUrl: 'http://127.0.0.1:8787', consentedTo: 'http://127.0.0.1:8787' },
  { name: 'another host', consentedTo: 'https://example.org', why: /not agreed/ },
  { name: 'another port', baseUrl: `${GOOGLE}:8443`, why: /not agreed/ },
  { name: 'another path of a shared host', baseUrl: `${GOOGLE}/them`, consentedTo: `${GOOGLE}/us`, why: /not agreed/ },
  { name: 'a host that only begins alike', baseUrl: `${GOOGLE}.example.org`, why: /not agreed/ },
  { name: 'plain http to elsewhere', baseUrl: 'http://example.org', consentedTo: 'http://example.org', why: /https/ },
  {
    name: 'a host that only looks local',
    baseUrl: 'http://localhost.example.org',
    consentedTo: 'http://localhost.example.org',
    why: /https/,
  },
  {
    name: 'a host that only begins like this machine',
    baseUrl: 'http://127.0.0.1.example.org',
    consentedTo: 'http://127.0.0.1.example.org',
    why: /https/,
  },
  { name: 'a user name in the address', baseUrl: 'https://u:p@example.org', consentedTo: 'https://u:p@example.org', why: /user name/ },
  { name: 'a query', baseUrl: `${GOOGLE}/?a=b`, consentedTo: `${GOOGLE}/?a=b`, why: /query/ },
  { name: 'no address at all', baseUrl: 'google', consentedTo: 'google', why: /address/ },
  { name: 'a model that climbs out of its path', model: '../../v1/files', why: /model id/ },
  { name: 'a model with a query', model: 'gemini?x=', why: /model id/ },
  { name: 'a model of Gemini with a tag', model: 'gemini:latest', why: /model id/ },
  { name: 'a model of another server with a tag', provider: 'openai', model: 'hf.co/Qwen/Qwen3-8B:Q4_K_M' },
  { name: 'a model of another server that is not one', provider: 'openai', model: 'a\nb', why: /model id/ },
];

describe('content goes to', () => {
  for (const { name, baseUrl = GOOGLE, consentedTo = GOOGLE, provider = 'gemini', model, why } of cases) {
    it(`${name}: ${why === undefined ? 'yes' : 'no'}`, () => {
      const reason = reasonNotToSend(settings(baseUrl, { provider, consentedTo, ...(model === undefined ? {} : { model }) }));
      if (why === undefined) assert.equal(reason, undefined);
      else assert.match(reason ?? '', why);
    });
  }
});
