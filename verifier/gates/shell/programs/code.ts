import type { Call } from '../call.ts';
import { GAP, literal, type Value } from '../value.ts';
import { type CodeCall, findCalls } from './codeCalls.ts';

/** Longest program text that is looked into. */
const MAX_CODE = 32 * 1024;

const DELETES_TREE =
  /(?:^|[.:])(?:rmtree|remove_tree|rm_rf|rm_r|remove_dir|remove_entry_secure|remove_dir_all|deltree|rimraf|emptyDirSync|removeSync)$|^fs(?:\.promises)?\.(?:rm|rmSync|rmdir|rmdirSync)$|(?:^|\.)(?:rmSync|rmdirSync)$/;
const DELETES =
  /^(?:os\.(?:remove|unlink|rmdir|removedirs)|unlink|rmdir|File\.(?:delete|unlink)|FileUtils\.rm(?:_f)?|Dir\.(?:rmdir|delete|unlink)|os\.remove|fs(?:\.promises)?\.unlink(?:Sync)?)$|(?:^|\.)unlinkSync$/;
const RUNS =
  /^(?:os\.(?:system|popen|execvp?e?|spawn\w*)|system|exec|shell_exec|passthru|popen|proc_open|qx|`|IO\.popen|Kernel\.(?:system|exec|spawn)|spawn|commands\.getoutput|do shell script|subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|os\.execute|io\.popen|pty\.spawn|Open3\.\w+)$|(?:^|\.)(?:execSync|spawnSync|execFileSync|execFile)$|child_process["')]*\.(?:exec|spawn)$|\)\.(?:exec|spawn)$/;
const WRITES = /^(?:open|File\.(?:write|open)|file_put_contents)$|(?:^|\.)(?:(?:write|append)File(?:Sync)?|createWriteStream|write_text)$/;
const SOCKETS =
  /(?:^|[.:])(?:socket\.socket|TCPSocket\.(?:new|open)|fsockopen|pfsockopen|create_connection|createConnection|net\.connect|net\.Socket|connect|INET|inet_aton|Socket)$|socket\.connect$/;
const FETCHES =
  /urlopen|urlretrieve|requests\.get|httpx\.get|URI\.open|Net::HTTP\.get|file_get_contents|LWP::Simple|fetch$|https?\.get$|getstore|^get$/;

/** Longest program on disk that is looked into. */
const MAX_PROGRAM = 512 * 1024;
const MAX_PROGRAM_CALLS = 5_000;

/**
 * Looks into a program on disk. Paths and commands that it works out as it goes are the rule in programs, not
 * the sign of something hidden as in a one-liner: only what it names counts.
 */
export function noteProgram(call: Call, text: string): void {
  for (const found of findCalls(text.slice(0, MAX_PROGRAM), MAX_PROGRAM_CALLS)) {
    if (found.computed || found.strings.length === 0) continue;
    // Backquotes run a command in three languages; in JavaScript they are text.
    if (found.name === '`' && !/^(?:perl|ruby|php)$/.test(call.program)) continue;
    // `/pattern/g.exec(text)` runs nothing.
    if (/\/[a-z]{0,8}\.$/.test(text.slice(Math.max(0, found.start - 10), found.start))) continue;
    call.session.mark(found.start, found.end);
    if (DELETES_TREE.test(found.name)) noteDeletion(call, found, true);
    else if (DELETES.test(found.name)) noteDeletion(call, found, false);
    else if (RUNS.test(found.name)) {
      if (!(found.name === 'exec' && call.program === 'python')) runFound(call, found);
    } else if (WRITES.test(found.name)) noteOpened(call, found);
  }
}

