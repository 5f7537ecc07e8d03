import { callNameFits, lastPart } from '../../policy/codeClauses.ts';
import type { CodeSink } from '../../policy/facts.ts';
import { type CodeLanguage, isTyped } from './language.ts';
import { PHP_SINKS } from './phpTable.ts';
import { RUBY_SINKS } from './rubyTable.ts';
import { type Evidence, SINK_ROWS, type SinkRow } from './sinkTable.ts';
import { CSHARP_SINKS } from './typed/csharpSinks.ts';
import { GO_SINKS } from './typed/goSinks.ts';
import { JAVA_SINKS } from './typed/javaSinks.ts';

/** Stands in a text for what is not known of it. */
export const HOLE = '\uFFFC';
/** Stands in a text for what nobody chose: a number, an answer, what was made harmless. */
export const SAFE = '\uFFFB';

/** A call (or a write, whose name ends with `=`) and the argument in which a foreign value does harm. */
export interface Sink {
  readonly sink: CodeSink;
  /** Exact dotted name, or `*.name` for any receiver. */
  readonly name: string;
  /** Position; `receiver`; `last`; or the name of a keyword or property. */
  readonly at: readonly (number | string)[];
  /** Absent: any. */
  readonly languages: readonly CodeLanguage[] | undefined;
  readonly evidence: Evidence | undefined;
  /** Only where another argument says so: a keyword or property that is true. */
  readonly only: string | undefined;
  /** Not where another argument of this name says otherwise. */
  readonly unless: string | undefined;
}

const ALL_ROWS: readonly SinkRow[] = [...SINK_ROWS, ...GO_SINKS, ...JAVA_SINKS, ...CSHARP_SINKS, ...PHP_SINKS, ...RUBY_SINKS];

function byLast(): ReadonlyMap<string, readonly Sink[]> {
  const index = new Map<string, Sink[]>();
  for (const { sink, calls, at = [0], language, evidence, only, unless } of ALL_ROWS) {
    const languages = typeof language === 'string' ? [language] : language;
    for (const name of calls.split(' ')) {
      const last = lastPart(name);
      const known = index.get(last) ?? [];
      known.push({ sink, name, at, languages, evidence, only, unless });
      index.set(last, known);
    }
  }
  return index;
}

const SINKS = byLast();
/** A statement that was prepared takes values, whatever is in them. */
const BOUND = /(?:\bprepare\w*\(\)|\$?\bst(?:mt|atement|h)\w*|\bprepared\w*)\.execute$/i;

/** Sinks that a call of this dotted name is. */
export function sinksOf(name: string, language: CodeLanguage): readonly Sink[] {
  // Of declared types the name is known: a `Statement` of Java was not prepared.
  if (!isTyped(language) && BOUND.test(name)) return [];
  return (SINKS.get(lastPart(name)) ?? []).filter((sink) => sink.languages?.includes(language) !== false && callNameFits(sink.name, name));
}

