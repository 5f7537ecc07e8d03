import { RE2JS } from 're2js';
import { isDummyValue } from './dummy.ts';
import type { TargetClass } from './facts.ts';
import type { Exemption } from './rule.ts';

/** What an exemption's condition is decided on. Nothing here comes from the auditor (law 2). */
export interface MatchSituation {
  /** Path of the file, relative to the workspace; absent where the subject is no file. */
  readonly path: string | undefined;
  /** The line on which the match begins. */
  readonly line: string;
  /** Value that was matched, where the match is about one. */
  readonly value: string | undefined;
  /** A detector's own judgement of the value. */
  readonly dummy: boolean | undefined;
  readonly target: TargetClass | undefined;
}

const TEST_FOLDER = /(^|\/)(tests?|__tests__|__mocks__|specs?|testdata|test-data|fixtures|e2e)\//i;
const TEST_FILE =
  /(^|\/)([^/]+[._-](test|tests|spec|e2e)\.[a-z0-9]+|test_[^/]+\.py|conftest\.py|[^/]+(Test|Tests|Spec|IT)\.(java|kt|scala|cs|groovy|php))$/;
const DOCS_FOLDER = /(^|\/)(docs?|documentation|examples?|tutorials?)\//i;
const DOCS_FILE = /\.(md|mdx|markdown|rst|adoc|asciidoc)$/i;
const MARKER = 'sentinel:example';
const QUOTED = RE2JS.compile('["\'`]([^"\'`\\n]{1,300})["\'`]');
const COMMENT_LEADS = ['#', '//', '/*', '--', '<!--', ';', '%', '*'];

export function isTestPath(path: string): boolean {
  return TEST_FOLDER.test(path) || TEST_FILE.test(path);
}

export function isDocsPath(path: string): boolean {
  return DOCS_FOLDER.test(path) || DOCS_FILE.test(path);
}

/** The marker counts only within a comment: some comment lead stands before it. */
function isMarked(line: string): boolean {
  const at = line.indexOf(MARKER);
  if (at === -1) return false;
  const before = line.slice(Math.max(0, at - 300), at);
  return COMMENT_LEADS.some((lead) => before.includes(lead));
}

/** What stands between the first pair of quotes of a match, or without any behind its equals sign. */
function assignedValue(text: string): string | undefined {
  const matcher = QUOTED.matcher(text);
  if (matcher.find()) return matcher.group(1) ?? undefined;
  // `TOKEN=…`, as in settings and shells.
  return /^[^=]{1,100}=([^\s"'`]{1,300})$/.exec(text.trim())?.[1];
}

const CONDITIONS: Readonly<Record<Exemption, (situation: MatchSituation) => string | undefined>> = {
  'test-path': ({ path }) => (path !== undefined && isTestPath(path) ? 'the path is one of tests' : undefined),
  'docs-path': ({ path }) => (path !== undefined && isDocsPath(path) ? 'the path is one of documentation' : undefined),
  'dummy-value': ({ value, dummy }) => {
    if (dummy !== undefined) return dummy ? 'the value is a placeholder' : undefined;
    const inner = value === undefined ? undefined : assignedValue(value);
    return inner !== undefined && isDummyValue(inner) ? 'the value is a placeholder' : undefined;
  },
  'build-path': ({ target }) => (target === 'build-output' ? 'the target is build output' : undefined),
  marker: ({ path, line }) => {
    if (path === undefined || !(isTestPath(path) || isDocsPath(path))) return undefined;
    return isMarked(line) ? 'the line is marked sentinel:example' : undefined;
  },
};

/** The first listed exemption whose condition holds, in words for the trace; undefined: none does. */
export function exemptionFor(listed: ReadonlySet<Exemption>, situation: MatchSituation): string | undefined {
  for (const exemption of listed) {
    const why = CONDITIONS[exemption](situation);
    if (why !== undefined) return `${exemption}: ${why}`;
  }
  return undefined;
}

/**
 * A path as the exemptions see it: relative to the innermost workspace root that holds it, without
 * `.` and `..`. Folders above the workspace say nothing about the file, so a path outside counts by
 * its file name alone.
 */
export function exemptionPath(path: string, workspaceRoots: readonly string[]): string {
  const clean = normalised(path);
  const root = workspaceRoots
    .map(normalised)
    .filter((candidate) => isWithin(clean, candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (root !== undefined) return clean.slice(root.length + 1);
  const outside = clean.startsWith('/') || clean.startsWith('../') || /^[a-z]:\//i.test(clean);
  return outside ? (clean.split('/').at(-1) ?? clean) : clean;
}

/** On Windows the case of letters does not count, and one program writes `c:` where another writes `C:`. */
function isWithin(path: string, folder: string): boolean {
  const start = `${folder}/`;
  if (path.startsWith(start)) return true;
  return /^[a-z]:\//i.test(path) && path.slice(0, start.length).toLowerCase() === start.toLowerCase();
}

function normalised(path: string): string {
  const out: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && out.length > 0)) continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..' && out.at(-1) !== '') out.pop();
    else out.push(part);
  }
  return out.join('/');
}
