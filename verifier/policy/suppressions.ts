import { RE2JS } from 're2js';
import { z } from 'zod';
import { COMMENT_OPENINGS, commentSyntax } from '../protocol/commentSyntax.ts';
import { sha256 } from '../protocol/digest.ts';
import { namesRule } from '../protocol/organisation.ts';
import {
  Day,
  RuleId,
  SUPPRESSION_MARK,
  type SuppressionPlace,
  SuppressionReason,
  type SuppressionState,
  suppressionDigest,
} from '../protocol/suppression.ts';
import type { CompiledRule } from './compile.ts';
import { LineMap } from './lines.ts';
import { checkShape, isProblems, type PolicyProblem, parseYaml } from './source.ts';

/** Credentials are never suppressed: one that leaked must be replaced, whatever anybody writes beside it. */
const NEVER = 'secrets';
/** Suppressions of one text or file that are read; a hostile one could hold any number. */
const MAX_READ = 500;
/** UTF-16 units that a suppression's words can take. */
const MAX_WORDS = 600;
const DAY_MS = 86_400_000;

/** Whether a person may suppress this rule at a place. */
export function isSuppressible(rule: Pick<CompiledRule, 'policy' | 'secrets'>): boolean {
  return rule.policy !== NEVER && rule.secrets.length === 0;
}

/** What somebody wrote, wherever it stands. */
export interface Written {
  readonly ruleId: string;
  readonly until: string;
  readonly reason: string;
}

/** One in a comment; `alone`: nothing but the comment is on its line, so it is about what follows. Offsets are UTF-16 units. */
export interface WrittenComment extends Written {
  readonly line: number;
  readonly alone: boolean;
  readonly start: number;
  readonly end: number;
}

/** One in the file of a workspace. `root` as the door knows it; `line` is where it begins. */
export interface WrittenEntry extends Written {
  readonly root: string;
  readonly path: string;
  readonly line: number;
}

/** One that a person accepted on this machine, for the path that is judged. */
export interface Accepted {
  readonly digest: string;
  readonly ruleId: string;
  /** Of a comment: what it was bound to. Of an entry: absent, it reaches every finding of the rule in the file. */
  readonly match: string | undefined;
  /** Taken back since: no longer in force, but what it let through was never decided otherwise. */
  readonly withdrawn: boolean;
}

/** All that suppressing depends on besides text and rules; a part of an assessment's inputs. */
export interface SuppressionContext {
  /** Day in UTC. */
  readonly today: string;
  /** Absolute path of the file that is judged. */
  readonly path: string;
  readonly maxDays: number;
  /** Rule ids, with stars, that this machine or its organisation allows nobody to suppress. */
  readonly forbid: readonly string[];
  readonly accepted: readonly Accepted[];
  /** Findings (`match`) that a person decided to let pass after a suppression of theirs: a baseline may excuse them again. */
  readonly settled: readonly string[];
  /** Entries that reach the file. */
  readonly entries: readonly WrittenEntry[];
  /** Set where the file that is judged is itself the one with the entries of this root. */
  readonly entriesOf: string | undefined;
}

const WORDS = RE2JS.compile(
  `${SUPPRESSION_MARK}[ \\t]+([a-z][a-z0-9.-]{2,127})[ \\t]+until=(\\d{4}-\\d{2}-\\d{2})[ \\t]+reason="([^"\\n\\r]{1,300})"`,
);

