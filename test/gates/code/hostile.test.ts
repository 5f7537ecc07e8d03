import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { codeFacts } from '../../../verifier/gates/code/code.ts';
import { CodeGrammars, MAX_CODE_TEXT } from '../../../verifier/gates/code/grammars.ts';
import { builtInGates, CONTEXT } from '../../policies/builtIn.ts';

const LANGUAGES = ['javascript', 'typescript', 'typescriptreact', 'python', 'go', 'java', 'csharp', 'php', 'ruby'] as const;
const grammars = new CodeGrammars();
await grammars.load(LANGUAGES);
const { gates } = await builtInGates();

const Pairs = z.array(z.object({ language: z.string(), flawed: z.string(), fixed: z.string() }));
const folder = new URL('fixtures/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const pairs = files.flatMap((name) => Pairs.parse(parse(readFileSync(new URL(name, folder), 'utf8'))));
const sources = pairs.flatMap(({ flawed, fixed }) => [flawed, fixed]);

const bit = fc.constantFrom(
  ...'(){}[]<>\'"`\\;:,.=+-*/%&|!?@#$\n\t\0 \ud800\udc00￼',
  '${',
  '"""',
  '=>',
  'def ',
  'lambda',
  'await ',
  'class ',
  '...',
  'f"{',
  '/*',
  '//',
  'if (',
  'for x in ',
  'func(',
  ':= ',
  'new ',
  '$"{',
  '?.',
  '&x',
  'switch (',
  '<?php ',
  '?>',
  '<?= ',
  '<<<A\n',
  '<<~A\n',
  '#{',
  'do |x| ',
  '\nend\n',
  '->',
  '::',
);
/** Cuts, doubles and strews bits into a source. */
const mutated = fc
  .tuple(fc.constantFrom(...sources), fc.array(fc.tuple(fc.nat(2_000), fc.nat(40), bit), { maxLength: 12 }))
  .map(([source, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + (cut % 13));
    }, source),
  );

test('any mutated source gives facts within its text, the same each time', () => {
  fc.assert(
    fc.property(mutated, fc.constantFrom(...LANGUAGES), (text, language) => {
      const facts = codeFacts(grammars, text, language);
      assert.deepEqual(codeFacts(grammars, text, language), facts);
      for (const { start, end } of [...facts.flows, ...facts.calls]) assert.ok(start >= 0 && start <= end && end <= text.length);
    }),
    { numRuns: 400 },
  );
});

test('any text at all gives facts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...LANGUAGES), (text, language) => {
      codeFacts(grammars, text, language);
    }),
    { numRuns: 200 },
  );
});

const HOSTILE: readonly [string, string][] = [
  ['a hundred thousand open brackets', `exec(${'('.repeat(100_000)}`],
  ['a hundred thousand nested lists', `exec(${'['.repeat(100_000)}${']'.repeat(100_000)})`],
  ['a line longer than is parsed', `exec(req.query.a);${'x'.repeat(MAX_CODE_TEXT)}`],
  ['a very long sum', `exec(req.query.a${'+a'.repeat(20_000)})`],
  ['members without end', `exec(req${'.a'.repeat(20_000)})`],
  ['a hundred thousand signs', `exec(req.query.a, ${'~'.repeat(100_000)}a)`],
];

const LANGUAGE_HOSTILE: readonly [string, string, string][] = [
  ...['javascript', 'python', 'php'].map((language): [string, string, string] => [
    'calls of calls',
    `exec(req.query${'()'.repeat(20_000)})`,
    language,
  ]),
  ['calls of calls', `exec(req.query${'.()'.repeat(20_000)})`, 'ruby'],
  ['lists that call', `exec(req.query)\nx = a${'()'.repeat(20_000)}`, 'ruby'],
  ['thousands of comments in a row', `<?php exec($_GET['a'], $a${'/* */\n'.repeat(5_000)}`, 'php'],
  ['thousands of comments in a row, each on its line', `<?php exec($_GET['a'], $a\n${'// a\n'.repeat(5_000)}`, 'php'],
];

for (const [what, text, only] of [
  ...HOSTILE.map(([name, code]): [string, string, undefined] => [name, code, undefined]),
  ...LANGUAGE_HOSTILE,
]) {
  for (const language of only === undefined ? ['javascript', 'python', 'go', 'java', 'csharp', 'php', 'ruby'] : [only]) {
    test(`${what} in ${language}: held for review with the limit named, the same each time`, () => {
      const assess = () => gates.assess({ kind: 'file', path: `/home/dev/project/src/a.${language}`, language, text }, CONTEXT);
      const result = assess();
      assert.notEqual(result.verdict, 'pass');
      assert.ok(
        result.trace.some(({ step, note }) => step === 'limit' && note.startsWith('Code: ')),
        JSON.stringify(result.trace).slice(0, 400),
      );
      assert.deepEqual(assess(), result);
    });
  }
}

test('lone surrogates and NUL bytes hide nothing', () => {
  const text = "const { exec } = require('child_process');\nconst mark = '\ud800\0';\nfunction f(name) {\n  exec('ls ' + name);\n}\n";
  assert.ok(codeFacts(grammars, text, 'javascript').flows.some(({ sink }) => sink === 'command'));
});

test('helpers that call each other many times over are bounded, and what goes in still comes out', () => {
  const names = Array.from({ length: 60 }, (_, index) => `f${index}`);
  const bodies = names.map((name) => `function ${name}(x) { return ${names.map((other) => `${other}(x)`).join(' + ')}; }`);
  const facts = codeFacts(grammars, `${bodies.join('\n')}\nexec(f0(req.query.a));`, 'javascript');
  assert.ok(facts.flows.some(({ sink, sources: from }) => sink === 'command' && from.includes('request')) || facts.limit !== undefined);
});
