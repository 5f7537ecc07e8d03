import type { CodeArgument, CodeCall, CodeFlow, CodeSink, CodeSource } from '../../policy/facts.ts';
import type { Clean } from './clean.ts';
import { type CodeLanguage, countsUnknown } from './language.ts';
import type { Argument, Place } from './model.ts';
import { hasEvidence, isOpenStatement, type Sink, sinksOf, takesValue } from './sinks.ts';
import type { Value } from './value.ts';

/** An argument with what is known of it. */
export interface Given extends Argument {
  readonly held: Value;
}

/** What was checked, by the dotted name of where it came from. */
export type Guards = ReadonlyMap<string, Clean>;

/** Calls of one text that are kept. */
const MAX_CALLS = 20_000;
const MAX_FLOWS = 2_000;
const MAX_CODE = 300;
const SHELL = /^(?:.*\/)?(?:ba|z|da|k)?sh$|^cmd(?:\.exe)?$|^(?:powershell|pwsh)(?:\.exe)?$/;
const STRONG: ReadonlySet<CodeSource> = new Set<CodeSource>(['request', 'argument', 'download']);

/** Fields that somebody fills in with text. */
const WRITTEN = /(?:^|\.)\w*(?:body|content|text|description|bio|comment|message|title|summary|note|about)(?:\(\))?$/;

/** What a JavaScript framework has parsed of a request, as a whole: an object. Python's names of the like are texts. */
const PARSED = /(?:^|\.)(?:req|request|ctx)\.(?:body|query|params|headers|cookies)$/;

/** Collects what code does, in the words that rules are written in. */
export class Recorder {
  readonly flows: CodeFlow[] = [];
  readonly calls: CodeCall[] = [];
  /** Nothing is written down: a function is walked for its result alone. */
  silent = false;
  readonly language: CodeLanguage;
  readonly #text: string;
  readonly #seen = new Set<string>();

  constructor(text: string, language: CodeLanguage) {
    this.#text = text;
    this.language = language;
  }

