import { CODE_SINKS } from '../../policy/facts.ts';
import { type Clean, EVERYTHING, of } from './clean.ts';
import { type CodeLanguage, isTyped } from './language.ts';
import { PHP_CHECKS, PHP_CLEANERS, PHP_HANDS_ON } from './phpTable.ts';
import { RUBY_CHECKS, RUBY_CLEANERS, RUBY_HANDS_ON, RUBY_NAMED_CLEANERS } from './rubyTable.ts';
import { asksLists, TYPED_ANSWERS, tellsNothing, typedCleanerOf, typedHandsOn } from './typed/cleaning.ts';

/** Nothing but digits and letters comes out: no quotes, slashes or signs. */
const NUMBER = EVERYTHING;

/** What functions make harmless, by the last part of their dotted names; the first that fits counts. */
const CLEANERS: readonly (readonly [RegExp, Clean])[] = [
  [
    /^(?:parseInt|parseFloat|Number|BigInt|Boolean|int|float|bool|len|hash|ord|round|abs|UUID|ObjectId|isoformat|toFixed|Date|getTime|strftime|uuid4|randomUUID|randint|hexdigest)$/,
    NUMBER,
  ],
  [/^(?:basename|secure_filename|sanitizeFilename|sanitize_filename|getFileName|safe_join|sanitize)$/, of('path', 'delete-tree')],
  [/^(?:encodeURIComponent|quote_plus|urlencode|escapeUri)$/, of('html', 'address', 'redirect', 'header', 'path', 'sql', 'delete-tree')],
  [/^encodeURI$/, of('header')],
  [/^quote$/, EVERYTHING],
  [
    /^(?:escapeHtml|escape_html|escapeHTML|htmlspecialchars|html_escape|conditional_escape|bleach|sanitizeHtml|sanitize_html|clean|purify|xss|encodeHTML|he|stripTags|striptags|strip_tags|json|jsonify|dumps|stringify)$/,
    of('html'),
  ],
  [/^escape$/, of('html', 'sql', 'pattern', 'ldap')],
  [/^(?:escapeRegExp|escapeStringRegexp|escape_regex|escape_string_regexp)$/, of('pattern')],
  [
    /^(?:escapeId|format_ident|Identifier|Literal|quote_ident|escape_string|mogrify|quote_identifier|escapeIdentifier|escapeLiteral)$/,
    of('sql'),
  ],
  [/^(?:shellEscape|shellescape|shell_quote|shellQuote|escapeShellArg)$/, of('command')],
  [/^(?:escape_filter_chars|escapeFilter|escape_dn_chars|ldapEscape|filter_format)$/, of('ldap')],
  [/^(?:String|toString|str|mongoSanitize)$/, of('nosql', 'deserialize')],
  [/^(?:url_for|reverse|url_has_allowed_host_and_scheme|safeRedirect)$/, of('redirect')],
];

/** Telling names of a program's own checks: what comes out of them was looked at. */
const OWN_CLEANER =
  /^(?:_?(?:sanitiz|sanitis|escape|validat|clean|purif|normaliz|whitelist|allowlist|safe|ensureSafe|ensure_safe|assertSafe|assert_safe|check|verify|resolveSafe|resolve_safe)\w*)/i;

/** Parsers of a format, which give whatever stands in it. */
const READS_FORMATS = /^(?:JSON|url|qs|querystring|path|cookie|ya?ml|URL|toml|ini|csv|xml\w*|lxml|etree|ET|ElementTree|marked)\b/i;

/** What the language's own libraries say of a call. */
function ownCleanerOf(name: string, last: string, language: CodeLanguage): Clean | undefined {
  if (isTyped(language)) return typedCleanerOf(name);
  if (language === 'php') return PHP_CLEANERS.find(([names]) => names.test(last))?.[1];
  if (language !== 'ruby') return undefined;
  return (RUBY_NAMED_CLEANERS.find(([names]) => names.test(name)) ?? RUBY_CLEANERS.find(([names]) => names.test(last)))?.[1];
}

