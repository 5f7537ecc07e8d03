import type { Check } from './answerGate.ts';
import { readerView } from './readerView.ts';

/** An answer's text is assessed as it is and, where that differs, as its reader sees it. */
export function asRead(ask: Check): Check {
  return async (text, depth) => {
    const assessment = await ask(text, depth);
    const seen = readerView(text);
    if (assessment.verdict !== 'pass' || seen === text) return assessment;
    const asSeen = await ask(seen, 'gates');
    return asSeen.verdict === 'pass' ? assessment : asSeen;
  };
}
