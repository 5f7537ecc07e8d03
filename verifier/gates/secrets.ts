import { isDummyValue } from '../policy/dummy.ts';
import type { Secret } from '../policy/facts.ts';
import { LiteralIndex } from '../policy/literals.ts';
import { AUTHORIZATION_SCHEMES, assignmentAt, authorizationAt } from './secrets/assignments.ts';
import { TOKEN_FORMATS, type TokenFormat } from './secrets/formats.ts';
import { jwtAt } from './secrets/jwt.ts';
import { TELLING_NAMES, TELLING_PARAMETERS } from './secrets/names.ts';
import { privateKeyAt } from './secrets/pem.ts';
import { isWordUnit, looksRandom } from './secrets/shape.ts';
import { urlCredentialAt } from './secrets/urls.ts';

/** Longest token that is looked at. */
const MAX_TOKEN = 4096;

type Detector = (text: string, at: number, eager: boolean) => Secret | undefined;

/** Characters of one run from which on it is encoded data, in which any four letters turn up by chance. */
const ENCODED_RUN = 80;

/** Whether a place is in the midst of a long run of base64. */
function isInBase64(text: string, at: number): boolean {
  const before = /[A-Za-z0-9+/]*$/.exec(text.slice(Math.max(0, at - ENCODED_RUN), at))?.[0].length ?? 0;
  const after = /^[A-Za-z0-9+/]*/.exec(text.slice(at, at + ENCODED_RUN))?.[0].length ?? 0;
  return before + after >= ENCODED_RUN;
}

function tokenAt(entry: TokenFormat, text: string, at: number, eager: boolean): Secret | undefined {
  const joined = at > 0 && isWordUnit(text.charCodeAt(at - 1));
  if (entry.wary && !eager && (joined || text.charAt(at - 1) === '-')) return undefined;
  if (!eager && entry.format === 'aws-access-key-id' && isInBase64(text, at)) return undefined;
  const matcher = entry.re.matcher(text.slice(at, at + MAX_TOKEN));
  if (!matcher.lookingAt()) return undefined;
  let start = at;
  const end = at + matcher.end();
  // A bot's number stands before the colon with which the rest begins; Azure's secrets have three characters more.
  if (entry.format === 'telegram-token') while (start > 0 && /\d/.test(text.charAt(start - 1))) start--;
  if (entry.format === 'telegram-token' && start > at - 6) return undefined;
  if (entry.format === 'azure-client-secret') start = Math.max(0, start - 3);
  const value = text.slice(start, end);
  if (entry.wary && !looksRandom(value.slice(entry.prefixes[0]?.length ?? 0))) return undefined;
  const dummy = isDummyValue(value) && !entry.proven(value);
  return { kind: entry.kind, format: entry.format, start, end, value, dummy };
}

const DETECTORS: readonly { readonly literal: string; readonly detect: Detector }[] = [
  ...TOKEN_FORMATS.flatMap((entry) =>
    entry.prefixes.map((literal) => ({
      literal,
      detect: (text: string, at: number, eager: boolean) => tokenAt(entry, text, at, eager),
    })),
  ),
  { literal: 'eyj', detect: jwtAt },
  { literal: 'private key', detect: privateKeyAt },
  { literal: 'private-lines:', detect: privateKeyAt },
  { literal: '://', detect: urlCredentialAt },
  ...AUTHORIZATION_SCHEMES.map((literal) => ({
    literal,
    detect: (text: string, at: number, eager: boolean) => authorizationAt(text, at, literal, eager),
  })),
  ...[...TELLING_NAMES, ...TELLING_PARAMETERS].map((literal) => ({
    literal,
    detect: (text: string, at: number, eager: boolean) => assignmentAt(text, at, literal, eager),
  })),
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
