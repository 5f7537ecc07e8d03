import { createHash } from 'node:crypto';

/**
 * Values that look like credentials, made at run time so that the repository itself holds none.
 * Each is valid by structure (and checksum where its format has one), belongs to nobody, and is
 * the same on every run.
 */

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const ALNUM = DIGITS + UPPER + LOWER;
const BASE32 = `${UPPER}234567`;
const BASE64 = `${ALNUM}+/`;
const BASE64URL = `${ALNUM}-_`;
const HEX = `${DIGITS}abcdef`;

/** Longest value that `{{name:length}}` may ask for. */
const MAX_LENGTH = 4096;

/** Characters of `alphabet` drawn from a hash chain over `seed`: random-looking, yet repeatable. */
function draw(seed: string, alphabet: string, length: number): string {
  let out = '';
  for (let block = 0; out.length < length; block++) {
    for (const byte of createHash('sha256').update(`${seed}:${block}`).digest()) {
      if (out.length < length) out += alphabet.charAt(byte % alphabet.length);
    }
  }
  return out;
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** CRC-32 as in ISO 3309 and zlib, of ASCII text (Node itself has it only from 20.15 on). */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** GitHub's and npm's checksum: CRC-32 of the random part in base 62, six characters. */
export function checksum62(random: string): string {
  let rest = crc32(random);
  let out = '';
  while (rest > 0) {
    out = ALNUM.charAt(rest % 62) + out;
    rest = Math.floor(rest / 62);
  }
  return out.padStart(6, '0');
}

function checksummed(prefix: string): string {
  const random = draw(prefix, ALNUM, 30);
  return prefix + random + checksum62(random);
}

function pem(label: string, head: string, lines: number): string {
  const body = head + draw(label, BASE64, lines * 64 - head.length - 2);
  const rows = (`${body}==`.match(/.{1,64}/g) ?? []).join('\n');
  const edge = '-----';
  return `${edge}BEGIN ${label}${edge}\n${rows}\n${edge}END ${label}${edge}`;
}

function cardNumber(): string {
  const body = `4${draw('card', DIGITS, 14)}`;
  let sum = 0;
  for (let index = 0; index < body.length; index++) {
    const digit = Number(body[index]);
    sum += index % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return body + ((10 - (sum % 10)) % 10);
}

function jwt(): string {
  const header = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));
  const payload = base64url(JSON.stringify({ sub: draw('sub', DIGITS, 10), role: 'admin', iat: 1760000000 }));
  return `${header}.${payload}.${draw('jwt', BASE64URL, 43)}`;
}

