import type { Secret } from '../policy/facts.ts';
import { gluedView } from './gluing.ts';
import { findSecrets } from './secrets.ts';

/** Credentials in a text, those included that are written in pieces to be concatenated. */
export function secretsIn(text: string): Secret[] {
  const whole = findSecrets(text);
  const view = gluedView(text, false);
  if (view === undefined) return whole;
  const pieced = findSecrets(view.text)
    .map((secret) => ({ ...secret, ...view.toOriginal(secret.start, secret.end) }))
    .filter((secret) => !whole.some((known) => known.start < secret.end && secret.start < known.end));
  return [...whole, ...pieced].sort((a, b) => a.start - b.start);
}
