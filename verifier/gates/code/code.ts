import type { CodeFacts } from '../../policy/facts.ts';
import { MAX_FLOW_STEPS } from './evaluation.ts';
import { Flow } from './flow.ts';
import type { CodeGrammars } from './grammars.ts';
import { readJavaScript } from './javascript.ts';
import { type CodeLanguage, familyOf } from './language.ts';
import type { Statement } from './model.ts';
import { readPhp } from './php.ts';
import { readPython } from './python.ts';
import { readRuby } from './ruby.ts';
import type { SyntaxNode } from './syntax.ts';
import { readTyped } from './typed/reader.ts';

export interface CodeReading extends CodeFacts {
  /** Work done, the same for the same text. */
  readonly steps: number;
  /** Set when a limit was met: what came after it was not examined. */
  readonly limit?: string;
}

const NOTHING: CodeReading = { flows: [], calls: [], steps: 0 };
const READERS: Readonly<Record<CodeLanguage, (root: SyntaxNode, text: string) => Statement[]>> = {
  javascript: readJavaScript,
  python: readPython,
  php: readPhp,
  ruby: readRuby,
  go: (root, text) => readTyped(root, text, 'go'),
  java: (root, text) => readTyped(root, text, 'java'),
  csharp: (root, text) => readTyped(root, text, 'csharp'),
};
const PHP_TAG = '<?php ';

/** A piece of PHP in an answer often stands without its tag. */
function withoutTag(text: string, language: string): boolean {
  return language === 'php' && !text.includes('<?');
}

/**
 * Says what code does. The same text always gives the same facts.
 * @param language VS Code language id, one that CodeGrammars.reads
 */
export function codeFacts(grammars: CodeGrammars, text: string, language: string): CodeReading {
  if (withoutTag(text, language)) return shifted(codeFacts(grammars, PHP_TAG + text, language), PHP_TAG.length);
  const parsed = grammars.parse(text, language);
  if ('limit' in parsed) return { ...NOTHING, limit: parsed.limit };
  const family = familyOf(language);
  const flow = new Flow(text, family);
  flow.run(READERS[family](parsed.root, text));
  const { flows, calls } = flow.recorder;
  const facts = { flows, calls, steps: text.length + parsed.nodes + flow.steps };
  return flow.exhausted ? { ...facts, limit: `following its values takes more than ${MAX_FLOW_STEPS} steps` } : facts;
}

/** Places as they are without what was put in front. */
function shifted({ flows, calls, ...rest }: CodeReading, by: number): CodeReading {
  const back = (offset: number): number => Math.max(0, offset - by);
  const placed = <T extends { start: number; end: number }>(one: T): T => ({ ...one, start: back(one.start), end: back(one.end) });
  return { ...rest, flows: flows.map((flow) => ({ ...placed(flow), trail: flow.trail.map(back) })), calls: calls.map(placed) };
}
