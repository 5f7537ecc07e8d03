import type { CodeSource } from '../../policy/facts.ts';
import { type Clean, EVERYTHING, of } from './clean.ts';
import type { SinkRow } from './sinkTable.ts';

const php = 'php';
const FILES =
  'file_get_contents file_put_contents fopen readfile file unlink rmdir mkdir copy rename scandir opendir touch chmod parse_ini_file simplexml_load_file show_source highlight_file fpassthru glob SplFileObject ZipArchive().open imagecreatefromjpeg imagecreatefrompng';
const CLIENTS = [
  'Http',
  'GuzzleHttp.Client()',
  'Client()',
  '$client',
  '$http',
  '$this.client',
  'this.client',
  'this.http',
  'this.httpClient',
  '$guzzle',
]
  .flatMap((client) => 'get post put patch delete head request'.split(' ').map((verb) => `${client}.${verb}`))
  .join(' ');

export const PHP_SINKS: readonly SinkRow[] = [
  {
    sink: 'address',
    calls: 'file_get_contents fopen getimagesize readfile copy simplexml_load_file',
    at: [0],
    language: php,
    evidence: 'remote',
  },
  {
    sink: 'sql',
    calls:
      'mysqli_query mysqli_multi_query mysqli_real_query mysqli_prepare pg_query_params pg_prepare sqlsrv_query odbc_exec db2_exec pg_query',
    at: [1],
    language: php,
    evidence: 'statement',
  },
  {
    sink: 'sql',
    calls: 'mysql_query mysql_db_query mysql_unbuffered_query pg_query pg_send_query sqlite_query oci_parse db_query odbc_exec',
    at: [0, 1],
    language: php,
    evidence: 'statement',
  },
  {
    sink: 'sql',
    calls:
      '*.multi_query *.real_query *.executeStatement *.fetchAssoc *.fetchAllAssociative *.fetchAssociative *.createQuery *.createNativeQuery *.querySingle *.get_results *.get_var *.get_row *.get_col *.select *.statement *.insert *.update *.delete *.fetchOne *.fetchAll *.exec *.execute *.executeUpdate *.selectOne *.unprepared *.simple_query',
    at: [0],
    language: php,
    evidence: 'sql',
  },
  { sink: 'sql', calls: '*.query *.raw *.multi_query *.real_query', at: [0], language: php, evidence: 'statement' },
  { sink: 'sql', calls: '*.groupByRaw *.selectRaw *.fromRaw DB.raw', at: [0], language: php },
  {
    sink: 'command',
    calls:
      'exec system shell_exec passthru popen proc_open pcntl_exec expect_popen Process.fromShellCommandline *.fromShellCommandline Process.run ssh2_exec',
    at: [0],
    language: php,
  },
  { sink: 'command', calls: 'ssh2_exec *.exec_command', at: [1], language: php },
  { sink: 'command', calls: 'mail mb_send_mail', at: [4], language: php },
  {
    sink: 'code',
    calls:
      'eval assert create_function call_user_func call_user_func_array register_shutdown_function new ReflectionFunction ReflectionClass',
    at: [0],
    language: php,
  },
  { sink: 'code', calls: 'create_function usort uasort uksort', at: [1], language: php },
  { sink: 'path', calls: 'include', at: [0], language: php },
  {
    sink: 'template',
    calls: '*.createTemplate Blade.render Blade.compileString *.compileString Twig.Environment().createTemplate',
    at: [0],
    language: php,
  },
  { sink: 'ldap', calls: 'ldap_search ldap_list ldap_read', at: [1, 2], language: php },
  { sink: 'xpath', calls: '*.xpath *.query *.evaluate xpath_eval', at: [0], language: php, evidence: 'xpath' },
  { sink: 'header', calls: 'header', at: [0], language: php, evidence: 'header' },
  { sink: 'header', calls: 'mail mb_send_mail', at: [3], language: php },
  {
    sink: 'nosql',
    calls: '*.find *.findOne *.deleteOne *.deleteMany *.updateOne *.updateMany *.findOneAndUpdate *.countDocuments',
    at: [0],
    language: php,
  },
  { sink: 'redirect', calls: 'header', at: [0], language: php, evidence: 'location' },
  {
    sink: 'redirect',
    calls:
      'redirect RedirectResponse redirect().to redirect().away Redirect.to Redirect.away *.redirect *.withRedirect wp_redirect *.redirectTo',
    at: [0],
    language: php,
    evidence: 'page',
  },
  { sink: 'html', calls: 'echo', at: [0], language: php },
  {
    sink: 'html',
    calls: 'return Response *.setContent *.getBody().write response response().make HtmlString HtmlResponse',
    at: [0],
    language: php,
    evidence: 'markup',
  },
  {
    sink: 'path',
    calls: `${FILES} response().download response().file *.download Storage.get Storage.delete Storage.put Storage.download File.get File.delete File.put BinaryFileResponse *.file`,
    at: [0],
    language: php,
    evidence: 'file',
  },
  { sink: 'path', calls: 'move_uploaded_file copy rename *.move *.extractTo *.storeAs *.moveTo', at: [1], language: php, evidence: 'file' },
  { sink: 'path', calls: '*.moveTo', at: [0], language: php, evidence: 'file' },
  {
    sink: 'address',
    calls: 'curl_init get_headers SoapClient fsockopen stream_socket_client wp_remote_get wp_remote_post',
    at: [0],
    language: php,
    evidence: 'host',
  },
  { sink: 'address', calls: `${CLIENTS}`, at: [0], language: php, evidence: 'host' },
  {
    sink: 'address',
    calls: 'GuzzleHttp.Client().request Client().request $client.request this.client.request this.httpClient.request',
    at: [1],
    language: php,
    evidence: 'host',
  },
  { sink: 'address', calls: 'curl_setopt', at: [2], language: php, only: 'CURLOPT_URL', evidence: 'host' },
  { sink: 'address', calls: 'curl_setopt_array', at: ['CURLOPT_URL'], language: php, evidence: 'host' },
  {
    sink: 'deserialize',
    calls: 'unserialize igbinary_unserialize msgpack_unpack yaml_parse',
    at: [0],
    language: php,
    unless: 'allowed_classes',
  },
  { sink: 'pattern', calls: 'preg_match preg_replace preg_split preg_match_all', at: [0], language: php },
];

