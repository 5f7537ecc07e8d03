import { lastPart } from '../../policy/codeClauses.ts';
import type { Clean } from './clean.ts';
import { answersOnly, checkOf, cleanerOf, handsOn, ownCheckOf } from './cleaning.ts';
import { type CodeLanguage, countsUnknown, isTyped } from './language.ts';
import { sourceOfName } from './sources.ts';
import { cleaned, concatenated, HARMLESS, known, mixed, tainted, unknown, type Value } from './value.ts';

/** Methods of texts and lists whose result is the text or a part of it. */
const OF_TEXT: ReadonlySet<string> = new Set(
  (
    'trim trimStart trimEnd toLowerCase toUpperCase slice substring substr split concat padStart padEnd replace replaceAll normalize at charAt repeat pop shift join flat reverse values ' +
    'strip lstrip rstrip lower upper title capitalize partition rpartition splitlines encode decode format get items keys toString valueOf trimLeft trimRight read readline readlines ' +
    'getvalue pipe then catch finally filter find sort splice casefold zfill expandtabs removeprefix removesuffix with_suffix joinpath resolve getlist getAll getfirst group groups'
  ).split(' '),
);

/** More of them in PHP and Ruby. */
const OF_TEXT_THERE: ReadonlySet<string> = new Set(
  'chomp downcase upcase swapcase gsub tr squeeze delete first dig fetch values_at compact uniq flatten to_str force_encoding scan squish presence body string html_safe permit require to_h merge map each'.split(
    ' ',
  ),
);

function isOfText(last: string, language: CodeLanguage): boolean {
  return OF_TEXT.has(last) || (countsUnknown(language) && OF_TEXT_THERE.has(last));
}

/** Attributes in Ruby that nobody fills in. */
const COMPUTED =
  /table|column|quoted|sql|class|_id$|^id$|path$|root|^now$|^to_|_at$|version|prefix|adapter|connection|_key$|^to$|count|_name$|^host$|url$|_tag$/;

/** A name on which the dotted name of a result can still grow. */
const MAX_NAME = 160;

/** Replacing everything but a few harmless letters, or what climbs out of a folder. */
function replaces(values: readonly Value[]): 'all' | 'path' | 'line' | undefined {
  const first = values.find(({ constant, items }) => typeof constant === 'string' || items !== undefined);
  const pattern = String(first?.constant ?? first?.text ?? '');
  if (/^\/?\[\^[^\]]*\][+*]?\/?\w*$/.test(pattern)) return 'all';
  if (/^\[?(?:\\[rnt]|[\r\n\t| ])+\]?[+*]?$/.test(pattern.replace(/^\/|\/\w*$/g, ''))) return 'line';
  if (/\.\.|\\\.\\\.|[\\/]/.test(pattern.replace(/^\/|\/\w*$/g, ''))) return 'path';
  if (/\\r|\\n|\r|\n/.test(pattern)) return 'line';
  return undefined;
}

function isReplacement(last: string, language: CodeLanguage): boolean {
  if (/^(?:replace|replaceAll|sub|re_sub)$/.test(last)) return true;
  if (countsUnknown(language)) return /^(?:gsub|tr|str_i?replace|preg_replace)$/.test(last);
  return isTyped(language) && /^(?:Replace|ReplaceAll|ReplaceAllString|replaceFirst)$/.test(last);
}

/** The text in which something is replaced. */
function replacedIn(last: string, receiver: Value | undefined, given: readonly Value[], language: CodeLanguage): Value {
  // `re.sub(pattern, by, text)` and PHP's functions take the text last.
  if (language === 'php' || (last === 'sub' && language === 'python')) return mixed(given.slice(2));
  // `strings.ReplaceAll(text, what, by)`, `Regex.Replace(text, pattern, by)`
  if (isTyped(language) && receiver?.taints.length === 0 && /^Replace/.test(last)) return mixed(given.slice(0, 1));
  return receiver ?? mixed(given);
}

/**
 * What a call of something that this file doesn't define gives.
 * @param name dotted name of what is called
 * @param given its arguments
 * @param at offset of the call
 */