/** Looks into a one-liner for what it deletes, runs, writes, fetches and connects. */
export function noteCode(call: Call, text: string): void {
  const code = text.slice(0, MAX_CODE);
  const calls = findCalls(code);
  const fetched = calls.some(
    (found) => FETCHES.test(found.name) && !(found.name === 'file_get_contents' && !/^https?:/.test(found.strings[0] ?? 'http:')),
  );
  const decoded =
    calls.some((found) => /b64decode|base64_decode|decode64|unhexlify|fromhex|decompress|^atob$|unpack$/.test(found.name)) ||
    /Buffer\.from\([^)]{0,2000}['"]base64['"]/.test(code);
  const evaluates = calls.some((found) =>
    /^(?:exec|eval|compile|instance_eval|assert|create_function|Function|vm\.run\w*)$/.test(found.name),
  );
  let runsComputed = false;
  for (const found of calls) {
    if (DELETES_TREE.test(found.name)) noteDeletion(call, found, true);
    else if (DELETES.test(found.name)) noteDeletion(call, found, false);
    else if (RUNS.test(found.name)) {
      if (found.name === 'exec' && call.program === 'python') runsComputed ||= found.computed;
      else if (found.strings.length === 0 || found.computed) runsComputed = true;
      if (!(found.name === 'exec' && call.program === 'python')) runFound(call, found);
    } else if (WRITES.test(found.name)) noteOpened(call, found);
    else if (/(?:^|\.)read_text$|readFileSync$|^File\.read$|^file_get_contents$|^readfile$/.test(found.name))
      noteRead(call, found.strings[0]);
  }
  noteSockets(call, code, calls);
  if ((fetched || decoded) && (evaluates || runsComputed))
    call.effect('remote-code', {
      traits: [fetched && 'downloaded', decoded && 'decoded', /["']http:\/\//.test(code) && fetched && 'plain-http'],
    });
  if (
    /\bfork\b/.test(code) &&
    /fork\s*(?:\(\))?\s*while\s*fork|while\s*\(?\s*(?:1|true|True)\s*\)?\s*[:{]?[\s{]*(?:os\.)?fork|loop\s*\{\s*fork|forever.{0,20}fork/.test(
      code.slice(0, 4000),
    )
  )
    call.effect('exhaust', { traits: ['unrecoverable'] });
}

function noteDeletion(call: Call, found: CodeCall, recursive: boolean): void {
  const value: Value =
    found.strings[0] === undefined || found.computed ? literal(homeOf(found, call) ?? GAP) : literal(tilde(found.strings[0], call));
  const path = call.path(value);
  call.effect('delete', {
    target: path.target,
    targetText: path.text,
    traits: [recursive && 'recursive', recursive && 'force', path.unresolved && 'unresolved-target'],
  });
}

/** `os.path.expanduser("~/x")`, `Path.home()`, `Dir.home`. */
function homeOf(found: CodeCall, call: Call): string | undefined {
  const first = found.strings[0];
  return first?.startsWith('~') || first?.startsWith('/') ? tilde(first, call) : undefined;
}

function tilde(text: string, call: Call): string {
  return text === '~' || text.startsWith('~/') ? call.session.home + text.slice(1) : text;
}

function runFound(call: Call, found: CodeCall): void {
  const [first] = found.strings;
  if (first === undefined || found.computed) return;
  const how = { ...call.how, input: undefined, depth: call.how.depth + 1 };
  const separate = found.list || (found.strings.length > 1 && !/\s/.test(first));
  if (separate && !/^(?:utf-?8|ascii|pipe|inherit|r|w)$/i.test(found.strings[1] ?? ''))
    call.session.runWords(
      found.strings.map((text) => literal(text)),
      how,
    );
  else call.session.runText(literal(first), how);
}

function noteOpened(call: Call, found: CodeCall): void {
  const [path, mode = ''] = found.strings;
  if (path === undefined || found.computed) return;
  const writes = found.name !== 'open' && found.name !== 'File.open' ? true : /^[wax>+]/.test(mode) || /^>/.test(path);
  if (!writes) {
    noteRead(call, path);
    return;
  }
  const facts = call.path(literal(tilde(path.replace(/^>+\s*/, ''), call)));
  // As with `>>`, what is added loses nothing; in the guard's own lists it says something else than they did.
  const isAdded = /append/.test(found.name) && facts.target !== 'guard';
  if (facts.target === 'device') call.effect('wipe', { target: 'device', targetText: facts.text, traits: ['unrecoverable'] });
  else if (!isAdded && facts.target !== 'none' && facts.target !== 'temporary')
    call.effect('overwrite', { target: facts.target, targetText: facts.text });
}

function noteRead(call: Call, path: string | undefined): void {
  if (path === undefined) return;
  const facts = call.path(literal(tilde(path, call)));
  if (facts.target === 'credential') call.effect('read-credential', { target: 'credential', targetText: facts.text });
}

/** A socket together with a shell, or with its descriptors made standard, is a reverse shell. */
function noteSockets(call: Call, code: string, calls: readonly CodeCall[]): void {
  const connects =
    calls.some((found) => SOCKETS.test(found.name)) ||
    /IO::Socket|TCPSocket|socket\.socket|net\.(?:connect|Socket|createConnection)|fsockopen|Socket;/.test(code);
  if (!connects) return;
  const shell = calls.some((found) =>
    found.strings.some((text) => /(?:^|\/)(?:ba|z|da|k|c)?sh(?:\s+-i)?(?:$|\s)|cmd(?:\.exe)?$|powershell/.test(text)),
  );
  const wired = calls.some((found) => /dup2$|pty\.spawn$|reopen$/.test(found.name));
  if (wired || shell || /(?:>|<)&\s*\d|\/bin\/(?:ba)?sh -i/.test(code)) call.effect('reverse-shell', { traits: ['remote'] });
}
