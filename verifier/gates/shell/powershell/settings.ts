import type { Call } from '../call.ts';
import { type Thing, textOf } from './things.ts';

/** Settings in the environment that switch a protection off, with the value that does it. */
const UNSAFE: readonly (readonly [RegExp, RegExp])[] = [
  [/^env:node_tls_reject_unauthorized$/i, /^0$/],
  [/^env:pythonhttpsverify$/i, /^0$/],
  [/^env:git_ssl_no_verify$/i, /^(?:1|true)$/i],
  [/^env:npm_config_strict_ssl$/i, /^false$/i],
  [/^env:husky$/i, /^0$/],
];

/** A variable of the environment that is set so that checks are left out. */
export function noteEnvironment(name: string, value: Thing, call: Call): void {
  const text = textOf(value);
  if (UNSAFE.some(([known, off]) => known.test(name) && off.test(text)))
    call.effect('disable-protection', { targetText: `${name}=${text}`, traits: [/husky/i.test(name) ? false : 'unverified'] });
}
