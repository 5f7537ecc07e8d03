import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SpoolEntry } from '../../extension/core/spoolLine.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';

export function spoolEntry(changes: Partial<SpoolEntry> = {}): SpoolEntry {
  return {
    id: randomUUID(),
    action: 'prompt',
    subject: { digest: sha256('text'), bytes: 4 },
    reason: 'antivirus',
    why: 'The verifier is not running. (not_running)',
    happenedAt: '2026-01-02T03:04:05.006Z',
    ...changes,
  };
}

export async function spoolFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
