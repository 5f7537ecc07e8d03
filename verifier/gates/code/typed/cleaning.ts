import { type Clean, EVERYTHING, of } from '../clean.ts';

/** What library functions of Go, Java and C# make harmless, by their dotted names; the first that fits counts. */
const CLEANERS: readonly (readonly [RegExp, Clean])[] = [
  [
    /^(?:strconv\.(?:Atoi|Parse(?:Int|Uint|Float|Bool))|(?:Integer|Long|Short|Double|Float|Boolean|Byte|BigDecimal|Enum|UUID|Instant|LocalDate)\.(?:valueOf|parse\w*|fromString|decode)|(?:u?int|long|u?short|bool|double|decimal|float|Guid|DateTime|DateOnly|Int32|Int64|Enum)\.(?:Try)?Parse(?:Exact)?|Convert\.To(?!String|Base64)\w+|uuid\.(?:Parse|MustParse)|primitive\.ObjectIDFromHex|bson\.ObjectIdHex|net\.ParseIP|\w+\.valueOf)$/,
    EVERYTHING,
  ],
  [
    /(?:^|\.)(?:nextInt|nextLong|nextDouble|nextBoolean|hashCode|GetHashCode|getId|length|size|Length|Count|toEpochMilli|getTime|intValue|longValue|hash|digest|ComputeHash|HashData|Sum256|Sum)$/,
    EVERYTHING,
  ],
  [
    /^(?:filepath\.Base|path\.Base|Path\.GetFileName(?:WithoutExtension)?|FilenameUtils\.getName|securejoin\.SecureJoin|filepath\.IsLocal)$|\.getFileName$/,
    of('path', 'delete-tree'),
  ],
  [
    /^(?:html\.EscapeString|template\.(?:HTML|JS|URLQuery)Escape\w*|HtmlUtils\.htmlEscape|StringEscapeUtils\.escape(?:Html|Xml|EcmaScript)\w*|(?:Http|Web)Utility\.(?:HtmlEncode|HtmlAttributeEncode)|WebUtility\.HtmlEncode|(?:Encode|Encoder)\.for\w+|\w*\.?HtmlEncoder(?:\.Default)?\.Encode|HtmlEncoder\.Default\.Encode|AntiXssEncoder\.HtmlEncode|Jsoup\.clean|\w+\.Sanitize|Sanitizers\w*\.sanitize)$|\.(?:HtmlEncode|htmlEscape|escapeHtml4?|encodeForHTML)$/,
    of('html'),
  ],
  [
    /^(?:url\.(?:QueryEscape|PathEscape)|URLEncoder\.encode|UriUtils\.encode\w*|Uri\.EscapeDataString|(?:Http|Web)Utility\.UrlEncode|WebUtility\.UrlEncode|UriEncoder\.encode)$/,
    of('html', 'address', 'redirect', 'header', 'path', 'sql', 'delete-tree'),
  ],
  [/^(?:json\.Marshal(?:Indent)?|JsonSerializer\.Serialize|JsonConvert\.SerializeObject)$|\.(?:writeValueAsString|toJson)$/, of('html')],
  [/^(?:regexp\.QuoteMeta|Pattern\.quote|Regex\.Escape)$/, of('pattern')],
  [
    /^(?:ldap\.EscapeFilter|ldap\.EscapeDN|LdapEncoder\.(?:filterEncode|nameEncode)|Encoder\.LdapFilterEncode|Filter\.encodeValue)$|\.encodeForLDAP$|\.(?:LdapFilterEncode|escapeLDAPSearchFilter)$/,
    of('ldap'),
  ],
  [
    /^(?:pq\.Quote(?:Identifier|Literal)|pgx\.Identifier\w*|shellescape\.Quote|shellquote\.Join)$|\.(?:QuoteIdentifier|encodeForSQL)$/,
    of('sql', 'command'),
  ],
  [/^Url\.(?:IsLocalUrl|Action|RouteUrl|Content)$|^LocalRedirect$/, of('redirect')],
];

/** Functions that hand on what is in their arguments, however changed. */
const HANDS_ON =
  /^(?:strings|bytes|filepath|path|url|html|io|ioutil|bufio|base64|hex|json|xml|yaml|fmt|Encoding|Convert|JsonSerializer|JsonConvert|JObject|JsonDocument|Path|Uri|Base64|HttpUtility|WebUtility|URLDecoder|IOUtils|StringUtils|Strings|Objects|Optional|Arrays|Collections|CharStreams|StreamUtils|URI|MediaType|Task|Regex)\.(?!NewEncoder|NewWriter|Open|Copy|Write)[\w().]+$|(?:^|\.)(?:readValue|fromJson|readTree|Deserialize\w*|Unmarshal\w*|NewDecoder|decode\w*|requireNonNull|ofNullable|orElse\w*|matcher|getBytes|GetBytes|NewReader|NewScanner|getDecoder\(\)\.decode|unescape\w*|FromBase64String)$/;

/** Calls that answer about a value instead of handing it on. */
export const TYPED_ANSWERS: ReadonlySet<string> = new Set(
  'contains Contains ContainsKey containsKey containsValue StartsWith EndsWith HasPrefix HasSuffix matches IsMatch MatchString anyMatch isEmpty IsNullOrEmpty IsNullOrWhiteSpace isBlank EqualFold IndexOf Index'.split(
    ' ',
  ),
);

/** Questions about a value whose answer doesn't make it harmless. */
const TELLS_NOTHING =
  /^(?:is(?:Empty|Blank|Present|Null\w*|NotEmpty|NotBlank|NotNull|Dir|Directory|File|Regular\w*|Success\w*|Open|Closed)|has(?:Text|Length|Next\w*|Value|Suffix)|HasSuffix|HasValue|IsNull\w*|IsDir|IsSuccess\w*|IsPost\w*|checkError|CheckErr\w*|canRead|canWrite|IsNotExist|IsExist)$/;

const ASKS_LISTS = /^(?:contains|Contains|ContainsKey|containsKey|containsValue|anyMatch|Any|matches|IsMatch|Exists|In|find)$/;

/** @param last the part of the name after its last dot */
export function tellsNothing(last: string): boolean {
  return TELLS_NOTHING.test(last);
}

/** Whether the call asks if its argument is one of a list or fits a pattern. */
export function asksLists(last: string): boolean {
  return ASKS_LISTS.test(last);
}

export function typedCleanerOf(name: string): Clean | undefined {
  return CLEANERS.find(([names]) => names.test(name))?.[1];
}

export function typedHandsOn(name: string): boolean {
  return HANDS_ON.test(name);
}
