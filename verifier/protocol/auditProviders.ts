import { z } from 'zod';

/** Who can be asked for an audit: Google's Gemini API, or any server with OpenAI's chat completions. */
export const AuditProvider = z.enum(['gemini', 'openai']);
export type AuditProvider = z.infer<typeof AuditProvider>;

export interface ProviderDefaults {
  /** For people. */
  readonly title: string;
  readonly baseUrl: string;
  /** Empty where a model must be named. */
  readonly model: string;
  readonly needsKey: boolean;
}

/** What holds where a setting is left empty. */
export const AUDIT_PROVIDERS: Readonly<Record<AuditProvider, ProviderDefaults>> = {
  gemini: {
    title: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    model: 'gemini-3.5-flash-lite',
    needsKey: true,
  },
  // Where Ollama listens.
  openai: { title: 'OpenAI-compatible server', baseUrl: 'http://127.0.0.1:11434/v1', model: '', needsKey: false },
};

/** Whether an address is of this machine alone, so that what is sent there does not leave it. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || (hostname.startsWith('127.') && /^[\d.]+$/.test(hostname));
}

/** Why an address can't be an auditor's, in words for a person; undefined where it can. */
export function addressProblem(url: string): string | undefined {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base === undefined || base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') {
    return 'The base URL of the audit must be an address without user name, query or fragment. Correct the setting.';
  }
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && isLoopback(url))) {
    return 'The base URL of the audit must use https (plain http is for this machine alone). Correct the setting.';
  }
  return undefined;
}