/** Dotted names of what a client, or whoever starts the program, chose. */
export const PHP_SOURCES: readonly (readonly [CodeSource, RegExp])[] = [
  ['request', /^php\.(?:\$_(?:GET|POST|REQUEST|COOKIE)|input)(?:\.|$)/],
  ['request', /^php\.\$_SERVER\.(?:HTTP_\w+|QUERY_STRING|REQUEST_URI|PHP_SELF|PATH_INFO|ORIG_PATH_INFO|PHP_AUTH_\w+)(?:\.|$)/],
  ['request', /^php\.\$_FILES(?:\.\w+)*\.(?:name|type|full_path)(?:\.|$)/],
  ['request', /^(?:filter_input|filter_input_array|getallheaders|apache_request_headers|get_query_var)\(\)/],
  [
    'request',
    /(?:^|\.)\$?(?:request|req|serverRequest|httpRequest)(?:\(\))?\.(?:query|request|cookies|headers|input|get|post|all|only|except|string|str|cookie|header|json|server|getQueryParams|getParsedBody|getCookieParams|getBody|getContent|getHeaderLine|getQuery|getPost|getGet|getVar|getParam|getData|getRawInput|getCookie|route|path|fullUrl|url|getUri|getPathInfo|getClientOriginalName|getParameter)(?:\(\))?(?:\.|$)/,
  ],
  ['request', /^\$request\.->\w+$/],
  [
    'request',
    /^(?:Request|Input)\.(?:input|get|query|post|all|cookie|header|only)\(\)|^this\.input\.(?:get|post|get_post|cookie|server)\(\)|(?:^|\.)getClientOriginal(?:Name|Extension)\(\)$/,
  ],
  ['argument', /^(?:php\.argv|getopt\(\)|readline\(\)|php\.\$_SERVER\.argv)(?:\.|$)/],
  ['argument', /^(?:fgets|stream_get_contents|fread)\(\)@stdin$/],
  ['environment', /^(?:php\.\$_ENV(?:\.|$)|getenv\(\))/],
];

/** A name that can be one of them. */
export const PHP_SOURCE_NAMES =
  /php\.|filter_input|getallheaders|apache_request|get_query_var|equest|nput\.|\breq\b|getopt|readline|getenv|getClient/;

