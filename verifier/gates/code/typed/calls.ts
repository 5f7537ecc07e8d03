/** Calls of library functions that are plain operations on texts and lists; their meaning is the same whatever the language. */

/** Formats, by the place of the pattern among the arguments. */
const FORMATS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'fmt.Sprintf': 0,
    'fmt.Errorf': 0,
    'String.format': 0,
    'string.Format': 0,
    'String.Format': 0,
    'MessageFormat.format': 0,
    'fmt.Fprintf': 1,
  }),
);

/** Writes its format to a log, where `%q` leaves no line break. */
export const LOGS_FORMATS = /(?:^|\.)log(?:ger|rus)?\.(?:Printf|Fatalf|Infof|Warnf|Errorf|Debugf)$/;

export function formatAt(name: string): number | undefined {
  return FORMATS.get(name) ?? (/\.AppendFormat$/.test(name) ? 0 : undefined);
}

/** `fmt.Sprint(a, b)`, `string.Concat(a, b)`. */
export const CONCATENATES = /^(?:fmt\.Sprint(?:ln)?|[sS]tring\.Concat)$/;

/** Joins a list by a sign: `first` where the sign comes first. */
export function joins(name: string): 'first' | 'last' | undefined {
  if (name === 'strings.Join') return 'last';
  return /^[sS]tring\.[jJ]oin$/.test(name) ? 'first' : undefined;
}

/** Parts of a path, one after the other. */
export const JOINS_PATHS = /^(?:filepath\.Join|path\.Join|Paths\.get|Path\.of|Path\.Combine|Path\.Join|Path\.GetFullPath)$|\.resolve$/;

export const MAKES_LISTS = /^(?:Arrays\.asList|List\.of|Set\.of|Stream\.of|ImmutableList\.of|ImmutableSet\.of|Collections\.singletonList)$/;

/** The same value as a text. */
export const AS_TEXT = /^(?:String\.valueOf|Convert\.ToString|Objects\.toString|string|Encoding\.\w+\.GetString)$/;
export const TO_TEXT: ReadonlySet<string> = new Set('toString ToString String AsString'.split(' '));

export const EQUALS: ReadonlySet<string> = new Set('equals Equals equalsIgnoreCase EqualFold contentEquals'.split(' '));

export const APPENDS: ReadonlySet<string> = new Set(
  'append Append AppendLine AppendFormat WriteString WriteByte WriteRune Insert insert concat'.split(' '),
);
export const BUILDERS = /^(?:StringBuilder|StringBuffer|StringJoiner|strings\.Builder|bytes\.Buffer)$/;

/** Calls that put what they read into the variable that is their last argument. */
export const FILLS =
  /^(?:Unmarshal|Decode|(?:Should|Must)?Bind(?:JSON|Query|XML|Uri|Form|With)?|ShouldBind\w+|BodyParser|QueryParser|Scan|Scanln|Scanf)$/;

/** Settings of an XML parser that keep documents from reaching out. */
export const HARDENS = /^(?:setFeature|setAttribute|setProperty|setEntityResolver|setXMLResolver|setExpandEntityReferences)$/;

/** Takes its program and arguments after a context. */
export const AFTER_CONTEXT = /\.CommandContext$/;

/** Routes of ASP.NET whose function is given what it takes from the request. */
export const MAPS_ROUTES = /^Map(?:Get|Post|Put|Delete|Patch|Methods)?$/;

/** A literal pattern in its parts, with the place of the argument between them. */
export function patternParts(pattern: string): readonly (string | { readonly argument: number; readonly isNumber: boolean })[] {
  const parts: (string | { argument: number; isNumber: boolean })[] = [];
  let from = 0;
  let count = 0;
  for (const hole of pattern.matchAll(/%[-+#0 ]*[\d.*]*(?:\[(\d+)\])?([a-zA-Z])|%(\d+)\$([a-zA-Z])|\{(\d+)[^{}]*\}/g)) {
    const [whole, goIndex, kind, javaIndex, javaKind, netIndex] = hole;
    parts.push(pattern.slice(from, hole.index));
    from = hole.index + whole.length;
    const given = netIndex ?? javaIndex ?? goIndex;
    const argument = given === undefined ? count++ : Number.parseInt(given, 10) - (netIndex === undefined ? 1 : 0);
    parts.push({ argument, isNumber: /^[dfgxXbBeEoctT]$/.test(kind ?? javaKind ?? '') });
  }
  parts.push(pattern.slice(from));
  return parts.filter((part) => part !== '');
}
