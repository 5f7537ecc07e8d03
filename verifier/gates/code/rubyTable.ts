import type { CodeSource } from '../../policy/facts.ts';
import { type Clean, EVERYTHING, of } from './clean.ts';
import type { SinkRow } from './sinkTable.ts';

const ruby = 'ruby';
const FILES = ['File', 'IO', 'Dir', 'FileUtils', 'CSV', 'YAML', 'Pathname', 'Tempfile']
  .flatMap((on) =>
    'read open new readlines foreach binread write binwrite delete unlink rename stat chmod load_file safe_load_file entries children glob mkdir mkdir_p rm rm_f cp mv touch'
      .split(' ')
      .map((verb) => `${on}.${verb}`),
  )
  .join(' ');
const CLIENTS = [
  'HTTParty',
  'RestClient',
  'Faraday',
  'Excon',
  'HTTP',
  'Typhoeus',
  'Net.HTTP',
  'Faraday.new()',
  'HTTPClient.new()',
  'Mechanize.new()',
]
  .flatMap((client) =>
    'get post put patch delete head get_response post_form get_print start new'.split(' ').map((verb) => `${client}.${verb}`),
  )
  .join(' ');

export const RUBY_SINKS: readonly SinkRow[] = [
  { sink: 'property', calls: '*.create *.create! *.update_attributes *.update_attributes! *.assign_attributes', at: [0], language: ruby },
  { sink: 'property', calls: '*.permit!', at: ['receiver'], language: ruby },
  {
    sink: 'sql',
    calls:
      '*.find_by_sql *.select_all *.select_one *.select_value *.select_values *.select_rows *.exec_query *.count_by_sql *.exec_params *.async_exec *.exec_update *.exec_delete *.execute_batch *.update_sql *.prepare',
    at: [0],
    language: ruby,
    evidence: 'statement',
  },
  {
    sink: 'sql',
    calls:
      '*.having *.joins *.from *.select *.lock *.sum *.average *.maximum *.exists? *.find_by *.find_by! *.delete_all *.destroy_all *.update_all *.where *.not *.rewhere',
    at: [0],
    language: ruby,
    evidence: 'sql-or-fragment',
  },
  { sink: 'sql', calls: '*.order *.reorder *.group *.pluck *.calculate', at: [0], language: ruby, evidence: 'strong' },
  { sink: 'sql', calls: '*.query *.raw', at: [0], language: ruby, evidence: 'statement' },
  { sink: 'sql', calls: 'Arel.sql', at: [0], language: ruby },
  { sink: 'sql', calls: '*.exec *.execute', at: [0], language: ruby, evidence: 'sql' },
  {
    sink: 'command',
    calls:
      'system exec spawn backticks Kernel.system Kernel.exec Kernel.spawn Process.spawn IO.popen Open3.capture2 Open3.capture2e Open3.capture3 Open3.popen2 Open3.popen2e Open3.popen3 Open3.pipeline PTY.spawn popen',
    at: [0],
    language: ruby,
  },
  { sink: 'command', calls: '*.exec! Net.SSH.start().exec! ssh.exec', at: [0], language: ruby },
  { sink: 'command', calls: 'open Kernel.open', at: [0], language: ruby, evidence: 'whole' },
  {
    sink: 'code',
    calls: 'eval instance_eval class_eval module_eval *.instance_eval *.class_eval *.module_eval Kernel.eval binding.eval *.eval',
    at: [0],
    language: ruby,
  },
  {
    sink: 'code',
    calls:
      '*.send *.__send__ *.public_send *.method send public_send *.const_get *.try *.instance_variable_set *.define_method Object.const_get',
    at: [0],
    language: ruby,
    evidence: 'whole',
  },
  { sink: 'code', calls: '*.constantize *.safe_constantize *.classify().constantize', at: ['receiver'], language: ruby, evidence: 'whole' },
  { sink: 'code', calls: 'require load require_relative', at: [0], language: ruby },
  {
    sink: 'template',
    calls: 'ERB.new Erubi.Engine.new Erubis.Eruby.new Liquid.Template.parse Slim.Template.new Haml.Engine.new Tilt.new Haml.Template.new',
    at: [0],
    language: ruby,
  },
  { sink: 'template', calls: 'render render_to_string erb haml slim', at: ['inline'], language: ruby },
  { sink: 'template', calls: 'erb haml slim', at: [0], language: ruby, evidence: 'markup' },
  { sink: 'path', calls: 'render', at: [0, 'file', 'template', 'partial'], language: ruby, evidence: 'strong' },
  { sink: 'html', calls: 'raw *.html_safe *.safe_concat', at: ['receiver', 0], language: ruby },
  { sink: 'html', calls: 'render', at: ['html'], language: ruby },
  { sink: 'html', calls: 'return response.body=', at: [0], language: ruby, evidence: 'markup' },
  {
    sink: 'redirect',
    calls: 'redirect_to redirect *.redirect redirect_back',
    at: [0, 'fallback_location'],
    language: ruby,
    evidence: 'page',
  },
  { sink: 'path', calls: `${FILES} send_file *.send_file`, at: [0], language: ruby, evidence: 'file' },
  { sink: 'path', calls: '*.extract FileUtils.cp FileUtils.mv', at: [1], language: ruby, evidence: 'file' },
  {
    sink: 'delete-tree',
    calls:
      'FileUtils.rm_rf FileUtils.rm_r FileUtils.remove_dir FileUtils.remove_entry FileUtils.remove_entry_secure FileUtils.rmtree rm_rf rm_r',
    at: [0],
    language: ruby,
  },
  {
    sink: 'address',
    calls: `${CLIENTS} URI.open open OpenURI.open_uri Net.HTTP.get_uri Down.download URI.parse().open RestClient.Request.execute Faraday.get`,
    at: [0, 'url', 'base_uri'],
    language: ruby,
    evidence: 'host',
  },
  {
    sink: 'deserialize',
    calls: 'YAML.load YAML.unsafe_load YAML.load_stream Psych.load Psych.unsafe_load',
    at: [0],
    language: ruby,
    evidence: 'strong',
  },
  {
    sink: 'deserialize',
    calls: 'Marshal.load Marshal.restore Oj.load Oj.object_load Ox.parse_obj CSV.load',
    at: [0],
    language: ruby,
  },
  { sink: 'ldap', calls: 'Net.LDAP.Filter.construct Net.LDAP.Filter.from_rfc2254', at: [0], language: ruby },
  {
    sink: 'xpath',
    calls: '*.xpath *.at_xpath REXML.XPath.first REXML.XPath.match REXML.XPath.each',
    at: [0, 1],
    language: ruby,
    evidence: 'xpath',
  },
  { sink: 'pattern', calls: 'Regexp.new Regexp.compile', at: [0], language: ruby },
];

