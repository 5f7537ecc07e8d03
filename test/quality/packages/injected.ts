import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Gates } from '../../../verifier/gates/gates.ts';
import type { Subject } from '../../../verifier/protocol/subject.ts';
import { CONTEXT } from '../../policies/builtIn.ts';
import type { Count } from '../wilson.ts';
import type { SourceFile } from './fetch.ts';

/** Names and language ids of the files that the flaws go into. */
const FILES = {
  javascript: { path: 'src/answer.js', language: 'javascript' },
  typescript: { path: 'src/answer.ts', language: 'typescript' },
  python: { path: 'src/answer.py', language: 'python' },
  go: { path: 'cmd/answer.go', language: 'go' },
  java: { path: 'src/org/sample/Answer.java', language: 'java' },
  php: { path: 'src/answer.php', language: 'php' },
  ruby: { path: 'app/controllers/answers_controller.rb', language: 'ruby' },
  csharp: { path: 'src/AnswerController.cs', language: 'csharp' },
  dockerfile: { path: 'Dockerfile', language: 'dockerfile' },
  workflow: { path: '.github/workflows/build.yml', language: 'yaml' },
  shellscript: { path: 'scripts/build.sh', language: 'shellscript' },
} as const;
const Language = z.enum([
  'javascript',
  'typescript',
  'python',
  'go',
  'java',
  'php',
  'ruby',
  'csharp',
  'dockerfile',
  'workflow',
  'shellscript',
]);
type Language = z.infer<typeof Language>;

const Flaws = z.strictObject({
  hosts: z.record(Language, z.string().includes('@FLAW@')),
  flaws: z.array(z.strictObject({ cwe: z.string().regex(/^CWE-\d+$/), language: Language, code: z.string().min(5) })).min(100),
});
export type Flaws = z.infer<typeof Flaws>;
export type Flaw = Flaws['flaws'][number];

export function readFlaws(): Flaws {
  return Flaws.parse(parse(readFileSync(new URL('flaws.yaml', import.meta.url), 'utf8')));
}

/** A flaw in a file, and the file without it. */
export interface Injected {
  readonly flaw: Flaw;
  readonly subject: Subject;
}

/** Files that each JavaScript flaw goes into, so that there are two hundred in all. */
const JAVASCRIPT_FILES = 4;

/** After the end of a block at the margin nothing is open: no string, comment or expression. */
function atMargin(text: string): number {
  const ends = [...text.matchAll(/^(?:\}|\};|\}\);|\}\)\(\);?)[ \t]*\r?\n/gm)];
  const middle = ends[ends.length >> 1];
  return middle === undefined ? text.length : middle.index + middle[0].length;
}

function intoFile({ path, text }: SourceFile, flaw: Flaw, wrapped: string): Injected {
  const at = atMargin(text);
  const whole = `${text.slice(0, at)}\n${wrapped}\n${text.slice(at)}`;
  return { flaw, subject: { kind: 'file', path, language: FILES[flaw.language].language, text: whole, baseline: text } };
}

/** Puts every flaw into files of its language: those of the packages where there are any, else the host. */
export function injectedFlaws({ hosts, flaws }: Flaws, files: readonly SourceFile[]): Injected[] {
  const own = {
    javascript: files.filter(({ path, text }) => /\.[cm]?js$/.test(path) && text.length > 500 && text.length < 200_000),
    typescript: files.filter(({ path, text }) => /\.[cm]?ts$/.test(path) && text.length > 500 && text.length < 200_000),
  };
  let next = 0;
  return flaws.flatMap((flaw): Injected[] => {
    const host = hosts[flaw.language] ?? '@FLAW@';
    const wrapped = host.replace('@FLAW@', () => flaw.code);
    const places = flaw.language === 'javascript' || flaw.language === 'typescript' ? own[flaw.language] : [];
    if (places.length > 0) {
      const many = flaw.language === 'javascript' ? JAVASCRIPT_FILES : 1;
      return Array.from({ length: many }, () => {
        // Far apart, so that all packages have their share.
        const file = places[(next++ * 37) % places.length];
        return file === undefined ? [] : [intoFile(file, flaw, wrapped)];
      }).flat();
    }
    const baseline = host.replace('@FLAW@\n', '');
    return [{ flaw, subject: { kind: 'file', ...FILES[flaw.language], text: wrapped, baseline } }];
  });
}

/** One cell of the table of CWE × language. */
export interface FlawCell {
  readonly cwe: string;
  readonly language: Language;
  readonly found: Count;
  /** The flaws that were not found. */
  readonly missed: readonly string[];
}

/** A flaw counts as found where the file is held for something that it did not hold before. */
export function findFlaws(gates: Gates, injected: readonly Injected[]): FlawCell[] {
  const cells = new Map<string, { cwe: string; language: Language; hits: number; of: number; missed: Set<string> }>();
  for (const { flaw, subject } of injected) {
    const key = `${flaw.language} ${flaw.cwe}`;
    const cell = cells.get(key) ?? { cwe: flaw.cwe, language: flaw.language, hits: 0, of: 0, missed: new Set() };
    cells.set(key, cell);
    cell.of++;
    if (gates.assess(subject, CONTEXT).verdict !== 'pass') cell.hits++;
    else cell.missed.add(flaw.code.trim());
  }
  return [...cells.values()].map(({ cwe, language, hits, of, missed }) => ({ cwe, language, found: { hits, of }, missed: [...missed] }));
}
