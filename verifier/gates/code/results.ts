import { lastPart } from '../../policy/codeClauses.ts';
import { ANSWERS, checkOf, cleanerOf, HANDS_ON } from './cleaning.ts';
import { sourceOfName } from './sources.ts';
import { typedHandsOn } from './typed/cleaning.ts';
import { cleaned, concatenated, HARMLESS, known, mixed, tainted, unknown, type Value } from './value.ts';

/** Methods of texts and lists whose result is the text or a part of it. */
const OF_TEXT: ReadonlySet<string> = new Set(
  (
    'trim trimStart trimEnd toLowerCase toUpperCase slice substring substr split concat padStart padEnd replace replaceAll normalize at charAt repeat pop shift join flat reverse values ' +
    'strip lstrip rstrip lower upper title capitalize partition rpartition splitlines encode decode format get items keys toString valueOf trimLeft trimRight read readline readlines ' +
    'getvalue pipe then catch finally filter find sort splice casefold zfill expandtabs removeprefix removesuffix with_suffix joinpath resolve getlist getAll getfirst group groups'
  ).split(' '),
);

/** A name on which the dotted name of a result can still grow. */
const MAX_NAME = 160;

/** Replacing everything but a few harmless letters, or what climbs out of a folder. */
function replaces(values: readonly Value[]): 'all' | 'path' | 'line' | undefined {
  const pattern = String(values.find(({ constant }) => typeof constant === 'string')?.constant ?? '');
  if (/^\/?\[\^[^\]]*\][+*]?\/?\w*$/.test(pattern)) return 'all';
  if (/^\[?(?:\\[rnt]|[\r\n\t| ])+\]?[+*]?$/.test(pattern.replace(/^\/|\/\w*$/g, ''))) return 'line';
  if (/\.\.|\\\.\\\.|[\\/]/.test(pattern.replace(/^\/|\/\w*$/g, ''))) return 'path';
  if (/\\r|\\n|\r|\n/.test(pattern)) return 'line';
  return undefined;
}

/**
 * What a call of something that this file doesn't define gives.
 * @param name dotted name of what is called
 * @param given its arguments
 * @param at offset of the call
 */
export function resultOf(name: string, receiver: Value | undefined, given: readonly Value[], at: number): Value {
  const last = lastPart(name);
  const handsOn = HANDS_ON.has(last) || typedHandsOn(name);
  const called = name.length < MAX_NAME ? `${name}()` : '';
  const all = receiver === undefined ? given : [receiver, ...given];
  const isForeign = receiver?.taints.some(({ source: from }) => from !== 'parameter') === true;
  const source = called === '' || isForeign ? undefined : sourceOfName(called);
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
  if (ANSWERS.has(last)) {
    const clean = checkOf(name);
    if (clean === undefined) return HARMLESS;
    return { ...HARMLESS, name: called, answers: all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean }))) };
  }
  const cleans = cleanerOf(name);
  if (cleans !== undefined) {
    const value = cleaned(mixed(all), cleans);
    return { ...value, name: called, answers: all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean: cleans }))) };
  }
  if (/^(?:replace|replaceAll|sub|re_sub|Replace|ReplaceAll|ReplaceAllString|replaceFirst)$/.test(last)) {
    const what = replaces(given);
    const subject =
      last === 'sub' || (receiver?.taints.length === 0 && /^Replace/.test(last))
        ? mixed(last === 'sub' ? given.slice(2) : given.slice(0, 1))
        : (receiver ?? mixed(given));
    if (what === 'all') return HARMLESS;
    if (what === 'path') return cleaned(subject, new Set(['path', 'delete-tree']));
    if (what === 'line') return cleaned(subject, new Set(['header', 'log']));
    return { ...mixed([subject, ...given.slice(1)]), name: called };
  }
  if (last === 'join' || last === 'concat' || last === 'resolve' || last === 'urljoin') {
    const parts = partsOf(receiver, given, last);
    return { ...concatenated(parts, at), name: called };
  }
  const isCheck = checkOf(name) !== undefined && !handsOn && !OF_TEXT.has(last);
  if (isCheck) {
    const clean = checkOf(name);
    const answers = clean === undefined ? [] : all.flatMap(({ taints }) => taints.map(({ key }) => ({ key, clean })));
    return { ...unknown(called), answers };
  }
  if (receiver !== undefined && receiver.taints.length > 0) {
    const strong = receiver.taints.some(({ source: from }) => from !== 'parameter');
    if (strong || OF_TEXT.has(last) || handsOn) return keptOn(mixed([receiver, ...(handsOn ? given : [])], called), receiver, given[0]);
  }
  if (handsOn) {
    const value = mixed(given, called);
    const only = given[0];
    // The text is still the one that was built: a host in front stays in front.
    return only !== undefined ? { ...value, text: only.text, built: only.built } : { ...value, dynamic: true };
  }
  return unknown(called);
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
