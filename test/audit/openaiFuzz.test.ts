import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { serviceError, serviceFailure } from '../../verifier/audit/openaiFailure.ts';
import { readCompletion } from '../../verifier/audit/openaiReply.ts';
import { settings } from './samples.ts';

const MINE = settings('https://example.org/v1', { provider: 'openai', model: 'm' });
const field = fc.constantFrom(
  'error',
  'detail',
  'message',
  'code',
  'param',
  'type',
  'choices',
  'content',
  'finish_reason',
  'usage',
  'model',
);
/** JSON that is made of the words which are looked for, in any shape. */
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 'stop', 'length', '', 404, 1e308, 'context length', 'reasoning'),
    fc.array(tie('body'), { maxLength: 3 }),
    fc.dictionary(field, tie('body'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe('whatever an OpenAI-compatible server answers', () => {
  it('is an answer only where it is a complete one, and never an error in the guard', () => {
    fc.assert(
      fc.property(body, (json) => {
        const reading = readCompletion(json, { model: 'm', asked: 'x' });
        if (reading.kind !== 'answer') return;
        const said = JSON.stringify(json);
        assert.ok(said.includes('"finish_reason":"stop"') && said.includes('"content"'), said);
      }),
      { numRuns: 300 },
    );
  });

  it('with an error status is a failure with a reason and without the service’s addresses', () => {
    fc.assert(
      fc.property(
        body,
        fc.integer({ min: 300, max: 599 }),
        fc.webUrl(),
        fc.stringMatching(/^[\w .-]{0,20}$/),
        (json, status, url, pause) => {
          const response = new Response(null, { status, headers: { 'retry-after': pause } });
          for (const each of [json, { error: `see ${url}` }]) {
            const error = serviceError(response, each);
            assert.ok(error);
            const failure = serviceFailure(error, MINE);
            assert.notEqual(failure.kind, 'answer');
            assert.ok(failure.kind !== 'answer' && failure.why !== '' && !failure.why.includes('://'));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
