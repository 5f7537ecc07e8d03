import type { CodeSource } from '../../policy/facts.ts';
import { type CodeLanguage, isTyped } from './language.ts';
import { PHP_SOURCE_NAMES, PHP_SOURCES } from './phpTable.ts';
import { RUBY_SOURCE_NAMES, RUBY_SOURCES } from './rubyTable.ts';
import { typedSourceOf } from './typed/sources.ts';

/** Dotted names, `()` for a call, of what somebody else chose. Each alternative speaks of one family of frameworks. */
const SOURCES: readonly (readonly [CodeSource, RegExp])[] = [
  // express, fastify, NestJS, Next, Flask, Django, FastAPI, Starlette, Bottle, aiohttp, Node's own server
  [
    'request',
    /(?:^|\.)_?(?:req|request|httpRequest|rq)\.(?:query|params|param|body|rawBody|headers?|cookies|signedCookies|files?|url|originalUrl|hostname|args|form|values|json|data|get_json|get_data|stream|GET|POST|FILES|COOKIES|META|query_params|path_params|query_string|rel_url|match_info|view_args|nextUrl|formData|text|get|full_path|referrer|user_agent|matchdict|forms|post|getHeader)(?:\(\))?(?:\.|$)/,
  ],
  // koa, hono, Next pages, Oak
  [
    'request',
    /(?:^|\.)(?:ctx|context|c)\.(?:request\.(?:body|query|headers?|url|files|rawBody)|req\.(?:query|queries|param|params|json|parseBody|header|text|formData|url|body|valid|raw)(?:\(\))?)(?:\.|$)|(?:^|\.)(?:ctx|context)\.(?:query|params|querystring|headers|cookies\.get\(\))(?:\.|$)/,
  ],
  // functions as a service, tornado, the standard library's servers, sockets
  [
    'request',
    /(?:^|\.)(?:event|evt)\.(?:queryStringParameters|pathParameters|multiValueQueryStringParameters|body|headers|rawQueryString|rawPath)(?:\.|$)/,
  ],
  [
    'request',
    /(?:^|\.)get_(?:query_|body_)?arguments?\(\)$|^self@server\.(?:path|headers|rfile|requestline)(?:\.|$)|(?:^|\.)(?:recv|recvfrom|receive_text|receive_json)\(\)$|cgi\.FieldStorage\(\)|(?:^|\.)file\.(?:originalname|filename)$|\.(?:namelist|infolist|getmembers|getnames)\(\)(?:\.|$)|(?:^|\.)(?:zipEntry|entry)\.(?:fileName|entryName)$/,
  ],
  // browsers
  [
    'request',
    /^(?:(?:window|document|self|globalThis|top|parent)\.)*location\.(?:hash|search|href|pathname)$|^document\.(?:URL|documentURI|referrer|cookie)$|^window\.name$|(?:^|\.)(?:useSearchParams|useParams|useLocation)\(\)|useRouter\(\)\.query|(?:^|\.)searchParams\.get\(\)$|^(?:e|ev|evt|event|message|msg)\.data$|^(?:document\.(?:getElementById|querySelector)|\$|jQuery)\(\)\.(?:value|val\(\))$|^(?:e|ev|event)\.(?:target|currentTarget)\.value$/,
  ],
  [
    'argument',
    /^(?:process\.argv|sys\.argv|Deno\.args|Bun\.argv|input\(\)|raw_input\(\)|prompt\(\)|sys\.stdin|process\.stdin|yargs\.argv)(?:\.|$)|\.parse_args\(\)$|\.question\(\)$|^(?:streamlit|st)\.text_(?:input|area)\(\)$/,
  ],
  ['environment', /^(?:process\.env|os\.environ|Deno\.env|import\.meta\.env)(?:\.|$)|^os\.getenv\(\)$/],
  [
    'download',
    /^(?:requests|httpx|axios|got|needle|superagent)(?:\.(?:get|post|request|Session\(\)\.get))?\(\)\.(?:text|content|data|body|json\(\)|read\(\)|text\(\))$|^(?:fetch|nodeFetch|node-fetch)\(\)\.(?:text|json|arrayBuffer)\(\)$|^urllib\.request\.urlopen\(\)(?:\.read\(\))?$|^urllib2\.urlopen\(\)(?:\.read\(\))?$/,
  ],
];

