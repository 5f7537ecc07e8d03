import type { CompiledRule } from '../policy/compile.ts';
import {
  commentsIn,
  entriesIn,
  isSuppressible,
  type Judged,
  judge,
  type SuppressionContext,
  type Written,
  type WrittenComment,
  type WrittenEntry,
} from '../policy/suppressions.ts';
import type { TraceLine } from '../protocol/assessment.ts';
import { sha256 } from '../protocol/digest.ts';
import { type MetSuppression, SUPPRESSIONS_FILE, suppressionDigest } from '../protocol/suppression.ts';
import { type Draft, ownFinding } from './draft.ts';
import { Source } from './evidence.ts';
import { languageId, languageOfPath } from './languages.ts';
import { MAX_FINDINGS } from './limits.ts';
import { redact } from './redact.ts';

/** What is left of the findings once suppressions have been applied. */
export interface Suppressed {
  readonly kept: readonly Draft[];
  readonly trace: readonly TraceLine[];
  readonly met: readonly MetSuppression[];
}

interface FileText {
  readonly text: string;
  readonly path: string;
  readonly language?: string | undefined;
}

/** What a suppression in a comment is bound to: what the rule saw, and the lines on which it saw it. */
export function matchOf({ by, content }: Draft): string | undefined {
  return by === undefined || !isSuppressible(by.rule) ? undefined : sha256(`${by.note}\n${content}`);
}

/** Comments by the line of the findings that they reach. */
class CommentReach {
  readonly #byLine = new Map<number, WrittenComment[]>();

  constructor(comments: readonly WrittenComment[]) {
    for (const comment of comments) this.#byLine.set(comment.line, [...(this.#byLine.get(comment.line) ?? []), comment]);
  }

  /** Those on the line itself, and those that stand alone on the lines directly above it. */
  of(line: number): WrittenComment[] {
    const found = [...(this.#byLine.get(line) ?? [])];
    for (let above = line - 1; ; above--) {
      const alone = (this.#byLine.get(above) ?? []).filter((comment) => comment.alone);
      if (alone.length === 0) return found;
      found.push(...alone);
    }
  }
}

/**
 * Takes out the findings that suppressions in force cover, says of each other suppression why it has no
 * effect, and shows comments and entries that nobody accepted as findings of their own.
 */
export function suppress(drafts: readonly Draft[], file: FileText, context: SuppressionContext): Suppressed {
  const comments = commentsOf(file);
  const reach = new CommentReach(comments);
  const kept: Draft[] = [];
  const trace: TraceLine[] = [];
  const met: MetSuppression[] = [];
  const inForce = new Set<Written>();
  for (const draft of drafts) {
    const { by } = draft;
    if (by === undefined) {
      kept.push(draft);
      continue;
    }
    const judged = about(draft, by.rule, reach, context);
    const active = judged.find(({ state }) => state === 'active');
    for (const one of active === undefined ? judged : [active]) {
      if (met.length < MAX_FINDINGS) met.push(metBy(one, draft));
      trace.push(lineAbout(one, by.rule.id));
    }
    if (active === undefined) kept.push(withReason(draft, judged[0]));
    else inForce.add(active.written);
  }
  const text = new Source(file.text);
  kept.push(...comments.filter((comment) => !inForce.has(comment)).map((comment) => added(text, comment.start, comment.end)));
  kept.push(...addedEntries(file, text, context));
  return { kept, trace, met };
}

/** Comments and entries of a baseline count as known there, whether or not they are in force now. */
export function writtenBefore(file: FileText, context: SuppressionContext): Draft[] {
  const text = new Source(file.text);
  const entries = ownEntries(file, context).map((entry) => atLine(text, entry.line));
  return [...commentsOf(file).map((comment) => added(text, comment.start, comment.end)), ...entries];
}

/**
 * Whether a finding of the baseline got there through a suppression: nobody decided that it may stay, so
 * it excuses nothing once the suppression is over, withdrawn or taken out.
 */
export function wasSuppressed(draft: Draft, { accepted, settled }: SuppressionContext): boolean {
  const match = matchOf(draft);
  if (match !== undefined && settled.includes(match)) return false;
  return accepted.some(({ ruleId, match: bound }) => ruleId === draft.finding.ruleId && (bound === undefined || bound === match));
}

type Found = Judged & { readonly written: Written };

function about(draft: Draft, rule: CompiledRule, reach: CommentReach, context: SuppressionContext): Found[] {
  const match = matchOf(draft) ?? sha256(draft.content);
  const comments = reach.of(draft.finding.location?.startLine ?? 0).filter(({ ruleId }) => ruleId === rule.id);
  const entries = context.entries.filter(({ ruleId }) => ruleId === rule.id);
  return [
    ...comments.map((written) => ({ written, ...judge(written, { kind: 'comment', path: context.path, match }, rule, context) })),
    ...entries.map((written) => ({ written, ...judge(written, placeOf(written), rule, context) })),
  ];
}

function placeOf({ root, path }: WrittenEntry): { kind: 'entry'; root: string; path: string } {
  return { kind: 'entry', root, path };
}

function metBy({ written, digest, reasonDigest, place, state, why }: Found, { finding }: Draft): MetSuppression {
  return {
    digest,
    ruleId: written.ruleId,
    until: written.until,
    reason: redact(written.reason).slice(0, 300),
    reasonDigest,
    place,
    state,
    ...(why === undefined ? {} : { why }),
    line: finding.location?.startLine ?? 1,
  };
}

function lineAbout({ written, state, why }: Found, ruleId: string): TraceLine {
  const reason = redact(written.reason).slice(0, 200);
  const note = state === 'active' ? `Suppressed until ${written.until}: ${reason}` : `A suppression has no effect: ${why ?? state}`;
  return { step: 'suppressed', ruleId, note };
}

function withReason(draft: Draft, judged: Found | undefined): Draft {
  if (judged?.why === undefined) return draft;
  const where = judged.place.kind === 'comment' ? 'A comment' : 'An entry of the workspace';
  const message = `${draft.finding.message} ${where} asks to allow this; it has no effect: ${judged.why}.`.slice(0, 600);
  return { ...draft, finding: { ...draft.finding, message } };
}

function commentsOf({ text, path, language }: FileText): WrittenComment[] {
  return commentsIn(text, language === undefined ? languageOfPath(path) : languageId(language));
}

const ADDED =
  'A suppression stands here that nobody on this machine accepted; it has no effect. Accept it with a quick fix on the finding that it is about, or remove it.';

function added(text: Source, start: number, end: number): Draft {
  return ownFinding('guard.suppression-added', ADDED, text, start, end);
}

function atLine(text: Source, line: number): Draft {
  return added(text, text.lines.startOf(line), text.lines.endOf(line));
}

/** Where the file is the workspace's own list: what it says now. One that can't be read has no entries, and no effect. */
function ownEntries(file: FileText, { entriesOf }: SuppressionContext): WrittenEntry[] {
  if (entriesOf === undefined) return [];
  const read = entriesIn(file.text, entriesOf, SUPPRESSIONS_FILE);
  return 'problems' in read ? [] : [...read.entries];
}

function addedEntries(file: FileText, text: Source, context: SuppressionContext): Draft[] {
  return ownEntries(file, context)
    .filter((entry) => {
      const { ruleId, until } = entry;
      const digest = suppressionDigest({ ruleId, until, reasonDigest: sha256(entry.reason), place: placeOf(entry) });
      return !context.accepted.some((accepted) => accepted.digest === digest && !accepted.withdrawn);
    })
    .map((entry) => atLine(text, entry.line));
}