export const RUBY_SOURCES: readonly (readonly [CodeSource, RegExp])[] = [
  ['request', /^rails\.(?:params|cookie)(?:\(\))?(?:\.|$)/],
  [
    'request',
    /^rails\.request\.(?:params|query_parameters|request_parameters|path_parameters|body|raw_post|env|headers|referer|referrer|user_agent|query_string|path|url|fullpath|original_url|original_fullpath|host|host_with_port|cookies|GET|POST|path_info)(?:\(\))?(?:\.|$)/,
  ],
  [
    'request',
    /(?:^|\.)original_filename\(\)$|^env\.(?:QUERY_STRING|PATH_INFO|REQUEST_URI|HTTP_\w+|rack\.input)(?:\.|$)|^Rack\.Request\.new\(\)\.(?:params|GET|POST|body|cookies|path|url)(?:\(\))?(?:\.|$)/,
  ],
  ['argument', /^ruby\.(?:ARGV|gets|STDIN)(?:\.|$)|^(?:ARGF\.read|Readline\.readline|STDIN\.\w+|\$stdin\.\w+)\(\)$/],
  ['environment', /^ruby\.ENV\.(?!(?:EDITOR|VISUAL|PAGER|SHELL|HOME|PATH|TMPDIR|USER)(?:\.|$))/],
  ['download', /^(?:Net\.HTTP\.(?:get|get_response)|HTTParty\.get|RestClient\.get|Faraday\.get|URI\.open)\(\)(?:\.|$)/],
];

