import { AUDIT_PROVIDERS, addressProblem } from '../protocol/auditProviders.ts';
import type { AuditSettings } from '../protocol/handshake.ts';

/** Gemini's model is part of the address; elsewhere ids may hold what a path may not (`qwen3:8b`). */
const MODEL_ID: Record<AuditSettings['provider'], RegExp> = {
  gemini: /^[A-Za-z0-9][\w.\-/]*$/,
  openai: /^[\w.\-/:@+ ]+$/,
};

/** Why nothing may be sent with these settings, in words for a person; undefined when it may. */
export function reasonNotToSend(settings: AuditSettings): string | undefined {
  const why = whyNotThere(settings);
  if (why !== undefined) return why;
  if (!MODEL_ID[settings.provider].test(settings.model) || settings.model.includes('..')) {
    const example = AUDIT_PROVIDERS[settings.provider].model;
    return `The model setting is not a model id. Correct it${example === '' ? '.' : `, for example to "${example}".`}`;
  }
  if (settings.apiKey === undefined && AUDIT_PROVIDERS[settings.provider].needsKey) {
    return `${AUDIT_PROVIDERS[settings.provider].title} needs an API key. Store one.`;
  }
  return undefined;
}

/**
 * Why nothing may be sent to this address: content goes to the endpoint that the user agreed to and to no
 * other, and the key never in the clear.
 */
export function whyNotThere(settings: Pick<AuditSettings, 'baseUrl' | 'consentedTo'>): string | undefined {
  const problem = addressProblem(settings.baseUrl);
  const base = parse(settings.baseUrl);
  if (problem !== undefined || base === undefined) return problem;
  const agreed = parse(settings.consentedTo);
  if (agreed === undefined || endpoint(agreed) !== endpoint(base)) {
    return `Sending content to ${base.host} was not agreed to. Agree to it, or put the base URL back.`;
  }
  return undefined;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function endpoint(url: URL): string {
  return url.origin + (url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`);
}
