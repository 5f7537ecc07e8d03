/**
 * Makes every fetch of this process that carries the header `name` stop at a redirect and give it
 * back as the response (status 3xx). Fetch would send headers of a service's own, and with 307 and
 * 308 the content, on to an address that nobody agreed to, and the Gemini library takes neither a
 * fetch of ours nor its options. Requests without the header are as before. To be called once.
 */
export function stopAtRedirects(name: string): void {
  const follow = globalThis.fetch;
  globalThis.fetch = (input, init) => follow(input, new Headers(init?.headers).has(name) ? { ...init, redirect: 'manual' } : init);
}
