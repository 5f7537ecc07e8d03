import type { AuditSettings } from '../protocol/handshake.ts';

/**
 * Why nothing may be sent with these settings, in words for a person; undefined when it may. Content
 * goes to the endpoint that the user agreed to and to no other, and the key never in the clear.
 */
export function reasonNotToSend(settings: AuditSettings): string | undefined {
  const base = parse(settings.baseUrl);
  if (base === undefined || base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') {
    return 'The base URL of the audit must be an address without user name, query or fragment. Correct the setting.';
  }
  const loopback = base.hostname === 'localhost' || base.hostname === '[::1]' || base.hostname.startsWith('127.');
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && loopback)) {
    return 'The base URL of the audit must use https (plain http is for this machine alone). Correct the setting.';
  }
  const agreed = parse(settings.consentedTo);
  if (agreed === undefined || endpoint(agreed) !== endpoint(base)) {
    return `Sending content to ${base.host} was not agreed to. Agree to it, or put the base URL back.`;
  }
  if (!/^[A-Za-z0-9][\w.\-/]*$/.test(settings.model) || settings.model.includes('..')) {
    return 'The model setting is not a model id. Correct it, for example to "gemini-3.5-flash-lite".';
  }
  return undefined;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function endpoint(url: URL): string {
  return url.origin + (url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`);
}
