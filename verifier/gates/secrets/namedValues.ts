import { isDummyValue, isHandWritten, isReference } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';
import type { NamedFormat } from './named.ts';
import { shapeOf } from './shape.ts';
import { nameEndOf, nameStartOf, valueAfter } from './values.ts';

/** What makes the name of a provider that of a credential. */
const TELLING = /key|token|secret|passw|pwd|auth|pat\b|cred|webhook|licen[cs]e|login|apikey|signature|bearer/i;
/** Names of what is public: identifiers, addresses, places, digests, revisions. */
const PUBLIC =
  /(?:^|[_-]|(?<=[a-z]))(?:id|ids|uuid|guid|url|uri|host|hostname|endpoint|region|account|project|org|organi[sz]ation|team|user|username|email|name|version|file|path|dir|hash|sha\d*|md5|checksum|digest|commit|rev|revision|ref|sum|integrity|etag|channel|room|site|tenant|subscription|fingerprint|thumbprint|public_?key|pub_?key|key_?id)$/i;
/** `datadog api key: …`: further words of the name. */
const MORE_WORDS = /^(?:[ \t.][A-Za-z][\w-]{1,20}){1,3}(?=["'`]?\s{0,2}[:=])/;

/** Whether a name begins at `at` rather than in the middle of another word. */
function beginsWord(text: string, at: number): boolean {
  const before = text.charAt(at - 1);
  if (at === 0 || !/[A-Za-z]/.test(before)) return true;
  // `myDatadogKey`: a capital begins a word; so does one case after another.
  return /[A-Z]/.test(text.charAt(at)) && /[a-z]/.test(before);
}

/**
 * A credential of a provider whose name is at `at`, where the value assigned to that name has the
 * provider's shape. Where nothing in the name says that it is a credential, it counts as generic.
 */
export function namedAt(entry: NamedFormat, name: string, text: string, at: number, eager: boolean): Secret | undefined {
  if (!beginsWord(text, at)) return undefined;
  const nameStart = nameStartOf(text, at);
  let nameEnd = nameEndOf(text, at + name.length);
  nameEnd += MORE_WORDS.exec(text.slice(nameEnd, nameEnd + 66))?.[0].length ?? 0;
  const found = valueAfter(text, nameEnd, { nameStart, eager });
  if (found === undefined) return undefined;
  const value = text.slice(found.start, found.end);
  if (!entry.shape.test(value) || isReference(value)) return undefined;
  const { lower, upper, digits, entropy } = shapeOf(value);
  if (digits === 0 || lower + upper === 0 || entropy < 2.5) return undefined;
  const whole = text.slice(nameStart, nameEnd);
  if (!eager && PUBLIC.test(whole)) return undefined;
  const dummy = isDummyValue(value) || isHandWritten(value);
  const known = TELLING.test(whole);
  return { kind: known ? entry.kind : 'generic', format: entry.format, start: found.start, end: found.end, value, dummy };
}