const SQL = new RegExp(
  `^[\\s(${HOLE}${SAFE}]*(?:select\\b[^]*\\bfrom\\b|insert\\s+(?:or\\s+\\w+\\s+)?into\\b|update\\b[^]*\\bset\\b|delete\\s+from\\b|(?:drop|alter|create|truncate)\\s+(?:table|database|user|view|index|schema|role)\\b|with\\s+\\w+\\s+as\\b|replace\\s+into\\b|exec(?:ute)?\\s|call\\s+\\w|merge\\s+into\\b|grant\\s|explain\\s|use\\s+${HOLE})`,
  'i',
);
/** Where a statement takes a value: names of tables and columns are seldom anybody's choice. */
const TAKES_VALUE = new RegExp(
  `(?:[=<>]|\\blike|\\bin\\s*\\(|\\bvalues\\s*\\([^)]*|\\bin\\s*\\([^)]*|\\border\\s+by)\\s*['"%({]*${HOLE}(?!['"\`]?\\.)`,
  'i',
);
/** A query on objects of Hibernate's kind. */
const OBJECT_QUERY = new RegExp(`^[\\s(${HOLE}${SAFE}]*from\\s+\\w+[^]*\\bwhere\\b`, 'i');
const FRAGMENT = new RegExp(`\\w[^=<>!]*(?:=|<|>|\\blike\\b|\\bin\\b)\\s*\\(?['"%]*${HOLE}`, 'i');
const LOCATION = /^\s*(?:location|refresh)\s*:\s*/i;
/** `index.php?id=`, `users/`: a page of the same machine. */
const RELATIVE = /^[\w-]+(?:\.\w+)?[/?#.]/;
const FIXED_HOST = /^\w+:\/\/[^/?#\uFFFC]+[/?#]|^\/(?![/\\\uFFFC])|^[?#]|^\.{1,2}\//;

/** Whether what is seen of the value is enough. @param text literal parts, with {@link HOLE} for the others */
export function hasEvidence(evidence: Evidence | undefined, text: string, built: boolean, strong: boolean): boolean {
  switch (evidence) {
    case undefined:
      return true;
    case 'statement':
      return SQL.test(text) || OBJECT_QUERY.test(text) || (strong && !built);
    case 'sql':
      return SQL.test(text);
    case 'sql-fragment':
      return built && FRAGMENT.test(text);
    case 'markup':
      return !built || text.includes('<');
    case 'host':
      return !FIXED_HOST.test(text);
    case 'location':
      return !FIXED_HOST.test(text.replace(LOCATION, '')) && !RELATIVE.test(text.replace(LOCATION, '')) && LOCATION.test(text);
    case 'page':
      return !FIXED_HOST.test(text) && !RELATIVE.test(text);
    case 'header':
      return !LOCATION.test(text);
    case 'file':
      return !/^\w{3,}:\/\//.test(text);
    case 'remote':
      return built ? /^\w+:\/\/\uFFFC/.test(text) : strong;
    case 'sql-or-fragment':
      return built && (FRAGMENT.test(text) || SQL.test(text));
    case 'strong':
      return strong || (built && SQL.test(text));
    case 'whole':
      return text.startsWith(HOLE) || text.startsWith('|');
    case 'filter':
      return /\(\s*[&|!]?\(?\w+=/.test(text);
    case 'program':
      return strong;
    case 'tag':
      return text.includes('<');
    case 'view':
      return new RegExp(`^redirect:(?:\\/\\/)?${HOLE}`).test(text);
    case 'shell-line':
      return strong || /^\s*["']?(?:-\w*c|\/[ck])\s/i.test(text);
    case 'xpath':
      return built && (text.includes('//') || text.includes('[') || text.startsWith('/'));
  }
}

/** Whether a text is a statement with something unknown for a value. */
export function isOpenStatement(text: string): boolean {
  return TAKES_VALUE.test(text) && SQL.test(text);
}

/** Whether a piece of a statement has something unknown for a value. */
export function takesValue(text: string): boolean {
  return TAKES_VALUE.test(text);
}

/** Of these one occurs in all code where a parameter or the environment does harm. */
export const PARAMETER_SINK_WORDS =
  /\bselect\s[^;]{1,300}?\sfrom\b|\binsert\s+into\b|\bupdate\s[^;\n]{1,100}?\sset\b|\bdelete\s+from\b|\b(?:drop|alter|truncate|create)\s+(?:table|database|schema|view|index|user)\b|\breplace\s+into\b|raw\w*\(|\bwhere\(|\b(?:child_process|execSync|execAsync|execa|shelljs|system|popen|subprocess|getoutput|getstatusoutput|exec_command|create_subprocess_shell|pexpect)\b|(?<![.\w])exec\(|\b(?:render_template_string|renderString|from_string|Template|jinja2|mako|ejs|pug|jade|handlebars|nunjucks|dot|mustache|swig|twig|velocityjs)\b|ldap|\(\w+=[%{$'"]|xpath|\b(?:findall|iterfind|select1)\b|(?:function|const|let|static|var)\s+\w*(?:merge|extend|assign|defaults)|\b(\w+)\s*=\s*\1\[|\b(?:rmtree|rimraf|recursive)\b/i;