/** What a call of this dotted name makes harmless in its arguments; undefined: it is none that cleans. */
export function cleanerOf(name: string, language: CodeLanguage): Clean | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const own = ownCleanerOf(name, last, language);
  if (own !== undefined) return own;
  // It leaves what climbs out of a folder in place.
  if (isTyped(language) && /^(?:filepath|path)\.Clean$/.test(name)) return undefined;
  if (/^DOMPurify\b|(?:^|\.)DOMPurify\./.test(name)) return of('html');
  if (last === 'resolve' || last === 'normpath' || last === 'normalize' || last === 'realpath' || last === 'abspath') return undefined;
  // A schema gives values of the kinds that it names.
  if (/^(?:parse|parseAsync|safeParse)$/.test(last) && !READS_FORMATS.test(name)) return of('nosql', 'property', 'deserialize');
  return CLEANERS.find(([names]) => names.test(last))?.[1] ?? (OWN_CLEANER.test(last) ? EVERYTHING : undefined);
}

/** Calls that answer about a value instead of handing it on, in any language. */
const ANSWERS: ReadonlySet<string> = new Set(
  'includes has startsWith endsWith startswith endswith test indexOf lastIndexOf hasOwnProperty isdigit isalnum isalpha isnumeric isidentifier count index exists existsSync length size charCodeAt is_relative_to isinstance match fullmatch isInteger isFinite isNaN equals localeCompare compare'.split(
    ' ',
  ),
);

/** What a language's own check of this name says of its values where it holds (undefined: nothing). */
export function ownCheckOf(name: string, language: CodeLanguage): { readonly clean: Clean | undefined } | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const checks = language === 'php' ? PHP_CHECKS : language === 'ruby' ? RUBY_CHECKS : [];
  const own = checks.find(([names]) => names.test(last));
  return own === undefined ? undefined : { clean: own[1] };
}

/** Whether a call answers about a value instead of handing it on. @param last the part of its name after its last dot */
export function answersOnly(last: string, language: CodeLanguage): boolean {
  return ANSWERS.has(last) || (isTyped(language) && TYPED_ANSWERS.has(last));
}

/** What a check of this name says of the value that it is about, where it holds. */
export function checkOf(name: string, language: CodeLanguage): Clean | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (isTyped(language)) {
    if (tellsNothing(last)) return undefined;
    if (asksLists(last)) return EVERYTHING;
  }
  if (/^(?:startsWith|StartsWith|HasPrefix|startswith|is_relative_to|commonpath|commonprefix|isAbsolute|relative)$/.test(last))
    return of('path', 'delete-tree', 'redirect', 'address');
  if (
    /^(?:includes|has|test|match|fullmatch|isdigit|isalnum|isalpha|isnumeric|isidentifier|isInteger|isFinite|isNaN|isIP|indexOf|search|get)$/.test(
      last,
    )
  )
    return EVERYTHING;
  // `__proto__` read from JSON is an own property.
  if (/^(?:hasOwnProperty|hasOwn)$/.test(last)) return new Set(CODE_SINKS.filter((sink) => sink !== 'property'));
  if (/^(?:isinstance|isString|isArray)$/.test(last)) return of('nosql', 'deserialize');
  return /^_?(?:is|has|valid|check|verif|allow|permit|can|assert|ensure|safe|url_has|match)/i.test(last) ? EVERYTHING : undefined;
}

/** Whether a call hands on what is in its arguments, however changed. */
export function handsOn(name: string, language: CodeLanguage): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const own = language === 'php' ? PHP_HANDS_ON : language === 'ruby' ? RUBY_HANDS_ON : undefined;
  if (own !== undefined) return own.has(last) || own.has(name);
  return HANDS_ON.has(last) || (isTyped(language) && typedHandsOn(name));
}

const HANDS_ON: ReadonlySet<string> = new Set(
  (
    'str bytes bytearray format join path resolve normalize concat unquote unquote_plus b64decode urlsafe_b64decode atob btoa decodeURIComponent decodeURI unescape from parse loads urljoin ' +
    'urlparse URL URLSearchParams String Object assign Array list tuple dict set sorted reversed map filter entries values keys stringify dumps Path PurePath abspath realpath normpath ' +
    'expanduser expandvars fsdecode decode encode getattr copy deepcopy structuredClone promisify strip lower upper replace sub sprintf fill dedent text wrap fileURLToPath pathToFileURL ' +
    'quote_plus parse_qs parse_qsl parseBody qs escape_string b64encode readAll Buffer Promise all raw literal TextClause SafeString html_unescape b32decode unhexlify fromhex'
  ).split(' '),
);