export function resultOf(name: string, receiver: Value | undefined, given: readonly Value[], at: number, language: CodeLanguage): Value {
  const last = lastPart(name);
  const hands = handsOn(name, language);
  const called = name.length < MAX_NAME ? `${name}()` : '';
  const all = receiver === undefined ? given : [receiver, ...given];
  const isForeign = receiver?.taints.some(({ source: from }) => from !== 'parameter') === true;
  const source = called === '' || isForeign ? undefined : sourceOfName(called, language);
  if (source !== undefined) {
    const first = given[0]?.constant;
    // `req.query.get("a")` is a part of the request like `req.query.a`.
    return { ...tainted(source, typeof first === 'string' ? `${name}.${first}` : called, at), name: called };
  }
  const fixed = all.find(({ constant }) => constant !== undefined)?.constant;
  if (
    fixed !== undefined &&
    /^(?:from|encode|bytes|str|String|toString|trim|unhexlify|b64decode|fromhex|getBytes|GetBytes|toCharArray|decode|FromBase64String|DecodeString)$/.test(
      last,
    ) &&
    (all.every((one) => one.constant !== undefined || one === receiver) || (receiver?.constant !== undefined && last === 'getBytes'))
  ) {
    return known(fixed);
  }
  if (last === 'promisify' || last === 'bind') return given[0] !== undefined && last === 'promisify' ? given[0] : (receiver ?? unknown());
  const own = ownCheckOf(name, language);
  if (own !== undefined) return answering(called, all, own.clean);
  if (answersOnly(last, language)) {
    const clean = checkOf(name, language);
    if (clean === undefined) return HARMLESS;
    return { ...HARMLESS, name: called, answers: all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean }))) };
  }
  const cleans = cleanerOf(name, language);
  if (cleans !== undefined) {
    const value = cleaned(mixed(all), cleans);
    return { ...value, name: called, answers: all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean: cleans }))) };
  }
  if (isReplacement(last, language)) {
    const what = replaces(given);
    const subject = replacedIn(last, receiver, given, language);
    if (what === 'all') return HARMLESS;
    if (what === 'path') return cleaned(subject, new Set(['path', 'delete-tree']));
    if (what === 'line') return cleaned(subject, new Set(['header', 'log']));
    return { ...mixed([subject, ...given.slice(1)]), name: called };
  }
  if (last === 'join' || last === 'concat' || last === 'resolve' || last === 'urljoin') {
    const parts = partsOf(receiver, given, last);
    return { ...concatenated(parts, at), name: called };
  }
  const isCheck = checkOf(name, language) !== undefined && !hands && !isOfText(last, language);
  if (isCheck) {
    const clean = checkOf(name, language);
    const answers = clean === undefined ? [] : all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean })));
    return { ...unknown(called), answers };
  }
  if (receiver !== undefined && receiver.taints.length > 0) {
    const strong = receiver.taints.some(({ source: from }) => from !== 'parameter');
    if (strong || isOfText(last, language) || hands) return keptOn(mixed([receiver, ...(hands ? given : [])], called), receiver, given[0]);
  }
  if (hands) {
    const value = mixed(given, called);
    const only = given[0];
    // The text is still the one that was built: a host in front stays in front.
    return only !== undefined ? { ...value, text: only.text, built: only.built } : { ...value, dynamic: true };
  }
  // Of languages whose unknown variables count, what a call gives counts only where it is a plain attribute.
  const attribute = language === 'ruby' && given.length === 0 && receiver !== undefined && !COMPUTED.test(last);
  return countsUnknown(language) && !attribute ? { ...HARMLESS, name: called } : unknown(called);
}

/** The answer of a check, with what it says of the values where it is yes. */
function answering(name: string, values: readonly Value[], clean: Clean | undefined): Value {
  if (clean === undefined) return HARMLESS;
  return { ...HARMLESS, name, answers: values.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean }))) };
}

/** What a construct of these parts holds. */
export function createdOf(name: string, given: readonly Value[]): Value {
  const value = mixed(given, name.length < MAX_NAME ? `${name}()` : '');
  const [first] = given;
  const properties = given.find((one) => one.properties !== undefined)?.properties;
  return {
    ...value,
    dynamic: true,
    ...(first === undefined ? {} : { text: first.text, built: first.built }),
    // A key made of a constant is that constant.
    ...(first?.constant !== undefined && /Spec$|Key$/.test(name) ? { constant: first.constant } : {}),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** A part of a request that is asked for by name has a name of its own; a text that was only changed keeps its parts. */
function keptOn(value: Value, receiver: Value, key: Value | undefined): Value {
  const named = typeof key?.constant === 'string' ? key.constant : undefined;
  const taints =
    named === undefined
      ? value.taints
      : value.taints.map((taint) => (taint.key === receiver.name ? { ...taint, key: `${taint.key}.${named}` } : taint));
  return { ...value, taints, text: receiver.text, built: receiver.built };
}

/** `list.join(sign)`, `sign.join(list)`, `text.concat(more)`, `path.join(a, b)`. */
function partsOf(receiver: Value | undefined, given: readonly Value[], last: string): readonly Value[] {
  if (receiver?.items !== undefined) return receiver.items;
  if (receiver === undefined || (last === 'join' && receiver.constant !== undefined)) return given.flatMap((one) => one.items ?? [one]);
  return receiver.taints.length > 0 || receiver.constant !== undefined || receiver.built ? [receiver, ...given] : given;
}
