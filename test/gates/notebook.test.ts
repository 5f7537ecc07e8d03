import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { segmentsOf } from '../../verifier/gates/segments.ts';
import { builtInGates, CONTEXT } from '../policies/builtIn.ts';

const notebook = (cells: readonly object[], metadata: object = { language_info: { name: 'python' } }, indent = 1): string =>
  JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, indent);
const code = (...source: string[]) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source });
const prose = (...source: string[]) => ({ cell_type: 'markdown', metadata: {}, source });

const segments = (text: string, path = 'work/study.ipynb') =>
  segmentsOf({ kind: 'file', path, text }).map(({ zone, language, text: part }) => ({ zone, language, text: part }));

describe('a notebook', () => {
  it('is read cell by cell, in the language of its kernel', () => {
    const text = notebook([prose('# Study'), code('import os\n', 'os.getcwd()')], { kernelspec: { language: 'R' } });
    assert.deepEqual(segments(text), [
      { zone: 'prose', language: 'markdown', text: '# Study' },
      { zone: 'code', language: 'r', text: 'import os\nos.getcwd()' },
    ]);
  });

  const shells: Readonly<Record<string, readonly string[]>> = {
    'a line with an exclamation mark': ['x = 1\n', '!rm -rf /\n'],
    'an indented one': ['if x:\n', '    !rm -rf /\n'],
    'a line magic': ['%sx rm -rf /'],
    'a cell magic': ['%%bash\n', 'rm -rf /'],
    'a script magic with arguments': ['%%script sh --err x\n', 'rm -rf /'],
  };
  for (const [how, source] of Object.entries(shells)) {
    it(`runs a command by ${how}`, () => {
      const found = segments(notebook([code(...source)])).filter(({ zone }) => zone === 'shell');
      assert.deepEqual(
        found.map(({ text }) => text.trim()),
        ['rm -rf /'],
      );
    });
  }

  for (const [what, text] of Object.entries({
    'no JSON': '{"cells": [',
    'no notebook': '{"cells": 3}',
    'an older format': '{"worksheets": []}',
  })) {
    it(`that is ${what} is read as the text that it is`, () => {
      assert.deepEqual(
        segments(text).map((segment) => segment.text),
        [text],
      );
    });
  }

  it('may give its cells as single strings', () => {
    const cell = { cell_type: 'code', source: '!rm -rf /' };
    assert.equal(segments(notebook([cell])).filter(({ zone }) => zone === 'shell').length, 1);
  });
});

const { gates } = await builtInGates();

describe('what is found in a notebook', () => {
  const text = notebook([prose('# Clean up'), code('x = 1\n'), code('import os\n', 'os.system("rm -rf /")\n')]);
  it('is found though it stands there as a JSON string, at its cell', () => {
    const { verdict, findings } = gates.assess({ kind: 'file', path: 'work/study.ipynb', text }, CONTEXT);
    assert.equal(verdict, 'block');
    const line = text.split('\n').findIndex((each) => each.includes('import os')) + 1;
    assert.equal(findings[0]?.location?.startLine, line);
  });

  it('is not found in what a cell only printed', () => {
    const printed = { ...code('print(advice)\n'), outputs: [{ output_type: 'stream', name: 'stdout', text: ['rm -rf /\n'] }] };
    const { verdict } = gates.assess({ kind: 'file', path: 'work/study.ipynb', text: notebook([printed]) }, CONTEXT);
    assert.equal(verdict, 'pass');
  });
});
