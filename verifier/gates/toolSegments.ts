import type { Segment } from '../policy/facts.ts';
import type { Subject } from '../protocol/subject.ts';
import { fileSegments, languageSegments } from './fileSegments.ts';
import { languageId } from './languages.ts';
import { PROGRAMS, programName } from './shell/programs/table.ts';
import { quoted } from './shell/programs/words.ts';
import { isPatch, patchedFiles } from './tools/patch.ts';
import { deletes, type ToolRole, toolRole } from './tools/roles.ts';

type ToolCall = Extract<Subject, { kind: 'tool' }>;

const fields = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Names of fields, in lower case and without separators. */
const COMMAND = fields('command cmd commandline script shellcommand bashcommand chars');
const CONTENT = fields('content contents newstring newstr newtext filetext code text inserttext newcode replacement patch newsource input');
const PATH = fields('path filepath file filename targetfile uri notebookpath dirpath destination newpath target');
const FOLDER = fields('cwd workdir workingdirectory directory dirpath workspacefolder');
const ADDRESS = fields('url urls uri address endpoint link href');
/** What was in the file before: it goes away. */
const BEFORE = fields('oldstring oldstr oldtext oldcode');
/** What a person reads about the call; nobody runs it. */
const LABEL = fields('explanation goal description reason title summary thought rationale label name id');
const STATEMENT =
  /^\s*(?:--[^\n]*\n\s*)*(?:select|insert|update|delete|drop|truncate|alter|create|grant|revoke|merge|replace|with|begin)\b[\s\S]*\b(?:from|into|set|table|database|schema|user|role|index|view|truncate|transaction)\b/i;
const MAX_DEPTH = 12;

const fieldName = (key: string): string => key.toLowerCase().replaceAll(/[_-]/g, '');

/**
 * Cuts a tool call into what it runs, writes, asks and says, each part in its own language. What a tool of unknown purpose is
 * told in single words is looked at as configuration besides.
 * @param whole the subject's text (name and JSON): offsets point into it where a value occurs verbatim.
 */
export function toolSegments(call: ToolCall, whole: string): Segment[] {
  return new ToolCut(call, whole).segments;
}

/** The whole text with what the call takes away blanked out, so that removing a credential is not writing one. */
export function withoutRemoved(call: ToolCall, whole: string): string {
  let text = whole;
  const visit = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    for (const [key, field] of Object.entries(value)) {
      if (typeof field !== 'string' || !BEFORE.has(fieldName(key))) visit(field, depth + 1);
      else {
        const written = `${JSON.stringify(key)}: ${JSON.stringify(field)}`;
        const at = text.indexOf(written);
        if (at >= 0) text = text.slice(0, at) + ' '.repeat(written.length) + text.slice(at + written.length);
      }
    }
  };
  visit(call.input, 0);
  return text;
}

class ToolCut {
  readonly segments: Segment[];
  readonly #call: ToolCall;
  readonly #whole: string;
  readonly #role: ToolRole;

  constructor(call: ToolCall, whole: string) {
    this.#call = call;
    this.#whole = whole;
    this.#role = toolRole(call.name);
    this.segments = this.#role === 'unknown' ? [{ zone: 'config', language: 'json', text: settings(call), offset: 0 }] : [];
    if (typeof call.input === 'string') this.#text('input', call.input, '');
    else this.#visit(call.input, '', undefined, 0);
  }

