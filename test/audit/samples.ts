import { randomBytes } from 'node:crypto';
import type { AuditRequest, PolicyProse } from '../../verifier/audit/auditor.ts';
import type { AuditSettings } from '../../verifier/protocol/handshake.ts';

/** Made up for each run, so that a search for it can't be met by anything else. */
export const KEY = `key-${randomBytes(12).toString('hex')}`;

export const POLICIES: readonly PolicyProse[] = [
  {
    name: 'destructive',
    title: 'Destructive operations',
    trusted: true,
    prose: 'No deletion.\n\n## Details\n\nLong text.\n\n## Exemptions\n\nBuild output.',
  },
  { name: 'secrets', title: 'Secrets', trusted: true, prose: 'No credentials.\n\n## Exemptions\n\nMarked dummies.' },
];

export const TEXT = 'import os\n\ndef tidy(path):\n    os.system("rm -rf " + path)\n    return True\n';

export function request(changes: Partial<AuditRequest> = {}): AuditRequest {
  return {
    purpose: 'output',
    kind: 'file',
    text: TEXT,
    name: 'tidy.py',
    language: 'python',
    intent: 'tidy up',
    policies: POLICIES,
    ...changes,
  };
}

export function settings(baseUrl: string, changes: Partial<AuditSettings> = {}): AuditSettings {
  return {
    provider: 'gemini',
    model: 'gemini-3.5-flash-lite',
    baseUrl,
    apiKey: KEY,
    deadlineMs: 20_000,
    thinking: 'off',
    dailyRequestCap: 1_000,
    consentedTo: baseUrl,
    ...changes,
  };
}

/** A finding as a model would give it. */
export function claim(changes: Record<string, unknown> = {}) {
  return {
    policy: 'destructive',
    severity: 'high',
    verdict: 'block',
    confidence: 0.9,
    message: 'Deletes whatever path it is given.',
    remediation: 'Check the path first.',
    quote: 'os.system("rm -rf " + path)',
    startLine: 4,
    ...changes,
  };
}

export const NEVER = new AbortController().signal;
export const unchanged = (text: string) => text;
