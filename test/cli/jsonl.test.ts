import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { z } from 'zod';
import { VERDICTS } from '../../verifier/protocol/vocabulary.ts';
import { sentinel } from './sentinel.ts';

const Answer = z.union([
  z.strictObject({
    id: z.union([z.string(), z.number()]),
    verdict: z.enum(VERDICTS),
    findings: z.array(
      z.strictObject({
        ruleId: z.string(),
        severity: z.string(),
        verdict: z.enum(VERDICTS),
        message: z.string(),
        line: z.int().positive().optional(),
      }),
    ),
    ms: z.number().nonnegative(),
  }),
  z.strictObject({ id: z.union([z.string(), z.number(), z.null()]), error: z.string() }),
]);

function answersOf(stdout: string): z.infer<typeof Answer>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Answer.parse(JSON.parse(line)));
}

const short = (answer: z.infer<typeof Answer>) => ('error' in answer ? [answer.id, 'error'] : [answer.id, answer.verdict]);

test('each kind is examined as what it is, in order', async () => {
  const questions = [
    { id: 1, kind: 'command', text: 'rm -rf /', cwd: '/home/ada/project' },
    { id: 'two', kind: 'prompt', text: 'write a haiku about rain' },
    { id: 3, kind: 'response', text: 'Run:\n\n```sh\nrm -rf /\n```\n' },
    { id: 4, kind: 'code', text: 'import hashlib\nh = hashlib.md5(password.encode())\n', language: 'python', filename: 'login.py' },
    { id: 5, kind: 'command', text: 'ls' },
  ];
  const ended = await sentinel(['check', '--jsonl', '--no-audit'], questions.map((each) => JSON.stringify(each)).join('\n'));
  const answers = answersOf(ended.stdout);
  assert.deepEqual(
    answers.map((each) => each.id),
    [1, 'two', 3, 4, 5],
  );
  const verdicts = answers.map((each) => short(each)[1]);
  assert.deepEqual([verdicts[0], verdicts[1], verdicts[2], verdicts[4]], ['block', 'pass', 'block', 'pass']);
  assert.notEqual(verdicts[3], 'pass');
  assert.ok(answers[3] !== undefined && 'findings' in answers[3] && answers[3].findings[0]?.line === 2);
  assert.equal(ended.code, 2);
});

const LINES: Record<string, { input: string; answers: unknown[]; code: number }> = {
  'nothing at all': { input: '', answers: [], code: 0 },
  'empty lines': { input: '\n\n{"id":1,"kind":"command","text":"ls"}\n\n', answers: [[1, 'pass']], code: 0 },
  'Windows line ends': { input: '{"id":1,"kind":"command","text":"ls"}\r\n', answers: [[1, 'pass']], code: 0 },
  'a line that is not JSON, between two that are': {
    input: '{"id":1,"kind":"command","text":"rm -rf /"}\nhello\n{"id":3,"kind":"command","text":"ls"}\n',
    answers: [
      [1, 'block'],
      [null, 'error'],
      [3, 'pass'],
    ],
    code: 65,
  },
  'a line with an unknown kind keeps its id': { input: '{"id":7,"kind":"poem","text":"x"}', answers: [[7, 'error']], code: 65 },
  'a line with an unknown field': { input: '{"id":7,"kind":"prompt","text":"x","verdict":"pass"}', answers: [[7, 'error']], code: 65 },
  'a line without text': { input: '{"id":7,"kind":"prompt"}', answers: [[7, 'error']], code: 65 },
  'a line that is too long': {
    input: `{"id":1,"kind":"prompt","text":"${'x'.repeat(5_000_000)}"}\n{"id":2,"kind":"command","text":"ls"}\n`,
    answers: [
      [null, 'error'],
      [2, 'pass'],
    ],
    code: 65,
  },
};

for (const [name, { input, answers, code }] of Object.entries(LINES)) {
  test(`lines: ${name}`, async () => {
    const ended = await sentinel(['check', '--jsonl', '--no-audit'], input);
    assert.deepEqual(answersOf(ended.stdout).map(short), answers);
    assert.equal(ended.code, code);
  });
}

/** Peak memory of a run over `count` lines, in bytes, and its answers. */
async function run(count: number): Promise<{ peak: number; answers: z.infer<typeof Answer>[] }> {
  function* questions() {
    for (let index = 0; index < count; index += 1) {
      const text = index % 10 === 0 ? `rm -rf / # ${index}` : `echo ${index} ${'lorem ipsum '.repeat(20)}`;
      yield `${JSON.stringify({ id: index, kind: 'command', text })}\n`;
    }
  }
  // Run before the program: says at the end how much it held at most. What the process was given by the system says
  // little of that: allocators keep what they had.
  const report = `import { writeSync } from 'node:fs'; let peak = 0;
    setInterval(() => { gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); peak = Math.max(peak, heapUsed + arrayBuffers); }, 300).unref();
    process.on('exit', () => writeSync(2, '\\npeak ' + peak + '\\n'));`;
  const nodeArgs = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(report)}`];
  const ended = await sentinel(['check', '--jsonl', '--no-audit'], Readable.from(questions()), { nodeArgs });
  assert.equal(ended.code, 2, ended.stderr);
  return { peak: Number(/^peak (\d+)$/m.exec(ended.stderr)?.[1]), answers: answersOf(ended.stdout) };
}

test('10,000 lines keep their order and take no more memory than 1,000', async () => {
  const small = await run(1_000);
  const large = await run(10_000);
  assert.equal(large.answers.length, 10_000);
  large.answers.forEach((answer, index) => {
    assert.equal(answer.id, index);
    assert.equal(short(answer)[1], index % 10 === 0 ? 'block' : 'pass');
  });
  assert.ok(small.peak > 0);
  // Less than any part of a line, or of its answer, would take.
  const grown = (large.peak - small.peak) / 9_000;
  assert.ok(grown < 200, `${grown} bytes more for each line: ${small.peak} for 1,000, ${large.peak} for 10,000`);
});
