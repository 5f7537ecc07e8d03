import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Features, offers } from '../../extension/core/features.ts';
import { said } from '../../extension/core/said.ts';
import { FakeLog } from './fakes.ts';

describe('a feature', () => {
  it('is there where its editor offers what it needs', () => {
    const features = new Features({ api: { chat: { create: () => {} } }, log: new FakeLog() });
    let registered = 0;
    const disposed: string[] = [];
    const feature = features.register(said('chat'), ['chat.create'], () => {
      registered += 1;
      return { dispose: () => disposed.push('chat') };
    });
    feature.dispose();
    assert.equal(registered, 1);
    assert.deepEqual(disposed, ['chat']);
    assert.deepEqual(features.missing, []);
  });

  for (const [what, api] of [
    ['the function', { chat: {} }],
    ['the whole part', {}],
  ] as const) {
    it(`is left out and named where its editor lacks ${what}`, () => {
      const log = new FakeLog();
      const features = new Features({ api, log });
      features.register(said('chat'), ['chat.create'], () => assert.fail('registered')).dispose();
      assert.deepEqual(features.missing, ['chat (this editor has no chat.create)']);
      assert.match(log.lines.join(), /warn Not available in this editor: chat/);
    });
  }

  it('that fails takes nothing else with it', () => {
    const features = new Features({ api: { chat: { create: () => {} } }, log: new FakeLog() });
    features
      .register(said('chat'), ['chat.create'], () => {
        throw new Error('proposed API');
      })
      .dispose();
    assert.deepEqual(features.missing, ['chat (this editor refused it: proposed API)']);
  });

  it('is looked for by its path', () => {
    const api = { a: Object.assign(() => {}, { b: 0 }), c: null };
    assert.deepEqual(
      ['a', 'a.b', 'a.b.c', 'c', 'c.d', 'x'].map((path) => offers(api, path)),
      [true, true, false, false, false, false],
    );
  });
});