export const PHP_CLEANERS: readonly (readonly [RegExp, Clean])[] = [
  [
    /^(?:intval|floatval|doubleval|boolval|absint|count|strlen|mb_strlen|sizeof|md5|sha1|hash|hash_hmac|crc32|bin2hex|strtotime|time|mktime|checkdate|number_format|array_search|password_hash|uniqid|random_int|rand|mt_rand|base_convert|hexdec|octdec|bindec|ip2long|sanitize_key|sanitize_title|wp_hash|ctype_\w+|FILTER_VALIDATE_(?:INT|FLOAT|BOOL|BOOLEAN|IP|MAC|REGEXP|DOMAIN)|FILTER_SANITIZE_(?:NUMBER_INT|NUMBER_FLOAT)|round|floor|ceil|abs|max|min|ord|bcrypt|encrypt|base64_encode)$/,
    EVERYTHING,
  ],
  [
    /^(?:htmlspecialchars|htmlentities|esc_html\w*|esc_attr\w*|esc_textarea|esc_js|esc_xml|e|wp_kses\w*|strip_tags|wp_strip_all_tags|sanitize_text_field|sanitize_textarea_field|purify|escapeHtml|escapeHtmlAttr|FILTER_SANITIZE_(?:SPECIAL_CHARS|FULL_SPECIAL_CHARS|STRING))$/,
    of('html', 'xpath', 'header'),
  ],
  [/^(?:esc_url|esc_url_raw|FILTER_VALIDATE_EMAIL|FILTER_VALIDATE_URL|FILTER_SANITIZE_EMAIL)$/, of('html', 'header')],
  [/^(?:rawurlencode|urlencode|http_build_query|build_query)$/, of('html', 'address', 'redirect', 'header', 'path', 'sql')],
  [
    /^(?:addslashes|mysqli?_real_escape_string|mysql_escape_string|real_escape_string|pg_escape_\w+|esc_sql|escape_string|escapeString|sqlite_escape_string|quoteIdentifier|esc_like|prepare|quoteInto|escapeLike)$/,
    of('sql', 'xpath'),
  ],
  [/^(?:escapeshellarg|escapeshellcmd|escapeArgument)$/, of('command')],
  [/^(?:basename|sanitize_file_name|validate_file|hashName)$/, of('path', 'delete-tree')],
  [/^(?:ldap_escape)$/, of('ldap')],
  [/^(?:preg_quote)$/, of('pattern')],
  [/^same_site$/, of('redirect', 'address')],
  [/^strval$/, of('nosql', 'deserialize')],
  [/^(?:json_encode|wp_json_encode)$/, of('html', 'nosql', 'deserialize')],
  [/^(?:wp_validate_redirect|wp_safe_redirect|route|action|site_url|admin_url|home_url)$/, of('redirect')],
];

/** What a check says where it holds; undefined: it says nothing, whatever it is called. */
export const PHP_CHECKS: readonly (readonly [RegExp, Clean | undefined])[] = [
  [
    /^(?:in_array|array_key_exists|array_search|preg_match|fnmatch|ctype_\w+|is_(?:numeric|int|integer|float|bool|long|email)|checkdate|filter_var|hash_equals|str_ends_with|has|exists|wp_verify_nonce)$/,
    EVERYTHING,
  ],
  [/^(?:str_starts_with|strncmp|str_contains|strncasecmp|wp_http_validate_url)$/, of('path', 'delete-tree', 'redirect', 'address', 'code')],
  [/^lacks_climbing$/, of('path', 'delete-tree', 'redirect', 'code')],
  [/^(?:is_string|is_array)$/, of('nosql')],
  [/^(?:is_\w+|isset|hasFile|file_exists|can|has\w*|valid|match\w*)$/, undefined],
];

/** Functions that hand on what is in their arguments, however changed. */
export const PHP_HANDS_ON: ReadonlySet<string> = new Set(
  (
    'trim ltrim rtrim strtolower strtoupper ucfirst ucwords lcfirst urldecode rawurldecode base64_decode stripslashes stripcslashes html_entity_decode htmlspecialchars_decode json_decode explode join array_merge array_values array_filter array_map ' +
    'array_unique array_reverse array_keys array_slice array_shift array_pop reset end current next each substr mb_substr strrev nl2br str_pad wordwrap strtr iconv mb_convert_encoding mb_strtolower mb_strtoupper strval gzuncompress gzinflate hex2bin ' +
    'parse_url compact wp_unslash stristr strstr strrchr chunk_split ucwords str_repeat str_split preg_split collect array_combine array_column utf8_encode utf8_decode quotemeta realpath dirname pathinfo wp_unslash convert_uudecode str_rot13 array_walk list str_replace preg_replace str_ireplace preg_replace_callback max_by settype dot value optional data_get array_get Arr.get DB.raw raw stream_get_contents storage_path public_path base_path app_path resource_path plugin_dir_path'
  ).split(' '),
);