/** A name that can be one of them. */
export const RUBY_SOURCE_NAMES =
  /rails\.|ruby\.|original_filename|^env\.|Rack|ARGF|Readline|stdin|Net\.HTTP|HTTParty|RestClient|Faraday|URI\.open/;

export const RUBY_CLEANERS: readonly (readonly [RegExp, Clean])[] = [
  [
    /^(?:to_i|to_f|to_d|to_r|to_date|to_time|to_datetime|Integer|Float|Rational|length|size|count|hash|sum|abs|round|floor|ceil|digest|hexdigest|base64digest|parameterize|strftime|iso8601|Date|bytesize|ord|hex|uuid|urlsafe_base64|crypt|sanitize_sql\w*|quote|quote_string|quote_table_name|quote_column_name)$/,
    EVERYTHING,
  ],
  [
    /^(?:h|html_escape|escape_html|escapeHTML|escape_once|sanitize|strip_tags|strip_links|j|escape_javascript|json_escape|to_json|simple_format|content_tag|tag|link_to|image_tag|truncate|safe_join)$/,
    of('html'),
  ],
  [
    /^(?:encode_www_form_component|encode_www_form|url_encode|encode_component|escape_component|to_query|to_param)$/,
    of('html', 'address', 'redirect', 'header', 'path', 'sql', 'delete-tree'),
  ],
  [/^(?:shellescape|shelljoin)$/, of('command')],
  [/^(?:basename|cleanpath_name|extname|sanitize_filename)$/, of('path', 'delete-tree')],
  [/^(?:to_sym|intern|model_name)$/, of('header')],
  [/^(?:permit|slice|expect)$/, of('property')],
  [/^(?:url_from|url_for|\w+_path|\w+_url)$/, of('redirect')],
];

/** By the whole name, where the last part alone says too little. */
export const RUBY_NAMED_CLEANERS: readonly (readonly [RegExp, Clean])[] = [
  [/(?:^|\.)Shellwords\.(?:escape|shellescape|join)$/, of('command')],
  [/(?:^|\.)Regexp\.(?:escape|quote)$/, of('pattern')],
  [
    /(?:^|\.)(?:CGI|URI|ERB\.Util|Rack\.Utils|Addressable\.URI)\.(?:escape|encode|u|escape_path)$/,
    of('html', 'address', 'redirect', 'header', 'path', 'sql', 'command'),
  ],
  [/(?:^|\.)Net\.LDAP\.Filter\.(?:escape|eq|equals)$/, of('ldap')],
  [/(?:^|\.)(?:Date|Time|DateTime|IPAddr|Time\.zone)\.(?:parse|iso8601|strptime|new)$/, EVERYTHING],
];

export const RUBY_CHECKS: readonly (readonly [RegExp, Clean | undefined])[] = [
  [
    /^(?:include\?|key\?|has_key\?|member\?|match\?|match|in\?|exclude\?|value\?|cover\?|any\?|valid_\w+\?|\w*allowed\w*\?|\w*valid\w*\?|\w*safe\w*\?|\w*permitted\w*\?|\w*whitelisted\w*\?|\w*trusted\w*\?|is_\w+\?|local\w*\?|secure_compare|respond_to\?)$/,
    EVERYTHING,
  ],
  [/^(?:start_with\?|starts_with\?|relative\?|child_of\?)$/, of('path', 'delete-tree', 'redirect', 'address')],
  [/^lacks_climbing$/, of('path', 'delete-tree', 'redirect', 'code')],
  [/^(?:is_a\?|kind_of\?|instance_of\?)$/, of('nosql', 'deserialize')],
  [/\?$/, undefined],
];

/** Methods that hand on what is in their arguments, however changed. */
export const RUBY_HANDS_ON: ReadonlySet<string> = new Set(
  'String Array JSON.parse parse new join decode64 strict_decode64 urlsafe_decode64 unescape decode_www_form_component unescapeHTML URI expand_path absolute_path realpath cleanpath Pathname StringIO format read string wrap'.split(
    ' ',
  ),
);
