import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type GeminiStandIn, startGemini } from '../../audit/geminiStandIn.ts';
import { GuardedWindow } from '../guardedWindow.ts';
import { objectWhereDue } from './auditStep.ts';
import { STEPS } from './steps.ts';

const pictures = process.env['SENTINEL_TOUR_OUTPUT'] ?? join(import.meta.dirname, '../../../test-output/tour');

/**
 * Walks through every step in one window and stops at the first that differs: a later step stands on
 * what the earlier ones did. Exit code 0 when all held, 1 when one differed.
 */
async function tour(): Promise<number> {
  rmSync(pictures, { recursive: true, force: true });
  const gemini = await startGemini({ fallback: objectWhereDue });
  try {
    await using window = await GuardedWindow.open({ machineSettings: { 'sentinelai.audit.baseUrl': gemini.url } });
    return await walk(window, gemini);
  } finally {
    await gemini.stop();
  }
}

async function walk(window: GuardedWindow, gemini: GeminiStandIn): Promise<number> {
  for (const [index, step] of STEPS.entries()) {
    const number = String(index + 1).padStart(2, '0');
    let shots = 0;
    const shoot = () => window.workbench.screenshot(join(pictures, `${number}${'abcdef'[shots++] ?? ''}-${step.name}.png`));
    try {
      const told = await step.run({ window, gemini, shoot });
      await shoot();
      console.log(`ok ${number} ${step.title}`);
      for (const line of told) console.log(`      ${line}`);
    } catch (error) {
      await shoot().catch(() => undefined);
      console.log(`not ok ${number} ${step.title}`);
      console.error(error instanceof Error ? error.message : error);
      console.error(`The tour stopped at step ${number} (${step.name}). Pictures are in ${pictures}.`);
      return 1;
    }
  }
  console.log(`All ${STEPS.length} steps of the tour held. Pictures are in ${pictures}.`);
  return 0;
}

process.exitCode = await tour();
