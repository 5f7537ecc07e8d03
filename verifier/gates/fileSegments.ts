import type { Segment } from '../policy/facts.ts';
import { dockerfileScripts } from './build/dockerfileScripts.ts';
import { execWords } from './build/execWords.ts';
import { buildFormat } from './build/formats.ts';
import { workflowScripts } from './build/workflow.ts';
import { YamlReader } from './build/yamlNodes.ts';
import { CONFIG_LANGUAGES, languageId, languageOfPath, PROSE_LANGUAGES, SHELL_LANGUAGES } from './languages.ts';
import { notebookSegments } from './notebookSegments.ts';

/** Cuts a file by the language that the editor or its path tells. */
export function fileSegments(text: string, path: string, language: string | undefined): Segment[] {
  const told = language === undefined ? languageOfPath(path) : languageId(language);
  const id = (told === '' || told === 'plaintext') && /^#!.{0,80}\b(?:ba|z|da|k)?sh\b/.test(text.slice(0, 120)) ? 'shellscript' : told;
  const cells = /\.ipynb$/i.test(path) ? notebookSegments(text) : undefined;
  return cells ?? languageSegments(text, id, 0, path);
}

/**
 * Cuts a text of a known language. Commands inside other languages (RUN in a Dockerfile, recipes, package
 * scripts, `run:` in workflows) become shell segments beside the whole.
 */
export function languageSegments(text: string, language: string, offset: number, path: string): Segment[] {
  if (SHELL_LANGUAGES.has(language)) return [{ zone: 'shell', language, text, offset }];
  const found = buildFormat(text, language, path);
  const format = found === undefined ? {} : { format: found };
  if (PROSE_LANGUAGES.has(language)) return [{ zone: 'prose', language, text, offset, ...format }];
  const zone = CONFIG_LANGUAGES.has(language) ? 'config' : 'code';
  const whole: Segment = { zone, ...(language === '' ? {} : { language }), text, offset, ...format };
  switch (language) {
    case 'dockerfile':
      return [whole, ...dockerfileScripts(text, offset)];
    case 'makefile':
      return [whole, ...recipes(text, offset)];
    case 'json':
      return /(?:^|[\\/])package\.json$/.test(path) ? [whole, ...packageScripts(text, offset)] : [whole];
    case 'yaml':
      return [whole, ...(found === 'workflow' ? workflowScripts(new YamlReader(text), offset) : yamlRuns(text, offset))];
    default:
      return [whole];
  }
}

function shell(text: string, offset: number): Segment {
  return { zone: 'shell', language: 'shellscript', text, offset };
}

function* linesOf(text: string): Generator<{ line: string; start: number }> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield { line: text.slice(start, end), start };
    start = end + 1;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Recipe lines, joined where they go on; make's own marks and `$$` taken out. */
function recipes(text: string, offset: number): Segment[] {
  const segments: Segment[] = [];
  let recipe: { text: string; offset: number } | undefined;
  for (const { line, start } of linesOf(text)) {
    const goesOn = recipe?.text.endsWith('\\') === true;
    if (line.startsWith('\t') || goesOn) {
      const bare = line.replace(/^\t[@+-]*/, (marks) => ' '.repeat(marks.length)).replaceAll('$$', '$');
      if (recipe === undefined) recipe = { text: bare, offset: offset + start };
      else recipe.text += `\n${bare}`;
    } else if (recipe !== undefined) {
      segments.push(shell(recipe.text, recipe.offset));
      recipe = undefined;
    }
  }
  if (recipe !== undefined) segments.push(shell(recipe.text, recipe.offset));
  return segments;
}

/** Values of `scripts` in package.json, each found in the text again for its place. */
function packageScripts(text: string, offset: number): Segment[] {
  const manifest = parseJson(text);
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return [];
  const { scripts } = manifest;
  if (typeof scripts !== 'object' || scripts === null) return [];
  const from = Math.max(0, text.indexOf('"scripts"'));
  return Object.entries(scripts).flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    const key = text.indexOf(JSON.stringify(name), from);
    const at = text.indexOf(JSON.stringify(value), Math.max(key, 0));
    return [shell(value, offset + (at < 0 ? Math.max(key, 0) : at + 1))];
  });
}

/** `run:`, `script:`, `command:` values of workflows and pipelines: one line, a block scalar or a list. */
function yamlRuns(text: string, offset: number): Segment[] {
  const segments: Segment[] = [];
  let block: { indent: number; from: number; to: number; list: boolean } | undefined;
  const close = (): void => {
    if (block === undefined || block.to <= block.from) return;
    const body = text.slice(block.from, block.to);
    segments.push(shell(block.list ? body.replace(/^(\s*)- /gm, '$1  ') : body, offset + block.from));
  };
  for (const { line, start } of linesOf(text)) {
    const indent = line.length - line.trimStart().length;
    const blank = line.trim() === '';
    if (block !== undefined) {
      const inside = blank || indent > block.indent || (block.list && indent === block.indent && line.trimStart().startsWith('- '));
      if (inside) {
        block.to = start + line.length;
        continue;
      }
      close();
      block = undefined;
    }
    const key =
      /^(\s{0,200}(?:- )?)(?:run|script|before_script|after_script|command|cmd|shell|entrypoint|args|preBuild|postBuild|inlineScript|bash):\s*/.exec(
        line,
      );
    if (key === null) continue;
    const value = line.slice(key[0].length);
    if (value === '' || /^[|>][+\-\d]*\s*(?:#.*)?$/.test(value)) {
      block = { indent: (key[1] ?? '').length, from: start + line.length + 1, to: start + line.length + 1, list: value === '' };
    } else segments.push(shell(yamlScalar(value), offset + start + key[0].length));
  }
  close();
  return segments;
}

function yamlScalar(value: string): string {
  if (value.startsWith('[')) return execWords(value);
  const quoted = /^(["'])(.*)\1\s*$/.exec(value);
  if (quoted === null) return value;
  return quoted[1] === "'" ? (quoted[2] ?? '').replaceAll("''", "'") : String(parseJson(value.trim()) ?? quoted[2]);
}
