import { z } from 'zod';
import { bundleAll } from '../../build/bundle.ts';
import { GuardedWindow } from '../host/guardedWindow.ts';
import { ensureDrivenEditor } from '../host/installCodeServer.ts';
import { type BenchRow, percentile } from './row.ts';

const ROUNDS = 7;
/** At once, as no service answers: what is left is the guard's own time. At a usual pace, as a person meets it. */
const PACES = [
  { name: 'a model that answers at once', prompt: 'a safe answer', budget: { first: 5, total: 5 } },
  { name: 'a model at a usual pace', prompt: 'an answer at the usual pace', budget: { first: 1.5, total: 1.3 } },
] as const;

const Times = z.object({ first: z.number(), total: z.number() });
type Times = z.infer<typeof Times>;

/** What a guarded model costs beside the model behind it, in a real VS Code: until the first text, and in all. */
export async function bench(): Promise<BenchRow[]> {
  await ensureDrivenEditor(() => undefined);
  await bundleAll();
  await using window = await GuardedWindow.open();
  const rows: BenchRow[] = [];
  for (const { name, prompt, budget } of PACES) {
    const plain: Times[] = [];
    const guarded: Times[] = [];
    // Turn by turn, so that what else the machine does burdens both alike; the first round warms them up.
    for (let round = 0; round <= ROUNDS; round++) {
      const without = await answerTimes(window, 'sentinel-sample', `${prompt}, number ${round}`);
      const withGuard = await answerTimes(window, 'sentinelai', `${prompt}, number ${round}`);
      if (round === 0) continue;
      plain.push(without);
      guarded.push(withGuard);
    }
    for (const part of ['first', 'total'] as const) {
      const value = median(guarded.map((times) => times[part]));
      const baseline = median(plain.map((times) => times[part]));
      const what = part === 'first' ? 'first text' : 'whole answer';
      rows.push({ name: `guarded model, ${what}: ${name}`, value, unit: 'ms', baseline, ratio: value / baseline, budget: budget[part] });
    }
  }
  return rows;
}

function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Milliseconds until the first text and until the end. Each prompt is new, so that no cache can answer. */
function answerTimes({ server }: GuardedWindow, vendor: string, prompt: string): Promise<Times> {
  return server.bridge(
    `const [model] = await vscode.lm.selectChatModels({ vendor: ${JSON.stringify(vendor)} });
     const began = performance.now();
     const answer = await model.sendRequest([vscode.LanguageModelChatMessage.User(${JSON.stringify(prompt)})]);
     let first;
     for await (const text of answer.text) if (text !== '') first ??= performance.now() - began;
     return { first, total: performance.now() - began };`,
    Times,
  );
}
