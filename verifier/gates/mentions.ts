import { PROGRAMS, programName } from './shell/programs/table.ts';

/** Longest command that is taken from prose. */
const MAX_COMMAND = 600;
/** Candidates of one text; those of the shape looked for are few in honest prose. */
const GLANCE = 120;
const MAX_CANDIDATES = 500;

/** Programs whose name in running text may start a command that does harm. Everyday words (`at`, `set`) are left out. */
const STARTERS = new Set(
  (
    'rm rmdir dd mkfs shred wipefs fdisk sfdisk parted sgdisk blkdiscard cryptsetup zpool chmod chown sudo doas su curl wget nc ncat netcat socat bash sh zsh ' +
    'python python3 perl ruby node php git psql mysql mongo mongosh redis-cli sqlite3 dropdb kubectl terraform aws gcloud az docker podman helm crontab systemctl ' +
    'iptables ufw setenforce scp rsync tar cat find xargs eval npm npx pip pip3 yarn pnpm gem cargo echo printf base64 openssl mv truncate tee killall pkill ' +
    'shutdown reboot halt poweroff format del rd powershell pwsh iex Remove-Item Format-Volume vssadmin'
  ).split(' '),
);

/** A word that only a command has: an option, a path, a pipe, a redirection, an address, a substitution. */
function isCommandLike(word: string): boolean {
  return /^(?:-{1,2}[A-Za-z]|\/(?!\/)|~|\.{1,2}(?:\/|$)|\$|\*|\||>|<|if=|of=|https?:\/\/|["'].*[/$|;])/.test(word);
}

/** `<name>` as a sentence writes a placeholder; a shell would read two redirections. As long as it was. */
function withoutPlaceholders(text: string): string {
  return text.replace(/(^|[\s=/:@"'])<([A-Za-z](?:[\w .-]{0,40}\w)?)>(?=$|[\s"'`,.;:@)]|\/<)/g, (_, before: string, name: string) => {
    return `${before}_${name.replace(/[^\w-]/g, '_')}_`;
  });
}

/** Finds command texts in prose, placeholders made words. One pass; looks only where a starter's name or a backquote stands. */
export function commandsMentioned(text: string): { text: string; offset: number }[] {
  return mentions(text).map((mention) => ({ ...mention, text: withoutPlaceholders(mention.text) }));
}

function mentions(text: string): { text: string; offset: number }[] {
  const found: { text: string; offset: number }[] = [];
  const spans: { from: number; to: number }[] = [];
  for (const span of inlineCode(text)) {
    spans.push({ from: span.offset, to: span.offset + span.text.length });
    const first = programName(span.text.trimStart().split(/\s/, 1)[0] ?? '');
    if (
      found.length < MAX_CANDIDATES &&
      !isOnlyNamed(span.text) &&
      (PROGRAMS.has(first) || /^[:\w]+\s*\(\)\s*\{/.test(span.text.trimStart().slice(0, 80)) || span.text.includes('|'))
    )
      found.push(span);
  }
  let span = 0;
  for (let at = 0; at < text.length && found.length < MAX_CANDIDATES; ) {
    const end = wordEnd(text, at);
    if (end === at) {
      if (text.startsWith(':(){', at) || text.startsWith(':() {', at)) {
        const bomb = { text: lineRest(text, at), offset: at };
        found.push(bomb);
        at += bomb.text.length;
      } else at++;
      continue;
    }
    while (span < spans.length && (spans[span]?.to ?? 0) <= at) span++;
    const inSpan = (spans[span]?.from ?? Number.POSITIVE_INFINITY) <= at;
    const word = text.slice(at, end);
    const name = word.slice(word.lastIndexOf('/') + 1);
    const base = name.startsWith('mkfs.') ? 'mkfs' : name;
    if (!inSpan && STARTERS.has(base) && /[ \t]/.test(text.charAt(end))) {
      // A glance before the whole sentence is read.
      if (lineFrom(text, end, GLANCE).split(/\s+/, 7).some(isCommandLike)) {
        const command = sentenceRest(text, at);
        found.push({ text: command, offset: at });
        at += command.length;
        continue;
      }
    }
    at = end;
  }
  return found;
}

/** Words are letters, digits and what file names are made of. */
function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const letter =
      (code >= 48 && code <= 57) ||
      (code >= 65 && code <= 90) ||
      (code >= 97 && code <= 122) ||
      code === 46 ||
      code === 47 ||
      code === 45 ||
      code === 95;
    if (!letter) break;
    at++;
  }
  return at;
}

/** At most `length` characters up to the line's end; a backslash carries the line on. */
function lineFrom(text: string, from: number, length: number): string {
  return /^(?:\\\r?\n|[^\n])*/.exec(text.slice(from, from + length))?.[0] ?? '';
}

function lineRest(text: string, from: number): string {
  const newline = text.indexOf('\n', from);
  return text.slice(from, Math.min(newline < 0 ? text.length : newline, from + MAX_COMMAND));
}

/** From the program's name to the end of the sentence or line; a backslash carries the line on. */
function sentenceRest(text: string, from: number): string {
  const limit = Math.min(text.length, from + MAX_COMMAND);
  let at = from;
  let quote = '';
  for (; at < limit; at++) {
    const letter = text.charAt(at);
    if (letter === '\n') {
      if (text.charAt(at - 1) !== '\\') break;
    } else if (quote !== '') {
      if (letter === quote) quote = '';
    } else if ((letter === '"' || letter === "'") && /[\s=(]/.test(text.charAt(at - 1))) quote = letter;
    else if (letter === '`' || letter === '”' || letter === '’' || letter === '»') break;
    else if (/[.?!,]/.test(letter) && /\s|^$/.test(text.charAt(at + 1)) && !/[\s/.]/.test(text.charAt(at - 1))) break;
    else if (
      (letter === '"' || letter === "'" || letter === ')') &&
      /[\s.,;:?!]|^$/.test(text.charAt(at + 1)) &&
      balanced(text.slice(from, at))
    )
      break;
  }
  return text.slice(from, at).trimEnd();
}

/** Nothing in the text so far waits for a closing parenthesis. */
function balanced(text: string): boolean {
  let open = 0;
  for (const letter of text) {
    if (letter === '(') open++;
    else if (letter === ')') open--;
  }
  return open <= 0;
}

/** `rm -rf` with nothing to remove is the command's name, not its use. */
function isOnlyNamed(code: string): boolean {
  return /^\s*(?:sudo\s+)?rm(?:\s+-{1,2}[\w-]{1,40}){0,8}\s*$/.test(code);
}

/** Inline code spans: text between equal runs of backquotes, within one paragraph. */
function inlineCode(text: string): { text: string; offset: number }[] {
  const spans: { text: string; offset: number }[] = [];
  let at = text.indexOf('`');
  while (at >= 0 && spans.length < 512) {
    let length = 1;
    while (text.charAt(at + length) === '`') length++;
    const mark = '`'.repeat(length);
    const close = text.indexOf(mark, at + length);
    if (close < 0) {
      at = text.indexOf('`', at + length);
      continue;
    }
    // A fence's first line says the language, or nothing.
    const newline = length < 3 ? -1 : text.indexOf('\n', at);
    const from = newline > 0 && newline < close ? newline + 1 : at + length;
    const body = text.slice(from, close);
    if (body.length <= MAX_COMMAND && !body.includes('\n\n')) spans.push({ text: body, offset: from });
    at = text.indexOf('`', close + length);
  }
  return spans;
}