  /** A call, or a write whose name ends with `=`. */
  called(name: string, given: readonly Given[], receiver: Value | undefined, into: string, place: Place, guards: Guards): void {
    if (name === '' || this.silent) return;
    if (this.calls.length < MAX_CALLS) {
      this.calls.push({ name, arguments: this.#arguments(given), into, start: place.start, end: Math.min(place.end, place.start + 400) });
    }
    for (const sink of sinksOf(name, this.language)) this.#reached(sink, given, receiver, place, guards);
  }

  /** A text that is put together: a statement is one wherever it goes. */
  written(value: Value, place: Place, guards: Guards): void {
    if (countsUnknown(this.language) && value.built && isOpenStatement(value.text)) this.reached('sql', value, place, guards);
  }

  /** A value at a sink that is no call of its own. */
  reached(sink: CodeSink, value: Value, place: Place, guards: Guards): void {
    if (this.silent) return;
    const found = sourcesAt(sink, value, guards);
    if (found.length > 0) this.#flow(sink, found, value, place, place);
  }

  #reached(sink: Sink, given: readonly Given[], receiver: Value | undefined, place: Place, guards: Guards): void {
    if (sink.only !== undefined && !this.#runsOnly(sink.only, given)) return;
    if (sink.unless !== undefined && given.some(({ name, held }) => name === sink.unless || held.properties?.has(sink.unless ?? '')))
      return;
    for (const { held, place: at, direct } of candidates(sink, given, receiver, place)) {
      // Objects and lists are values that are bound, or words of a program without a shell.
      const isBound = held.properties !== undefined || held.items !== undefined;
      if (countsUnknown(this.language) && isBound && /^(?:sql|command)$/.test(sink.sink)) continue;
      // Of a list, the first item is the program that runs; the others are handed to it.
      const program = sink.sink === 'command' && sink.only === undefined ? held.items?.[0] : undefined;
      const value = sink.sink === 'nosql' ? operators(held, this.language) : (program ?? held);
      // An object is sent as JSON, which no browser reads as a page.
      if (value === undefined || (sink.sink === 'html' && (value.properties !== undefined || this.#isParsed(value)))) continue;
      const sources = sourcesAt(sink.sink, value, guards);
      if (sources.length === 0) continue;
      const strong = sources.some((source) => STRONG.has(source));
      if (!strong && this.#isOwn(sink.sink, value)) continue;
      // Who calls a function chooses what it merges; that is what it is for.
      if (sink.sink === 'property' && !strong) continue;
      if (hasEvidence(sink.evidence, value.text, value.built, direct && strong)) this.#flow(sink.sink, sources, value, at, place);
    }
  }

  /** Whether what nobody is seen to choose was most likely written by the program itself. */
  #isOwn(sink: CodeSink, { name, text, built }: Value): boolean {
    if (!countsUnknown(this.language)) return false;
    if (sink === 'html') return this.language === 'ruby' && !(built ? text.includes('<') : WRITTEN.test(name));
    // What a field or a session holds.
    if (sink === 'deserialize') return name.includes('.');
    return sink === 'sql' && !takesValue(text);
  }

  #isParsed({ name }: Value): boolean {
    return this.language === 'javascript' && PARSED.test(name);
  }

  /** `{ shell: true }`, `shell=True`, or a shell as the program. */
  #runsOnly(only: string, given: readonly Given[]): boolean {
    // Options of PHP are constants: `CURLOPT_URL`.
    if (this.language === 'php') return given.some(({ value }) => this.#text.slice(value.start, value.end).includes(only));
    const option = given.map(({ name, held }) => (name === only ? held : held.properties?.get(only))).find((value) => value !== undefined);
    if (option !== undefined && option.constant !== false && option.constant !== null) return true;
    if (only !== 'shell') return false;
    const words = given[0]?.held.items ?? given.map(({ held }) => held);
    return SHELL.test(String(words[0]?.constant ?? '')) && /(?:^|\s)(?:-\w*c|\/c)(?:\s|$)/i.test(words[1]?.text ?? '');
  }

  #flow(sink: CodeSink, sources: readonly CodeSource[], value: Value, place: Place, call: Place): void {
    // Two names of the same sink may fit, and a helper is walked for each of its callers.
    const id = `${sink} ${place.start} ${sources.join()}`;
    if (this.#seen.has(id) || this.flows.length >= MAX_FLOWS) return;
    this.#seen.add(id);
    const trail = [call.start, ...value.taints.map(({ at }) => at), ...value.spots];
    this.flows.push({ sink, sources, built: value.built, start: place.start, end: Math.min(place.end, place.start + 400), trail });
  }

  #arguments(given: readonly Given[]): CodeArgument[] {
    const all: CodeArgument[] = [];
    const add = (at: number | string, value: Value, place: Place | undefined, depth: number): void => {
      const code = place === undefined ? '' : this.#text.slice(place.start, Math.min(place.end, place.start + MAX_CODE));
      const literal = literalOf(value);
      all.push({ at, literal, code });
      if (depth > 2 || all.length > 60) return;
      const prefix = typeof at === 'number' ? '' : `${at}.`;
      for (const [name, inner] of value.properties ?? []) add(prefix + name, inner, undefined, depth + 1);
    };
    for (const [index, { name, value, held }] of given.entries()) add(name === undefined || name === '...' ? index : name, held, value, 0);
    return all;
  }
}

interface Candidate {
  readonly held: Value;
  readonly place: Place;
  /** Named by the sink's position itself. */
  readonly direct: boolean;
}

function candidates(sink: Sink, given: readonly Given[], receiver: Value | undefined, place: Place): Candidate[] {
  return sink.at.flatMap((at): Candidate[] => {
    if (at === 'receiver') return receiver === undefined ? [] : [{ held: receiver, place, direct: true }];
    if (at === 'last') {
      const last = given.at(-1);
      return last === undefined ? [] : [{ held: last.held, place: last.value, direct: true }];
    }
    if (typeof at === 'number') {
      const one = given[at];
      if (one === undefined || (one.name !== undefined && one.name !== '...')) return [];
      // An object of options is looked at by its properties alone, a list by what is in it.
      const isOptions = one.held.properties !== undefined && sink.at.some((other) => typeof other === 'string');
      return isOptions ? [] : [{ held: one.held, place: one.value, direct: at === 0 }];
    }
    return given.flatMap((one): Candidate[] => {
      const inner = one.name === at ? one.held : one.held.properties?.get(at);
      return inner === undefined ? [] : [{ held: inner, place: one.value, direct: true }];
    });
  });
}

/** What of a query object may be an operator: a value of the request put in as it came. */
function operators(value: Value, language: CodeLanguage): Value | undefined {
  const isWhole = value.properties === undefined && !value.built && value.items === undefined;
  // Elsewhere `find(id)` looks a record up by its key.
  if (isWhole && language === 'php') return undefined;
  const parts = isWhole
    ? [value]
    : [...(value.properties?.entries() ?? [])].flatMap(([name, inner]) => (name === '$where' || !inner.built ? [inner] : []));
  return parts.find(({ taints }) =>
    taints.some(
      ({ source, key }) =>
        source === 'request' &&
        /(?:^|\.)(?:body|query|json|data|get_json\(\)|json\(\)|cookies|\$_(?:GET|POST|REQUEST|COOKIE)|input)(?:\.|$)/.test(key),
    ),
  );
}

/** What a client typed; addresses and headers are logged by every server. */
const TYPED_IN = /(?:FormValue|getParameter|PostForm|Query\w*|Form|queryParams?)(?:\(\))?(?:\.|$)/;

function sourcesAt(sink: CodeSink, value: Value, guards: Guards): CodeSource[] {
  const open = value.taints.filter(
    ({ key, clean }) => !clean.has(sink) && guards.get(key)?.has(sink) !== true && (sink !== 'log' || TYPED_IN.test(key)),
  );
  if (open.length > 0) return [...new Set(open.map(({ source }) => source))];
  return value.dynamic && value.taints.length === 0 ? ['dynamic'] : [];
}

function literalOf({ constant, built, text, items }: Value): string | undefined {
  if (constant !== undefined) return String(constant);
  if (built) return text;
  if (items === undefined || items.length === 0 || items.some((item) => item.constant === undefined)) return undefined;
  return items.map((item) => String(item.constant)).join(',');
}
