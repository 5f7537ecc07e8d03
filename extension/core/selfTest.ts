import { randomUUID } from 'node:crypto';
import type { Verdict } from '../../verifier/protocol/vocabulary.ts';
import type { Verifier } from './client.ts';
import type { Desk } from './decide.ts';
import type { LedgerReport } from './ledgerCheck.ts';
import type { SaveHook } from './settings.ts';
import { asVerifierError } from './verifierError.ts';

export interface SelfTestLine {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const COMMANDS: readonly { command: string; expected: Verdict }[] = [
  { command: 'git status --short', expected: 'pass' },
  { command: 'rm -rf --no-preserve-root /', expected: 'block' },
];

/** Sends a known good and a known bad command through the running guard and checks its record. */
export async function selfTest(parts: {
  connect: () => Promise<Verifier>;
  desk: Desk;
  checkLedger: () => Promise<LedgerReport>;
  saveHook: SaveHook;
  sessionId: string;
}): Promise<SelfTestLine[]> {
  const lines: SelfTestLine[] = [];
  const attempt = async (name: string, run: () => Promise<{ ok: boolean; detail: string }>) => {
    try {
      lines.push({ name, ...(await run()) });
    } catch (error) {
      lines.push({ name, ok: false, detail: asVerifierError(error).message });
    }
  };
  await attempt('verifier', async () => {
    const health = await (await parts.connect()).health();
    return { ok: true, detail: `version ${health.version} answers and proved itself` };
  });
  for (const { command, expected } of COMMANDS) {
    await attempt(`gates: ${command}`, async () => {
      const verifier = await parts.connect();
      const assessment = await verifier.verify({
        requestId: randomUUID(),
        sessionId: parts.sessionId,
        source: 'http',
        agent: 'self-test',
        subject: { kind: 'command', text: command },
        depth: 'gates',
      });
      if (assessment.verdict !== 'pass') await parts.desk.dismiss({ assessment, subject: 'the self-test command', verifier }, 'self-test');
      return { ok: assessment.verdict === expected, detail: `verdict ${assessment.verdict}, expected ${expected}` };
    });
  }
  lines.push({ name: 'save guard', ok: parts.saveHook === 'always', detail: `VS Code asks it: ${parts.saveHook}` });
  await attempt('ledger', async () => {
    const { ok, text } = await parts.checkLedger();
    return { ok, detail: text.split('\n', 1)[0] ?? '' };
  });
  return lines;
}