/** A cheap test before those above: most names are none of them. */
const SOURCE_NAMES =
  /req|rq|ctx|context|^c\.|event|evt|get_|@server|recv|receive|FieldStorage|file\.|namelist|infolist|getmembers|getnames|ntry\.|location|document|window\.name|use(?:Search|Params|Location|Router)|searchParams|\.data|\.value$|\.val\(\)$|argv|input|prompt|stdin|parse_args|question|text_|env|axios|httpx|got|needle|superagent|etch\(|urlopen/;

/** What it stands for by the customs of its language alone. */
function ownSourceOf(name: string, language: CodeLanguage): CodeSource | undefined {
  if (isTyped(language)) return typedSourceOf(name);
  if (language === 'php' && PHP_SOURCE_NAMES.test(name)) return PHP_SOURCES.find(([, names]) => names.test(name))?.[0];
  if (language === 'ruby' && RUBY_SOURCE_NAMES.test(name)) return RUBY_SOURCES.find(([, names]) => names.test(name))?.[0];
  return undefined;
}

/** What a dotted name stands for, by its own spelling. */
export function sourceOfName(name: string, language: CodeLanguage): CodeSource | undefined {
  const own = SOURCE_NAMES.test(name) ? SOURCES.find(([, names]) => names.test(name))?.[0] : undefined;
  return own ?? ownSourceOf(name, language);
}

const ROUTE_DECORATOR = /(?:^|\.)(?:route|get|post|put|patch|delete|head|options|api_route|websocket|api_view|action|websocket_route)$/i;
const COMMAND_DECORATOR = /(?:^|\.)(?:command|argument|option)$/;
/** Parameters that a framework fills in by itself. */
const PROVIDED =
  /^\$(?:pdo|mysqli|dbh|wpdb|link|em|entity_?manager)$|^\$?(?:self|cls|db|session|conn(?:ection)?|cursor|logger|settings|config|current_user|user|background_tasks|response|res|next|service|repo(?:sitory)?)$/i;

/** What the parameters of a decorated function hold. */
export function decoratedSource(decorators: readonly string[]): CodeSource | undefined {
  if (decorators.includes('@request')) return 'request';
  if (decorators.some((name) => ROUTE_DECORATOR.test(name) && name.includes('.'))) return 'request';
  return decorators.some((name) => COMMAND_DECORATOR.test(name)) ? 'argument' : undefined;
}

/** Whether somebody else can choose what a parameter of this name and type holds. */
export function isOpenParameter(name: string, type: string, fallback: string): boolean {
  if (PROVIDED.test(name) || /Depends\(|Security\(/.test(fallback + type)) return false;
  return !/^:?\s*(?:int|float|bool|boolean|number|bigint|UUID|uuid\.UUID|date|datetime|Decimal)\b(?!\s*\[)/.test(type);
}

/** NestJS and alike: `@Query('id') id: string`. */
export function isRequestDecorator(decorator: string): boolean {
  return /^@(?:Query|Param|Body|Headers|Cookies|UploadedFile|Req)\b/.test(decorator);
}

const ROUTE_CALL =
  /(?:^|[.)])(?:app|router|server|fastify|api|route|routes|instance|express\(\)|Router\(\)|hono|\w*[rR]outer|\w*[aA]pp|\w*[sS]erver)\.(?:get|post|put|patch|delete|all|use|head|options|del)$|\bhttps?\.createServer$|(?:^|\.)(?:route\(\))\.(?:get|post|put|patch|delete|all)$|express\(\)\.(?:get|post|put|patch|delete|all|use)$/;

/** Whether functions given to this call answer requests. */
export function takesHandlers(name: string): boolean {
  return ROUTE_CALL.test(name);
}

/** Methods that hand the elements (or the outcome) of what they are called on to a function. */
export const HANDS_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'map forEach filter flatMap some every find findIndex then sort reduce on ' +
    'each each_with_index each_pair each_key each_value collect select reject flat_map detect inject each_with_object find_all tap then'
  ).split(' '),
);

/** Of these one occurs in all code that reads what others chose, parameters and the environment aside. */
export const SOURCE_WORDS =
  /\b(?:_?req|rq|request|httpRequest|ctx|searchParams|useSearchParams|useParams|useRouter|useLocation|argv|parse_args|stdin|get_(?:query_|body_)?arguments?|recv|recvfrom|receive_text|receive_json|FieldStorage|originalname|namelist|infolist|getmembers|getnames|entryName|fileName|createServer|axios|urlopen|requests|httpx|aiohttp|needle|do_(?:GET|POST|PUT|DELETE|PATCH)|question|api_view)\b|\b(?:c|context)\.(?:req|query|params|request)\b|\b(?:event|evt|e|ev|msg|message)\.(?:data|target|currentTarget|body|headers|queryStringParameters|pathParameters|rawPath|rawQueryString)\b|\blocation\.|\bdocument\.|\bwindow\.name\b|\b(?:input|prompt|fetch|got|text_input)\(|@\w+\.\w+\(|@(?:Query|Body|Param|Headers|Cookies|Req)\b|\b\w*(?:app|router|Router|fastify|server|api)\.(?:get|post|put|patch|delete|use|all|route)\(/;
