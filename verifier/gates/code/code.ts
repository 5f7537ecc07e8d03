import type { CodeFacts } from '../../policy/facts.ts';
import { MAX_FLOW_STEPS } from './evaluation.ts';
import { Flow } from './flow.ts';
import type { CodeGrammars } from './grammars.ts';
import { readJavaScript } from './javascript.ts';
import { isTyped } from './language.ts';
import type { Statement } from './model.ts';
import { readPython } from './python.ts';
import type { SyntaxNode } from './syntax.ts';
import { readTyped } from './typed/reader.ts';

export interface CodeReading extends CodeFacts {
  /** Work done, the same for the same text. */
  readonly steps: number;
  /** Set when a limit was met: what came after it was not examined. */
  readonly limit?: string;
}

const NOTHING: CodeReading = { flows: [], calls: [], steps: 0 };

function statementsOf(root: SyntaxNode, text: string, language: string): Statement[] {
  if (isTyped(language)) return readTyped(root, text, language);
  return language === 'python' ? readPython(root, text) : readJavaScript(root, text);
}

/**
 * Says what code does. The same text always gives the same facts.
 * @param language VS Code language id, one that CodeGrammars.reads
 */
export function codeFacts(grammars: CodeGrammars, text: string, language: string): CodeReading {
  const parsed = grammars.parse(text, language);
  if ('limit' in parsed) return { ...NOTHING, limit: parsed.limit };
  const flow = new Flow(text, isTyped(language) || language === 'python' ? language : 'javascript');
  flow.run(statementsOf(parsed.root, text, language));
  const { flows, calls } = flow.recorder;
  const facts = { flows, calls, steps: text.length + parsed.nodes + flow.steps };
  return flow.exhausted ? { ...facts, limit: `following its values takes more than ${MAX_FLOW_STEPS} steps` } : facts;
}