  #visit(value: unknown, path: string, cwd: string | undefined, depth: number): void {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) {
        if (typeof item === 'string') this.#text('item', item, path);
        else this.#visit(item, path, cwd, depth + 1);
      }
      return;
    }
    const entries = Object.entries(value).map(([key, field]): [string, unknown] => [fieldName(key), field]);
    const told = (names: ReadonlySet<string>): string | undefined => {
      const found = entries.find(([name, field]) => names.has(name) && typeof field === 'string' && field !== '');
      return typeof found?.[1] === 'string' ? found[1] : undefined;
    };
    const file = told(PATH) ?? path;
    const folder = told(FOLDER) ?? cwd;
    this.#acts(entries, file);
    const args = entries.find(([name]) => name === 'args' || name === 'arguments')?.[1];
    for (const [name, field] of entries) {
      if (COMMAND.has(name) || (this.#role === 'terminal' && name === 'input')) this.#command(field, args, folder);
      else if (ADDRESS.has(name)) this.#addresses(field);
      else if (typeof field === 'string') this.#text(name, field, file, told(fields('language')));
      else if (CONTENT.has(name) && isWords(field)) this.#text(name, field.join('\n'), file, told(fields('language')));
      else this.#visit(field, file, folder, depth + 1);
    }
  }

  /** What happens to the files that an object of the input names. */
  #acts(entries: readonly [string, unknown][], file: string): void {
    const paths = entries.filter(([name, field]) => PATH.has(name) && typeof field === 'string' && field !== '');
    const recursive = entries.some(([name, field]) => name === 'recursive' && field === true);
    const gone = deletes(this.#call.name);
    const writes = entries.some(([name]) => CONTENT.has(name) && name !== 'input') && file !== '';
    for (const [name, path] of paths) {
      if (typeof path !== 'string' || /^https?:/i.test(path)) continue;
      if (this.#role === 'read') this.#act('read', path);
      else if (gone !== undefined) this.#act(recursive ? 'delete-tree' : gone, path);
      else if (writes || name === 'destination' || name === 'newpath') this.#act('write', path);
    }
  }

  #act(act: NonNullable<Segment['act']>, text: string): void {
    this.segments.push({ zone: 'shell', text, act, offset: this.#place(text) });
  }

  #command(field: unknown, args: unknown, cwd: string | undefined): void {
    const text = isWords(field) ? field.map(quoted).join(' ') : typeof field === 'string' ? field : undefined;
    if (text === undefined) return;
    const patch = isWords(field) ? field.find(isPatch) : isPatch(text) ? text : undefined;
    if (patch !== undefined) this.#patch(patch);
    if (text.trimStart().startsWith('*** Begin Patch')) return;
    const whole = isWords(args) ? `${text} ${args.map(quoted).join(' ')}` : text;
    const language = /powershell|pwsh/i.test(this.#call.name) ? 'powershell' : 'shellscript';
    this.segments.push({ zone: 'shell', language, text: whole, offset: this.#place(text), ...(cwd === undefined ? {} : { cwd }) });
  }

  #addresses(field: unknown): void {
    const list = typeof field === 'string' ? [field] : isWords(field) ? field : [];
    for (const address of list) if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) this.#act('request', address);
  }

  #patch(text: string): void {
    for (const { path, act, added } of patchedFiles(text)) {
      this.#act(act, path);
      if (added !== '')
        for (const part of fileSegments(added, path, undefined)) this.segments.push({ ...part, offset: this.#place(added) });
    }
  }

  #text(name: string, text: string, file: string, language?: string): void {
    if (isPatch(text)) this.#patch(text);
    else if (BEFORE.has(name) || LABEL.has(name) || text === '' || this.#role === 'read' || this.#role === 'fetch') return;
    else if (STATEMENT.test(text.slice(0, 4_000)) && (this.#role === 'unknown' || /sql/i.test(name)) && file === '')
      this.#act('query', text);
    else if (CONTENT.has(name) && (file !== '' || language !== undefined || name === 'code')) this.#written(name, text, file, language);
    else this.#said(text);
  }

  /** What is written to a file, or is code by its field's name. */
  #written(name: string, text: string, file: string, language: string | undefined): void {
    const offset = this.#place(text);
    const told =
      language === undefined ? (file === '' && name === 'code' ? codeLanguage(this.#call.name) : undefined) : languageId(language);
    const parts = told === undefined || file !== '' ? fileSegments(text, file, told) : languageSegments(text, told, 0, '');
    for (const part of parts) this.segments.push({ ...part, offset });
  }

  /** Any other string: a command where it reads like one, else prose that may mention some. */
  #said(text: string): void {
    if (!/\s/.test(text)) return;
    const offset = this.#place(text);
    if (readsLikeCommand(text)) this.segments.push({ zone: 'shell', language: 'shellscript', text, offset });
    else this.segments.push({ zone: 'prose', language: 'plaintext', text, offset });
  }

  #place(text: string): number {
    return Math.max(0, this.#whole.indexOf(JSON.stringify(text).slice(1, -1)));
  }
}

/** The input without texts, which are parts of their own, and without what goes away. */
function settings({ input }: ToolCall): string {
  const short = (key: string, value: unknown): unknown =>
    typeof value === 'string' && (/\s/.test(value) || BEFORE.has(fieldName(key))) ? '' : value;
  return JSON.stringify(input, short, 2);
}

function isWords(field: unknown): field is string[] {
  return Array.isArray(field) && field.length > 0 && field.every((word) => typeof word === 'string');
}

/** A line that starts with a program and goes on with what only commands have: options, paths, pipes. */
function readsLikeCommand(text: string): boolean {
  const line = text.trim();
  if (line.length > 2_000 || /[.!?]$/.test(line)) return false;
  const [first = '', ...rest] = line.split(/\s+/, 30);
  const known = PROGRAMS.has(programName(first)) || /^\.{0,2}\/\S/.test(first);
  return known && rest.some((word) => /^(?:-{1,2}[A-Za-z]|\/|~|\.{1,2}(?:\/|$)|\$|\*|\||>|<|&&|\w+=\S|https?:)/.test(word));
}

/** The language of code that a tool runs, as its name tells it. */
function codeLanguage(tool: string): string | undefined {
  const name = /python|javascript|typescript|node|playwright|ruby|powershell|bash|shell/i.exec(tool)?.[0].toLowerCase();
  return name === 'playwright' ? 'javascript' : name === undefined ? undefined : languageId(name);
}