/** `{{name}}`: values of a fixed form. */
const FIXED: ReadonlyMap<string, () => string> = new Map(
  Object.entries({
    'aws-access-key-id': () => `AK${'IA'}${draw('aws-id', BASE32, 16)}`,
    'aws-secret-key': () => draw('aws-secret', BASE64, 40),
    'azure-storage-key': () => `${draw('azure', BASE64, 86)}==`,
    'github-token': () => checksummed(`gh${'p_'}`),
    'github-app-token': () => checksummed(`gh${'s_'}`),
    'github-fine-grained-token': () => `github${'_pat_'}${draw('pat', ALNUM, 22)}_${draw('pat2', ALNUM, 59)}`,
    'gitlab-token': () => `gl${'pat-'}${draw('gitlab', ALNUM, 20)}`,
    'slack-token': () => `xox${'b-'}${draw('s1', DIGITS, 12)}-${draw('s2', DIGITS, 13)}-${draw('s3', ALNUM, 24)}`,
    'slack-webhook': () =>
      `https://hooks.slack${'.com/services/'}T${draw('w1', UPPER, 10)}/B${draw('w2', UPPER, 10)}/${draw('w3', ALNUM, 24)}`,
    'telegram-token': () => `${draw('t1', '123456789', 10)}:AA${draw('t2', BASE64URL, 33)}`,
    'stripe-key': () => `sk_${'live_'}${draw('stripe', ALNUM, 24)}`,
    'openai-key': () => `sk-${'proj-'}${draw('oa1', BASE64URL, 74)}T3Blbk${'FJ'}${draw('oa2', BASE64URL, 74)}`,
    'anthropic-key': () => `sk-${'ant-'}api03-${draw('ant', BASE64URL, 93)}AA`,
    'google-api-key': () => `AI${'za'}${draw('google', BASE64URL, 35)}`,
    'huggingface-token': () => `h${'f_'}${draw('hf', UPPER + LOWER, 34)}`,
    'sendgrid-key': () => `S${'G.'}${draw('sg1', BASE64URL, 22)}.${draw('sg2', BASE64URL, 43)}`,
    'npm-token': () => checksummed(`npm${'_'}`),
    'pypi-token': () => `pypi-${base64url('\x02\x01\x08pypi.org')}${draw('pypi', BASE64URL, 160)}`,
    jwt,
    'private-key-pem': () => pem(`PRIVATE${' KEY'}`, 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 26),
    'rsa-private-key': () => pem(`RSA PRIVATE${' KEY'}`, 'MIIEpAIBAAKCAQEA', 25),
    'ec-private-key': () => pem(`EC PRIVATE${' KEY'}`, 'MHcCAQEEI', 3),
    'ssh-private-key': () => pem(`OPENSSH PRIVATE${' KEY'}`, Buffer.from('openssh-key-v1\0').toString('base64'), 6),
    /** The same as one line, as it stands in JSON or a quoted string: newlines are `\n`. */
    'private-key-inline': () => pem(`PRIVATE${' KEY'}`, 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 26).replaceAll('\n', '\\n'),
    'database-url': () => `postgres${'://'}orders_app:${draw('dbpw', ALNUM, 16)}@db-1.orders.internal:5432/orders`,
    'mongodb-url': () => `mongodb+srv${'://'}svc_orders:${draw('mgpw', ALNUM, 16)}@cluster0.k3xq9.mongodb.net/orders`,
    'redis-url': () => `redis${'://'}:${draw('rdpw', ALNUM, 20)}@cache-1.orders.internal:6379/0`,
    'basic-auth-url': () => `https${'://'}deploy:${draw('bapw', ALNUM, 18)}@artifacts.orders.internal/repo.git`,
    'card-number': cardNumber,
  }),
);

/** `{{name:length}}`: values of any length; the number is the default. */
const SIZED: ReadonlyMap<string, readonly [length: number, alphabet: string]> = new Map([
  ['password', [16, `${ALNUM}!#%*-_`]],
  ['hex', [40, HEX]],
  ['base64', [40, BASE64]],
  ['base64url', [40, BASE64URL]],
  ['alnum', [32, ALNUM]],
  ['digits', [16, DIGITS]],
]);

/** Every name that an example may use. */
export const TEMPLATE_NAMES: readonly string[] = [...FIXED.keys(), ...SIZED.keys()];

/** The value of one template, or undefined where the name is unknown or takes no such length. */
export function templateValue(name: string, length?: number): string | undefined {
  const sized = SIZED.get(name);
  if (sized !== undefined) {
    const wanted = length ?? sized[0];
    return wanted >= 1 && wanted <= MAX_LENGTH ? draw(name, sized[1], wanted) : undefined;
  }
  return length === undefined ? FIXED.get(name)?.() : undefined;
}

/** A text with its templates expanded, and the ones that nobody knows (left as they were). */
export interface Expansion {
  readonly text: string;
  readonly unknown: readonly string[];
}

/**
 * Expands `{{name}}` and `{{name:length}}`. Braces with spaces (`{{ user }}`, `${{ secrets.X }}`) are
 * other people's templates and stay.
 */
export function expandTemplates(text: string): Expansion {
  const unknown: string[] = [];
  const expanded = text.replace(/\{\{([a-z][a-z0-9-]*)(?::(\d{1,5}))?\}\}/g, (whole, name: string, length?: string) => {
    const value = templateValue(name, length === undefined ? undefined : Number(length));
    if (value === undefined) unknown.push(whole);
    return value ?? whole;
  });
  return { text: expanded, unknown };
}
