import { isDummyValue } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';

/** Names under which user and password stand as one value: of Docker's and npm's settings. */
export const BASIC_NAMES = ['"auth"', '_auth='] as const;

/** `user:password` in base64 (RFC 7617) under such a name, as in `~/.docker/config.json` and `.npmrc`. */
export function basicCredentialAt(text: string, at: number, name: string): Secret | undefined {
  const from = at + name.length;
  const found = /^\s{0,4}:?\s{0,4}"?([A-Za-z0-9+/]{12,2048}={0,2})(?![A-Za-z0-9+/=])/.exec(text.slice(from, from + 2070));
  const value = found?.[1];
  if (found === null || value === undefined) return undefined;
  const [user, password] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s);
  if (user === undefined || password === undefined || password.length < 4 || !/^[\x20-\x7e]+$/.test(user + password)) return undefined;
  const start = from + found[0].length - value.length;
  const dummy = isDummyValue(password) || isDummyValue(value);
  return { kind: 'package-token', format: 'basic-credential', start, end: start + value.length, value, dummy };
}
