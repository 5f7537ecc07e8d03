import { posix } from 'node:path';
import type { Call, ProgramReader } from '../call.ts';
import { readOptions, valuesOf } from '../options.ts';
import { GAP, isKnown, literal, UNKNOWN } from '../value.ts';

const NAMES = ['GNUmakefile', 'makefile', 'Makefile'];
const MAX_LINES = 5_000;
/** Rules that one run follows. */
const MAX_TARGETS = 100;
const MAX_EXPANSIONS = 200;

/** Variables that make sets itself (GNU make manual, 10.3), where the makefile does not. */
const IMPLICIT: readonly (readonly [string, string])[] = [
  ['RM', 'rm -f'],
  ['CC', 'cc'],
  ['CXX', 'c++'],
  ['AR', 'ar'],
  ['AS', 'as'],
  ['LD', 'ld'],
  ['CFLAGS', ''],
  ['CXXFLAGS', ''],
  ['CPPFLAGS', ''],
  ['LDFLAGS', ''],
  ['DESTDIR', ''],
];

interface Recipe {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Rule {
  readonly needs: string;
  readonly recipes: Recipe[];
}

/** What of a makefile tells which commands run (GNU make manual, 2 and 6): plain rules and variables. */
interface Makefile {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly variables: Map<string, string>;
  readonly first: string | undefined;
}

function readMakefile(text: string): Makefile {
  const rules = new Map<string, Rule>();
  const variables = new Map<string, string>();
  let current: Rule[] = [];
  let first: string | undefined;
  let goesOn = false;
  let start = 0;
  for (const line of text.split('\n', MAX_LINES)) {
    const end = start + line.length;
    const last = current[0]?.recipes.at(-1);
    if (goesOn && last !== undefined)
      for (const rule of current) rule.recipes.splice(-1, 1, { ...last, text: `${last.text}\n${line}`, end });
    else if (line.startsWith('\t')) for (const rule of current) rule.recipes.push({ text: line.replace(/^[\t @+-]+/, ''), start, end });
    else {
      const assignment = /^(?:export |override )?\s*([\w.-]{1,80})\s*(:{0,3}=|\?=|\+=)\s*(.*)$/.exec(line);
      const [, name = '', operator = '', value = ''] = assignment ?? [];
      const colon = line.indexOf(':');
      if (assignment !== null) {
        const before = variables.get(name);
        if (operator === '+=' && before !== undefined) variables.set(name, `${before} ${value}`);
        else if (operator !== '?=' || before === undefined) variables.set(name, value.replace(/\s+#.*$/, ''));
      } else if (colon > 0 && !/^[\s#]/.test(line)) {
        const [needs = '', inline] = line
          .slice(colon + 1)
          .replace(/^:/, '')
          .split(';', 2);
        const names = line.slice(0, colon).trim().split(/\s+/);
        current = names.map((target) => rules.get(target) ?? { needs: '', recipes: [] });
        current = current.map((rule) => ({ needs: `${rule.needs} ${needs}`, recipes: [...rule.recipes] }));
        for (const [index, target] of names.entries()) {
          const rule = current[index];
          if (rule !== undefined) rules.set(target, rule);
          if (first === undefined && !target.startsWith('.') && !target.includes('%')) first = target;
        }
        if (inline !== undefined) for (const rule of current) rule.recipes.push({ text: inline.trim(), start, end });
      } else if (line.trim() !== '' && !line.trimStart().startsWith('#')) current = [];
    }
    goesOn = line.endsWith('\\') && (line.startsWith('\t') || goesOn);
    start = end + 1;
  }
  return { rules, variables, first };
}

/** Puts variables in; functions and what is not in the makefile stay unknown. */
function expand(text: string, variables: ReadonlyMap<string, string>, special: ReadonlyMap<string, string>): string {
  let result = text;
  for (let round = 0; round < MAX_EXPANSIONS; round++) {
    const reference = /(?<!\$)((?:\$\$)*)\$(?:\(([^()$]{0,200})\)|\{([^{}$]{0,200})\}|([@<^?*]))/.exec(result);
    if (reference === null) break;
    const [whole, escapes = '', round_, curly, mark] = reference;
    const name = round_ ?? curly ?? mark ?? '';
    const value = special.get(name) ?? variables.get(name) ?? GAP;
    result = result.slice(0, reference.index) + escapes + value + result.slice(reference.index + whole.length);
    if (result.length > 16_384) return GAP;
  }
  return result.replaceAll('$$', '$');
}

/** make and gmake: the recipes of the asked targets and of what these need. */
const make: ProgramReader = (call) => {
  const options = readOptions(call.args, 'C f I j l o W directory file makefile include-dir');
  if (options.flags.has('n') || options.flags.has('dry-run') || options.flags.has('q')) return UNKNOWN;
  const { scope } = call.session;
  const folder = valuesOf(options, 'C', 'directory')[0];
  if (scope.cwd === undefined || call.how.remote || (folder !== undefined && !isKnown(folder))) return UNKNOWN;
  const at = posix.resolve(scope.cwd, folder?.text ?? '.');
  const named = valuesOf(options, 'f', 'file', 'makefile')[0];
  if (named !== undefined && !isKnown(named)) return UNKNOWN;
  const paths = (named === undefined ? NAMES : [named.text]).map((name) => posix.resolve(at, name));
  const found = paths.map((path) => ({ path, text: call.session.manifest(path) })).find(({ text }) => text !== undefined);
  if (found?.text === undefined) return UNKNOWN;
  const makefile = readMakefile(found.text);
  for (const [name, value] of IMPLICIT) if (!makefile.variables.has(name)) makefile.variables.set(name, value);
  const targets = options.operands.map((word) => word.text);
  for (const [index, word] of targets.entries()) {
    const equals = word.indexOf('=');
    if (equals <= 0) continue;
    makefile.variables.set(word.slice(0, equals), word.slice(equals + 1));
    targets[index] = '';
  }
  const asked = targets.filter((target) => target !== '');
  if (asked.length === 0 && makefile.first !== undefined) asked.push(makefile.first);
  const seen = new Set<string>();
  for (const target of asked) runTarget(call, { path: found.path, folder: at, makefile }, target, seen);
  return UNKNOWN;
};

function runTarget(call: Call, from: { path: string; folder: string; makefile: Makefile }, target: string, seen: Set<string>): void {
  const { rules, variables } = from.makefile;
  const rule = rules.get(target);
  if (rule === undefined || seen.has(target) || seen.size >= MAX_TARGETS) return;
  seen.add(target);
  const needs = expand(rule.needs, variables, new Map())
    .replaceAll('|', ' ')
    .split(/\s+/)
    .filter((need) => need !== '');
  for (const need of needs) runTarget(call, from, need, seen);
  const special = new Map([
    ['@', target],
    ['<', needs[0] ?? GAP],
    ['^', needs.join(' ')],
    ['MAKE', 'make'],
    ['CURDIR', from.folder],
  ]);
  for (const { text, start, end } of rule.recipes) {
    const line = expand(text, variables, special);
    call.session.inScript({ path: from.path, part: `${target} ${start}`, range: { start, end } }, () => {
      call.session.scope.cwd = from.folder;
      return call.session.runText(literal(line), { ...call.how, input: undefined, depth: call.how.depth + 1 });
    });
  }
}

export const MAKE_PROGRAMS = { make, gmake: make } satisfies Record<string, ProgramReader>;
