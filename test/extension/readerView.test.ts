import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readerView } from '../../extension/core/readerView.ts';

const CASES: [source: string, seen: string][] = [
  ['Plain prose, with `code` and a glob like src/*.ts and snake_case_names.', ''],
  ['```sh\nrun --all\n```\n', ''],
  ['run &#45;rf &#x2F;', 'run -rf /'],
  ['fetch &vert; sh &VerticalLine; x &nbsp;y &unknown; &', 'fetch | sh | x  y &unknown; &'],
  ['run \\-rf \\| sh \\a', 'run -rf | sh \\a'],
  ['**run** *-rf* r*u*n ~~x~~ ***y***', 'run -rf run x y'],
  ['_run_ __-rf__', 'run -rf'],
  ['`` `run -rf` ``', '`run -rf`'],
  ['`` run -rf ``', '` run -rf `'],
  ['> > ```sh\n> > run --all\n> > ```', '```sh\nrun --all\n```'],
  ['- - ```\n    run --all\n    ```', '```\nrun --all\n```'],
  ['1. ```sh extra words\n   run --all', '```sh\nrun --all'],
  ['```\n&#45; \\- **x**\n```', ''],
  ['&#0; &#x110000; &#9999999;', '\ufffd \ufffd \ufffd'],
];

describe('an answer as its reader sees it', () => {
  for (const [source, seen] of CASES) {
    it(seen === '' ? `is ${JSON.stringify(source)} itself` : `is ${JSON.stringify(seen)} for ${JSON.stringify(source)}`, () => {
      assert.equal(readerView(source), seen === '' ? source : seen);
    });
  }

  it('has as many lines as its source, whatever that is', () => {
    const piece = fc.constantFrom('a', ' ', '\n', '`', '``', '```', '>', '- ', '*', '_', '&', '#', '45;', '\\', '~~~', '\t');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join('');
        assert.equal(readerView(source).split('\n').length, source.split('\n').length);
      }),
    );
  });

  for (const piece of ['*', '_', '* ', '_a', '`` ', '` ', '&', '&#', '\\', '~~', '**a', ' `']) {
    it(`is told in no time for a long line of ${JSON.stringify(piece)}`, () => {
      assert.equal(readerView(piece.repeat(500_000)).includes('\n'), false);
    });
  }
});
