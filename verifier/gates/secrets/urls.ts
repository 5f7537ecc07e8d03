import { isDummyValue, isReference } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';

const DATABASES = new Set([
  'postgres',
  'postgresql',
  'mysql',
  'mysql2',
  'mariadb',
  'mongodb',
  'mongodb+srv',
  'redis',
  'rediss',
  'valkey',
  'amqp',
  'amqps',
  'mssql',
  'sqlserver',
  'oracle',
  'cockroachdb',
  'clickhouse',
  'cassandra',
  'couchdb',
  'neo4j',
  'bolt',
  'nats',
  'db2',
  'snowflake',
]);

/** Passwords that every container image and tutorial ships with; on a local host they open nothing. */
const SHIPPED = new Set([
  'postgres',
  'root',
  'admin',
  'mysql',
  'guest',
  'mongo',
  'redis',
  'user',
  'username',
  'pass',
  'pwd',
  'rabbitmq',
  'app',
  'dev',
  'foo',
  'bar',
  'db',
]);
const LOCAL =
  /^(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal|db|database|postgres|mysql|mariadb|mongo|redis|rabbitmq)(?=[:/?#"'\s]|$)/i;
const DOCUMENTED = /^([\w-]+\.)*(example\.(com|org|net)|example|invalid|test)(?=[:/?#"'\s]|$)|^(host|hostname|server|HOST)(?=[:/?#"'\s]|$)/;

const MAX_SCHEME = 24;
const MAX_USERINFO = 320;

const isSchemeUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 43 || unit === 45 || unit === 46;

/** Ends a URL's userinfo for certain: white space, quotes, angle brackets, backslash, control characters. */
const endsUrl = (unit: number): boolean =>
  unit <= 32 || unit === 34 || unit === 39 || unit === 60 || unit === 62 || unit === 96 || unit === 92;

/**
 * A URL with a password (RFC 3986 §3.2.1) whose `://` is at `at`. The secret spans from the scheme to
 * the `@`, so that neither user name nor password is left.
 */
export function urlCredentialAt(text: string, at: number): Secret | undefined {
  let start = at;
  while (start > 0 && at - start < MAX_SCHEME && isSchemeUnit(text.charCodeAt(start - 1))) start--;
  if (start === at) return undefined;
  const from = at + 3;
  const limit = Math.min(text.length, from + MAX_USERINFO);
  let colon = -1;
  let sign = -1;
  for (let place = from; place < limit; place++) {
    const unit = text.charCodeAt(place);
    if (endsUrl(unit)) break;
    // A slash ends the authority, but an unescaped one may be part of a password: only before the `@`.
    if ((unit === 47 || unit === 63 || unit === 35) && (colon === -1 || sign !== -1)) break;
    if (unit === 58 && colon === -1) colon = place;
    if (unit === 64 && colon !== -1) sign = place;
  }
  if (colon === -1 || sign === -1 || sign === colon + 1) return undefined;
  const value = text.slice(colon + 1, sign);
  // `https://host:8080/@scope` has a port, not a password.
  if (/^\d{1,5}\//.test(value) || isReference(value)) return undefined;
  const scheme = text.slice(start, at).toLowerCase();
  const host = text.slice(sign + 1, sign + 120);
  const user = text.slice(from, colon);
  const shipped = SHIPPED.has(value.toLowerCase()) || value === user;
  const dummy =
    isDummyValue(value) ||
    DOCUMENTED.test(host) ||
    (shipped && LOCAL.test(host)) ||
    (SHIPPED.has(value.toLowerCase()) && isDummyValue(user));
  const kind = DATABASES.has(scheme) ? 'database-url' : 'basic-auth-url';
  return { kind, format: kind, start, end: sign, value, dummy };
}
