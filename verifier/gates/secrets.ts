import type { Secret } from '../policy/facts.ts';
import { LiteralIndex } from '../policy/literals.ts';
import { AUTHORIZATION_SCHEMES, assignmentAt, authorizationAt } from './secrets/assignments.ts';
import { BASIC_NAMES, basicCredentialAt } from './secrets/basic.ts';
import { DISCORD_STARTS, discordTokenAt } from './secrets/discord.ts';
import { TOKEN_FORMATS } from './secrets/formats.ts';
import { jwtAt } from './secrets/jwt.ts';
import { NAMED_FORMATS } from './secrets/named.ts';
import { NAMED_SERVICES } from './secrets/namedServices.ts';
import { namedAt } from './secrets/namedValues.ts';
import { TELLING_NAMES, TELLING_PARAMETERS } from './secrets/names.ts';
import { privateKeyAt } from './secrets/pem.ts';
import { tokenAt } from './secrets/tokens.ts';
import { urlCredentialAt } from './secrets/urls.ts';

type Detect = (text: string, at: number, eager: boolean) => Secret | undefined;

interface Detector {
  readonly literal: string;
  readonly detect: Detect;
}

const each = <Literal extends string>(literals: readonly Literal[], of: (literal: Literal) => Detect): Detector[] =>
  literals.map((literal) => ({ literal, detect: of(literal) }));

const DETECTORS: readonly Detector[] = [
  ...TOKEN_FORMATS.flatMap((entry) => each(entry.literals, (literal) => (text, at, eager) => tokenAt(entry, literal, text, at, eager))),
  ...[...NAMED_FORMATS, ...NAMED_SERVICES].flatMap((entry) =>
    each(entry.names, (name) => (text, at, eager) => namedAt(entry, name, text, at, eager)),
  ),
  ...each(DISCORD_STARTS, () => discordTokenAt),
  ...each(['eyj'], () => jwtAt),
  ...each(['private key', 'private-lines:'], () => privateKeyAt),
  ...each(['://'], () => urlCredentialAt),
  ...each(BASIC_NAMES, (name) => (text, at) => basicCredentialAt(text, at, name)),
  ...each(AUTHORIZATION_SCHEMES, (scheme) => (text, at, eager) => authorizationAt(text, at, scheme, eager)),
  ...each([...TELLING_NAMES, ...TELLING_PARAMETERS], (name) => (text, at, eager) => assignmentAt(text, at, name, eager)),
];

const INDEX = new LiteralIndex(DETECTORS.map((detector) => detector.literal));

/** Where secrets overlap, the one that says more: a known format before a value under a telling name. */
function outweighs(a: Secret, b: Secret): boolean {
  if ((a.kind === 'generic') !== (b.kind === 'generic')) return b.kind === 'generic';
  return a.end - a.start > b.end - b.start;
}

/**
 * Finds credentials in a text, in order of place and without overlaps.
 * @param eager for redaction, where a miss is worse than too much; otherwise only what is a
 *   credential beyond doubt
 */
export function findSecrets(text: string, eager = false): Secret[] {
  const found: Secret[] = [];
  const covered = new Uint32Array(DETECTORS.length);
  INDEX.each(text, (number, at) => {
    // A beginning within what it began before is the same credential; following each would be slow.
    if (at < (covered[number] ?? 0)) return;
    const secret = DETECTORS[number]?.detect(text, at, eager);
    if (secret === undefined) return;
    covered[number] = secret.end;
    found.push(secret);
  });
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Secret[] = [];
  for (const secret of found) {
    const last = kept.at(-1);
    if (last === undefined || secret.start >= last.end) kept.push(secret);
    else if (eager) {
      // Whatever either of them covers must go.
      if (secret.end > last.end) kept[kept.length - 1] = { ...last, end: secret.end, value: text.slice(last.start, secret.end) };
    } else if (outweighs(secret, last)) kept[kept.length - 1] = secret;
  }
  return kept;
}
