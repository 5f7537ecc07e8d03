import { t } from '@vscode/l10n';
import { plainWords } from '../renderSafe.ts';
import { recordOf, type Said, said, shownOf, type Words } from '../said.ts';
import type { Result, Row } from './step.ts';

/** What is looked up for the report, and not tried. */
export interface Surroundings {
  /** Of the editor, the system, the extension. */
  readonly versions: readonly Words[];
  /** What the doctor says of guard and machine, line by line. */
  readonly lines: readonly string[];
  /** Names of settings that differ from their defaults; never their values. */
  readonly changedSettings: readonly string[];
}

/** What must not be in a text for others, and what stands for it. */
export interface Private {
  readonly text: string;
  readonly instead: string;
}

const marks = (): Readonly<Record<Result, string>> => ({ ok: t('ok'), failed: `**${t('failed')}**`, 'not tested': t('not tested') });

/** As in `Self-test passed: 16 as expected, 4 not tested.` */
export function summary(rows: readonly Row[]): string {
  return inWords(rows).shown;
}

function inWords(rows: readonly Row[]): Said {
  const count = (result: Result) => rows.filter((row) => row.result === result).length;
  const failures = rows.filter(({ result }) => result === 'failed');
  const [good, untested] = [count('ok'), count('not tested')];
  // The last step, the ledger, is always tried, unless somebody stopped the run.
  if (failures.length === 0)
    return rows.at(-1)?.result === 'not tested'
      ? said('Self-test stopped: {0} as expected, {1} not tested.', good, untested)
      : said('Self-test passed: {0} as expected, {1} not tested.', good, untested);
  const list = (words: (text: Words) => string) => failures.map(({ what, seen }) => `${words(what)} (${words(seen)})`).join('; ');
  const named = { record: list(recordOf), shown: list(shownOf) };
  return said('Self-test failed at {0}: {1}. {2} as expected, {3} not tested.', failures.length, named, good, untested);
}

/** The page that is shown. */
export function reportPage(rows: readonly Row[], surroundings: Surroundings): string {
  const cell = (words: Words) => plainWords(shownOf(words));
  return [
    `# ${t('Sentinel AI: self-test')}`,
    '',
    plainWords(summary(rows)),
    '',
    t(
      'The prompts, answers, files and tool calls were the self-test’s own. Its questions were answered with Deny, by itself; they are in the ledger under names that begin with `sentinel-self-test-`. "Sentinel: Copy Self-Test Report" copies this page as text without private paths.',
    ),
    '',
    `| ${t('what')} | ${t('expected here')} | ${t('seen')} | | ${t('what to do')} |`,
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ what, expected, seen, result, advice }) =>
        `| ${[what, expected, seen].map(cell).join(' | ')} | ${marks()[result]} | ${cell(advice ?? '')} |`,
    ),
    '',
    `## ${t('Reported, not tried')}`,
    '',
    t('What is only reported here was looked up, not tried: ways round the guard, the organisation, the auditor, other windows.'),
    '',
    ...listOf(surroundings, (words) => plainWords(shownOf(words))),
    '',
  ].join('\n');
}

/** The same for a bug report: in English, as far as it is the guard's own words, and without private paths and names. */
export function reportText(rows: readonly Row[], surroundings: Surroundings, secrets: readonly Private[]): string {
  const signs: Readonly<Record<Result, string>> = { ok: '[ok]', failed: '[FAILED]', 'not tested': '[not tested]' };
  const text = [
    'Sentinel AI self-test',
    inWords(rows).record,
    '',
    ...rows.map(({ what, expected, seen, result }) => {
      const [name, wanted, found] = [recordOf(what), recordOf(expected) || 'nothing', recordOf(seen)];
      return `${signs[result]} ${name}: expected ${wanted}; seen: ${found}`;
    }),
    '',
    'Reported, not tried:',
    ...listOf(surroundings, recordOf),
    '',
  ].join('\n');
  return withoutPrivate(text, secrets);
}

function listOf({ versions, lines, changedSettings }: Surroundings, words: (text: Words) => string): string[] {
  const settings = changedSettings.length === 0 ? said('none') : changedSettings.join(', ');
  return [...versions, ...lines, said('settings that differ from their defaults: {0}', settings)].map((line) => `- ${words(line)}`);
}

/** Names shorter than this are words like any other. */
const SHORTEST = 3;

/** Puts something else for each private text, in any of the ways in which a path is written. Longer ones go first. */
export function withoutPrivate(text: string, secrets: readonly Private[]): string {
  const spelled = secrets.flatMap(({ text: secret, instead }) =>
    [secret, secret.replaceAll('\\', '/'), encodeURI(secret.replaceAll('\\', '/')), secret.replaceAll('\\', '\\\\')].map((one) => ({
      one,
      instead,
    })),
  );
  const known = spelled.filter(({ one }) => one.length >= SHORTEST).sort((a, b) => b.one.length - a.one.length);
  return known.reduce((rest, { one, instead }) => withoutOne(rest, one, instead), text);
}

/** Not inside of a longer word: `ada` is in `adapter` too. */
function withoutOne(text: string, secret: string, instead: string): string {
  // Lower case can be longer, in which case places in it are no places in the text.
  const fold = text.toLowerCase().length === text.length && secret.toLowerCase().length === secret.length;
  const [lower, wanted] = fold ? [text.toLowerCase(), secret.toLowerCase()] : [text, secret];
  const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
  let result = '';
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 1)) {
    if (at < from) continue;
    const end = at + wanted.length;
    if (isWord(text[at - 1]) && isWord(wanted[0])) continue;
    if (isWord(text[end]) && isWord(wanted.at(-1))) continue;
    result += text.slice(from, at) + instead;
    from = end;
  }
  return result + text.slice(from);
}
