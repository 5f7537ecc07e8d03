import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Node, Parser } from '@vscode/tree-sitter-wasm';
import { z } from 'zod';
import type { Source } from './checkStructure.ts';
import { manifestTexts, rawManifest, referencedKeys } from './manifest.ts';

const root = join(import.meta.dirname, '..');
const BUNDLE = 'l10n/bundle.l10n.json';
/** The functions that look a message up; the file of one of them passes messages on. */
const LOOKUPS = ['t', 'said'];
const PASSES_ON = 'extension/core/said.ts';
const FUNCTIONS = ['arrow_function', 'function_declaration', 'function_expression', 'method_definition', 'generator_function'];
const Messages = z.record(z.string(), z.string());

export interface Found {
  readonly messages: readonly string[];
  readonly problems: readonly string[];
}

/** Every message that sources look up, and the look-ups that a translation could not reach. */
export async function messagesOf(sources: readonly Source[]): Promise<Found> {
  const parser = await typescriptParser();
  const messages = new Set<string>();
  const problems: string[] = [];
  for (const { path, text } of sources.filter((source) => source.path !== PASSES_ON)) {
    const tree = parser.parse(text);
    for (const call of tree?.rootNode.descendantsOfType('call_expression') ?? []) {
      if (call === null || !LOOKUPS.includes(call.childForFieldName('function')?.text ?? '')) continue;
      const given = call.childForFieldName('arguments')?.namedChildren.filter((node) => node?.type !== 'comment') ?? [];
      const at = `${path}:${call.startPosition.row + 1}`;
      const message = literal(given[0]);
      if (message === undefined) {
        problems.push(`${at}: the message is no plain string: a translation is looked up by it, so it must stand there as a whole`);
        continue;
      }
      messages.add(message);
      const places = placesOf(message).length;
      if (places !== given.length - 1) problems.push(`${at}: the message has ${places} place(s) and ${given.length - 1} value(s)`);
      if (!isInFunction(call)) problems.push(`${at}: looked up when the file is loaded, which is before the language is known`);
    }
    tree?.delete();
  }
  return { messages: [...messages].sort(), problems };
}

async function typescriptParser(): Promise<Parser> {
  const { Language, Parser } = (await import('@vscode/tree-sitter-wasm')).default;
  const folder = dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'));
  await Parser.init({ locateFile: (name: string) => join(folder, name) });
  return new Parser().setLanguage(await Language.load(await readFile(join(folder, 'tree-sitter-typescript.wasm'))));
}

/** The value of a string literal; the escapes are those of JSON, apart from the quotes. */
function literal(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'string') return undefined;
  const inner = node.text.slice(1, -1).replaceAll("\\'", "'").replace(/\\"|"/g, '\\"');
  return z.string().parse(JSON.parse(`"${inner}"`));
}

function isInFunction(node: Node): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (FUNCTIONS.includes(at.type)) return true;
  return false;
}

/** The places for values in a message, such as `{0}`, each once. */
function placesOf(message: string): string[] {
  return [...new Set(message.match(/\{\d+\}/g))].sort();
}

/** What is wrong between package.json and its texts. */
export function manifestProblems(manifest: unknown, texts: Readonly<Record<string, string>>): string[] {
  const used = new Set(referencedKeys(manifest));
  return [
    ...[...used].filter((key) => texts[key] === undefined).map((key) => `package.json refers to %${key}%, which package.nls.json has not`),
    ...Object.keys(texts)
      .filter((key) => !used.has(key))
      .map((key) => `package.nls.json has ${key}, to which package.json does not refer`),
  ];
}

/** What is wrong with a translation (key → text) of English texts: keys that are not there, values that would be lost. */
export function translationProblems(
  name: string,
  translated: Readonly<Record<string, string>>,
  english: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(translated).flatMap(([key, text]) => {
    const original = english[key];
    if (original === undefined) return [`${name} translates what is not there any more: ${key}`];
    return placesOf(text).join() === placesOf(original).join() ? [] : [`${name} has other places for values than the English: ${key}`];
  });
}

function sourcesOfExtension(): Source[] {
  return readdirSync(join(root, 'extension'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

function bundleText(messages: readonly string[]): string {
  return `${JSON.stringify(Object.fromEntries(messages.map((message) => [message, message])), null, 2)}\n`;
}

function readTexts(path: string): Record<string, string> {
  return Messages.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
}

/** The messages of the extension as the package has them: each is its own text. */
export function messagesBundle(): Record<string, string> {
  return readTexts(BUNDLE);
}

/** Names of the translations in a folder, without the English. */
function translations(folder: string, pattern: RegExp): string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((name) => pattern.test(name)) : [];
}

/** Everything that keeps a text of the extension from being translated. */
export async function localisationProblems(): Promise<string[]> {
  const { messages, problems } = await messagesOf(sourcesOfExtension());
  const english = Object.fromEntries(messages.map((message) => [message, message]));
  const texts = manifestTexts();
  const isCurrent = existsSync(join(root, BUNDLE)) && readFileSync(join(root, BUNDLE), 'utf8') === bundleText(messages);
  return [
    ...problems,
    ...manifestProblems(rawManifest(), texts),
    ...(isCurrent ? [] : [`${BUNDLE} differs from the sources: run "npm run docs"`]),
    ...translations('l10n', /^bundle\.l10n\..+\.json$/).flatMap((name) => translationProblems(name, readTexts(`l10n/${name}`), english)),
    ...translations('.', /^package\.nls\..+\.json$/).flatMap((name) => translationProblems(name, readTexts(name), texts)),
  ];
}

if (import.meta.main) {
  const { messages, problems } = await messagesOf(sourcesOfExtension());
  for (const problem of problems) console.error(problem);
  mkdirSync(join(root, 'l10n'), { recursive: true });
  writeFileSync(join(root, BUNDLE), bundleText(messages));
  console.log(`${BUNDLE} has ${messages.length} messages.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
