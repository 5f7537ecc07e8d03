import type { Call } from '../call.ts';
import type { Value } from '../value.ts';

const DESTROYS = /\/(?:_delete_by_query|doDelete|delete_all|purge|_close)\b|\/_all\b/i;
const BROAD = /\/(?:_all|\*)(?:$|[/?])|[*,]/;

/** `DELETE` on an API, or one of the well-known paths that delete by POST. */
export function noteHttpDeletion(call: Call, method: string, urls: readonly Value[]): void {
  for (const url of urls) {
    const posted = method !== 'GET' && method !== 'HEAD' && DESTROYS.test(url.text);
    if (method !== 'DELETE' && !posted) continue;
    const path = url.text.replace(/^[a-z]+:\/\/[^/]*/i, '');
    call.effect('destroy-data', { target: 'none', targetText: url.text.slice(0, 200), traits: ['remote', BROAD.test(path) && 'broad'] });
  }
}
