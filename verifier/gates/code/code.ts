import type { CodeFacts } from '../../policy/facts.ts';
import { MAX_FLOW_STEPS } from './evaluation.ts';
import { Flow } from './flow.ts';
import type { CodeGrammars } from './grammars.ts';
import { readJavaScript } from './javascript.ts';
import { readPython } from './python.ts';

export interface CodeReading extends CodeFacts {
  /** Work done, the same for the same text. */
  readonly steps: number;
  /** Set when a limit was met: what came after it was not examined. */
  readonly limit?: string;
}

const NOTHING: CodeReading = { flows: [], calls: [], steps: 0 };

/**
 * Says what code does. The same text always gives the same facts.
 * @param language VS Code language id, one that CodeGrammars.reads
 */
export function codeFacts(grammars: CodeGrammars, text: string, language: string): CodeReading {
  const parsed = grammars.parse(text, language);
  if ('limit' in parsed) return { ...NOTHING, limit: parsed.limit };
  const isPython = language === 'python';
  const statements = isPython ? readPython(parsed.root, text) : readJavaScript(parsed.root, text);
  const flow = new Flow(text, isPython ? 'python' : 'javascript');
  flow.run(statements);
  const { flows, calls } = flow.recorder;
  const facts = { flows, calls, steps: text.length + parsed.nodes + flow.steps };
  return flow.exhausted ? { ...facts, limit: `following its values takes more than ${MAX_FLOW_STEPS} steps` } : facts;
}