/** The suppressions that comments of a text ask for. One that is not complete asks for nothing. */
export function commentsIn(text: string, language: string): WrittenComment[] {
  if (!text.includes(SUPPRESSION_MARK)) return [];
  const lines = new LineMap(text);
  // In prose, only what its reader does not see is a comment: everything else talks about one.
  const openings = commentSyntax(language)?.close === '-->' ? ['<!--'] : COMMENT_OPENINGS;
  const found: WrittenComment[] = [];
  let tried = 0;
  for (let start = text.indexOf(SUPPRESSION_MARK); start !== -1 && tried < MAX_READ; start = text.indexOf(SUPPRESSION_MARK, start + 1)) {
    tried++;
    const matcher = WORDS.matcher(text.slice(start, start + MAX_WORDS));
    if (!matcher.lookingAt()) continue;
    const line = lines.lineAt(start);
    const before = text.slice(Math.max(lines.startOf(line), start - 400), start);
    const lead = openings.map((opening) => before.indexOf(opening)).filter((at) => at !== -1);
    const [, ruleId = '', until = '', reason = ''] = [0, 1, 2, 3].map((group) => matcher.group(group) ?? '');
    if (lead.length === 0 || !Day.safeParse(until).success || !RuleId.safeParse(ruleId).success) continue;
    const alone = before.slice(0, Math.min(...lead)).trim() === '' && lines.startOf(line) >= start - 400;
    found.push({ ruleId, until, reason, line, alone, start, end: start + matcher.end() });
  }
  return found;
}

/** `.sentinelai/suppressions.yaml`. */
export const SuppressionsFile = z.strictObject({
  schema: z.literal(1),
  suppressions: z
    .array(
      z.strictObject({
        rule: RuleId,
        /** File or glob, relative to the folder that holds `.sentinelai`. */
        path: z.string().min(1).max(1024),
        until: Day,
        reason: SuppressionReason,
        by: z.string().max(200).optional(),
      }),
    )
    .max(MAX_READ),
});

/** Reads a workspace's file; it is valid as a whole or not at all. */
export function entriesIn(
  text: string,
  root: string,
  shownPath: string,
): { readonly entries: readonly WrittenEntry[] } | { readonly problems: readonly PolicyProblem[] } {
  const source = parseYaml(text, shownPath);
  if (isProblems(source)) return { problems: source };
  const parsed = checkShape(SuppressionsFile, source, shownPath);
  if (isProblems(parsed)) return { problems: parsed };
  const entries = parsed.suppressions.map(({ rule, path, until, reason }, index) => ({
    ruleId: rule,
    root,
    path,
    until,
    reason,
    line: source.lineAt(['suppressions', index]),
  }));
  return { entries };
}

/** One suppression at one place, judged. */
export interface Judged {
  readonly digest: string;
  readonly reasonDigest: string;
  readonly place: SuppressionPlace;
  readonly state: SuppressionState;
  readonly why: string | undefined;
}

/** The days from `today` to `until`; negative where it is over. */
export function daysUntil(until: string, today: string): number {
  return Math.round((Date.parse(until) - Date.parse(today)) / DAY_MS);
}

/** Why nobody may suppress this rule until that day, in words; undefined where a person may. */
export function whyForbidden(
  { ruleId, until }: Pick<Written, 'ruleId' | 'until'>,
  rule: Pick<CompiledRule, 'policy' | 'secrets'> | undefined,
  { today, maxDays, forbid }: Pick<SuppressionContext, 'today' | 'maxDays' | 'forbid'>,
): string | undefined {
  if (rule !== undefined && !isSuppressible(rule)) return 'a rule about secrets can never be suppressed';
  if (forbid.some((pattern) => namesRule(pattern, ruleId))) return 'this machine or its organisation does not allow suppressing this rule';
  if (daysUntil(until, today) > maxDays) return `it ends later than in ${maxDays} days, which is the longest allowed`;
  return undefined;
}

/** Whether a suppression counts here and now. What is not expressly in force has no effect. */
export function judge(written: Written, place: SuppressionPlace, rule: CompiledRule, context: SuppressionContext): Judged {
  const { ruleId, until } = written;
  const reasonDigest = sha256(written.reason);
  const digest = suppressionDigest({ ruleId, until, reasonDigest, place });
  const judged = (state: SuppressionState, why?: string): Judged => ({ digest, reasonDigest, place, state, why });
  const forbidden = whyForbidden(written, rule, context);
  if (forbidden !== undefined) return judged('forbidden', forbidden);
  if (daysUntil(until, context.today) < 0) return judged('expired', `it ended on ${until}`);
  const isAccepted = context.accepted.some((accepted) => accepted.digest === digest && !accepted.withdrawn);
  return isAccepted ? judged('active') : judged('not-accepted', 'nobody on this machine accepted it');
}
