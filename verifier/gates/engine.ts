import { evaluate, type Match } from '../policy/evaluate.ts';
import { exemptionPath } from '../policy/exemptions.ts';
import { LiteralIndex } from '../policy/literals.ts';
import type { PolicySet } from '../policy/load.ts';
import { StepMeter } from '../policy/steps.ts';
import { compareFindings, type Finding, type TraceLine } from '../protocol/assessment.ts';
import type { Subject } from '../protocol/subject.ts';
import { graver, type Verdict } from '../protocol/vocabulary.ts';
import { CodeGrammars } from './code/grammars.ts';
import { mayHarm } from './code/words.ts';
import { distinct } from './distinct.ts';
import { type Draft, ownFinding } from './draft.ts';
import type { Source } from './evidence.ts';
import type { GateContext, GateResult, Gates } from './gates.ts';
import { MAX_FINDINGS, MAX_STEPS, MAX_TRACE } from './limits.ts';
import { bidiControlAt, hiddenTextAt } from './normalise.ts';
import { type CodeReader, FactReader, type Facts, type PlacedPiece } from './pieces.ts';
import { redact } from './redact.ts';
import type { ShellGrammar } from './shell/grammar.ts';
import { driveOf, isWindowsPath, windowsSpelling, withoutDrive } from './shell/windowsPaths.ts';
import { matchOf, suppress, wasSuppressed, writtenBefore } from './suppressing.ts';

interface Examination {
  readonly drafts: readonly Draft[];
  readonly trace: readonly TraceLine[];
  readonly steps: number;
  readonly wanted: readonly string[];
}

/** Place in the subject of a match in a piece that is no literal part of it: where its first line stands. */
function anchored(match: Match, placed: PlacedPiece, whole: Source): { start: number; end: number } {
  const from = placed.anchor ?? 0;
  const line = placed.source.lines.lineAt(match.start);
  const text = placed.source.lines.slice(line, line).trim().slice(0, 200);
  const at = text === '' ? -1 : whole.text.indexOf(text, from);
  return at === -1 ? { start: from, end: Math.min(from + 1, whole.text.length) } : { start: at, end: at + text.length };
}

/** A finding in a script that the subject runs says which one, and where. */
function inScript(script: string, line: number, message: string): string {
  return `In ${redact(script).slice(-200)} line ${line}: ${message}`.slice(0, 600);
}

function draftOf(match: Match, placed: PlacedPiece, whole: Source): Draft {
  const start = match.start + placed.shift;
  const end = match.end + placed.shift;
  const place = placed.anchor === undefined ? { start, end } : anchored(match, placed, whole);
  const { rule } = match;
  const secret = match.secret?.replace(/\\[nrt]|[\s"'`]/g, '');
  const finding: Draft['finding'] = {
    ruleId: rule.id,
    policy: rule.policy,
    layer: 'gates',
    severity: rule.severity,
    verdict: rule.verdict,
    message: placed.script === undefined ? rule.message : inScript(placed.script, placed.source.lines.lineAt(start), rule.message),
    remediation: rule.remediation,
    location: whole.locate(place.start, place.end),
    isNew: true,
    cwe: [...rule.cwe],
    ...(rule.owasp === undefined ? {} : { owasp: [...rule.owasp] }),
  };
  return {
    finding,
    // A credential that was moved or laid out anew is the one that was there.
    content: secret ?? placed.source.content(start, end),
    ...(secret === undefined ? {} : { secret }),
    evidence: () => placed.source.evidence(start, end),
    by: { rule, note: match.note },
  };
}

/** What hides from the reader of code or a command. */
function hidden(facts: Facts): Draft[] {
  const drafts: Draft[] = [];
  for (const { piece, source, shift, script } of facts.pieces) {
    if (piece.zone === undefined) continue;
    if (script !== undefined) {
      if (piece.views.length === 0 || (bidiControlAt(piece.text) === -1 && hiddenTextAt(piece.text) === -1)) continue;
      const message = inScript(script, 1, 'The script holds characters that hide from its reader what it does.');
      drafts.push(ownFinding('gate.hidden-text', message, facts.whole, 0, 0));
      continue;
    }
    const bidi = piece.zone === 'prose' || piece.zone === 'prompt' ? -1 : bidiControlAt(piece.text);
    if (bidi !== -1) {
      const message = 'The text holds characters that change the order in which it is drawn: it may do something else than it shows.';
      drafts.push(ownFinding('gate.bidi', message, source, shift + bidi, shift + bidi + 1));
    }
    const invisible = hiddenTextAt(piece.text);
    if (invisible !== -1) {
      const message = 'The text holds words in invisible characters, which a model reads and a person does not see.';
      drafts.push(ownFinding('gate.hidden-text', message, source, shift + invisible, shift + invisible + 2));
    }
  }
  return drafts;
}

interface Readers {
  readonly shell: ShellGrammar;
  readonly code: CodeReader | undefined;
}

function examine(set: PolicySet, { shell, code }: Readers, subject: Subject, context: GateContext): Examination {
  const meter = new StepMeter(MAX_STEPS);
  const facts = new FactReader(shell, code, context, meter).read(subject);
  const path = subject.kind === 'file' ? exemptionPath(subject.path, context.workspaceRoots) : undefined;
  const placedBy = new Map(facts.pieces.map((placed) => [placed.piece, placed]));
  const pieces = facts.pieces.map((placed) => placed.piece);
  const evaluation = evaluate(set, pieces, path, meter);
  const drafts: Draft[] = [];
  const trace: TraceLine[] = [];
  for (const match of evaluation.matches) {
    const placed = placedBy.get(match.piece);
    if (placed === undefined) continue;
    drafts.push(draftOf(match, placed, facts.whole));
    trace.push({ step: 'matched', ruleId: match.rule.id, note: match.note.slice(0, 400) });
  }
  drafts.push(...hidden(facts));
  trace.push(...evaluation.trace, ...facts.limits, ...facts.failed);
  for (const id of evaluation.failed) {
    drafts.push(ownFinding('gate.rule-failed', `The rule ${id} failed on this text, so that its answer is missing.`, facts.whole, 0, 0));
  }
  if (facts.failed.length > 0) {
    drafts.push(
      ownFinding('gate.failed', 'A part of the examination failed on this text, so that its answer is missing.', facts.whole, 0, 0),
    );
  }
  if (facts.limits.length > 0) {
    drafts.push(
      ownFinding('gate.limit', 'The text is larger or deeper than is examined: a part of it was not looked at.', facts.whole, 0, 0),
    );
  }
  if (meter.exhausted) {
    trace.push({ step: 'limit', note: `The budget of ${MAX_STEPS} steps was used up; the rest was not examined` });
    drafts.push(ownFinding('gate.steps', 'The text takes more work than is allowed: a part of it was not looked at.', facts.whole, 0, 0));
  }
  return { drafts: distinct(drafts), trace, steps: meter.used, wanted: facts.wanted };
}

/** Marks what the baseline had already: each known finding excuses one of the same rule and line. */
function againstBaseline(drafts: readonly Draft[], known: readonly Draft[]): Draft[] {
  const left = new Map<string, number>();
  const key = (draft: Draft): string => `${draft.finding.ruleId} ${draft.content}`;
  for (const draft of known) left.set(key(draft), (left.get(key(draft)) ?? 0) + 1);
  return drafts.map((draft) => {
    const count = left.get(key(draft)) ?? 0;
    if (count === 0) return draft;
    left.set(key(draft), count - 1);
    return { ...draft, finding: { ...draft.finding, isNew: false } };
  });
}

interface FromRoot {
  readonly subject: Subject;
  readonly context: GateContext;
  /** A script's path as it can be opened: with the drive from which the subject runs. */
  readonly outward: (path: string) => string;
}

/** Paths of Windows as the analysis reads them: else its own rules for `/` would not know what lies in what. */
function fromRoot(subject: Subject, context: GateContext): FromRoot {
  const cwd = 'cwd' in subject ? subject.cwd : undefined;
  const drive = driveOf(cwd ?? context.workspaceRoots[0] ?? context.home);
  const home = withoutDrive(context.home);
  const workspaceRoots = context.workspaceRoots.map(withoutDrive);
  const read = (path: string) => (isWindowsPath(path) ? windowsSpelling(withoutDrive(path), [...workspaceRoots, home]) : path);
  const scripts = context.scripts?.map((script) =>
    drive !== '' && script.path.startsWith(`${drive}/`) ? { ...script, path: script.path.slice(drive.length) } : script,
  );
  const placed = subject.kind === 'file' ? { ...subject, path: read(subject.path) } : subject;
  return {
    subject: 'cwd' in placed && placed.cwd !== undefined ? { ...placed, cwd: read(placed.cwd) } : placed,
    context: { ...context, home, workspaceRoots, ...(scripts === undefined ? {} : { scripts }) },
    outward: (path) => (path.startsWith('/') ? drive + path : path),
  };
}

/** What it takes to read code, where any rule asks what code does. */
export function codeReader(set: PolicySet, grammars: CodeGrammars): CodeReader | undefined {
  if (set.byCall.size === 0 && set.byFlow.size === 0) return undefined;
  const literals = set.rules.flatMap(({ calls }) => calls.flatMap((clause) => clause.literals));
  const index = new LiteralIndex([...new Set(literals)]);
  return {
    grammars,
    // Parsing costs more than all else, so most code is spared it.
    concerns: (text, language) => (set.byFlow.size > 0 && mayHarm(text, language)) || index.scan(text).size > 0,
  };
}

/**
 * The deterministic layer over one policy set (see {@link Gates}).
 * @param code grammars of code; one that is not loaded yet is wanted from then on, and the result says that it was missing
 */
export function createGates(set: PolicySet, grammar: ShellGrammar, code: CodeGrammars = new CodeGrammars()): Gates {
  const readers: Readers = { shell: grammar, code: codeReader(set, code) };
  return {
    policyDigest: set.digest,
    assess(given: Subject, around: GateContext): GateResult {
      const { subject, context, outward } = fromRoot(given, around);
      const own = examine(set, readers, subject, context);
      const file = subject.kind === 'file' ? subject : undefined;
      const asked = file === undefined ? undefined : context.suppressions;
      const left = file === undefined || asked === undefined ? { kept: own.drafts, trace: [], met: [] } : suppress(own.drafts, file, asked);
      const before = file?.baseline === undefined || left.kept.length === 0 ? undefined : { ...file, text: file.baseline };
      const known = before === undefined ? undefined : examine(set, readers, before, context);
      const excusing =
        before === undefined || asked === undefined
          ? known?.drafts
          : [...(known?.drafts ?? []).filter((draft) => !wasSuppressed(draft, asked)), ...writtenBefore(before, asked)];
      const judged = againstBaseline(left.kept, excusing ?? []).sort((a, b) => compareFindings(a.finding, b.finding));
      const lines = [...left.trace, ...own.trace];
      for (const { finding } of judged) {
        if (!finding.isNew) lines.push({ step: 'known', ruleId: finding.ruleId, note: 'The last assessed text had it already' });
      }
      return {
        verdict: judged.reduce<Verdict>((worst, { finding }) => (finding.isNew ? graver(worst, finding.verdict) : worst), 'pass'),
        findings: gravest(judged).map((draft) => finished(draft, file !== undefined)),
        trace: capped(lines, judged.length),
        steps: own.steps + (known?.steps ?? 0),
        ...(own.wanted.length === 0 ? {} : { wanted: own.wanted.map(outward) }),
        ...(left.met.length === 0 ? {} : { suppressions: left.met }),
      };
    },
  };
}

function finished(draft: Draft, ofFile: boolean): Finding {
  const match = ofFile ? matchOf(draft) : undefined;
  return { ...draft.finding, evidence: draft.evidence(), ...(match === undefined ? {} : { match }) };
}

/** As many as are listed: what decides the verdict first, then in the order of reading. */
function gravest(judged: readonly Draft[]): readonly Draft[] {
  if (judged.length <= MAX_FINDINGS) return judged;
  const weight = ({ finding }: Draft): number => (finding.isNew ? 2 : 0) + (finding.verdict === 'block' ? 1 : 0);
  const kept = new Set([...judged].sort((a, b) => weight(b) - weight(a)).slice(0, MAX_FINDINGS));
  return judged.filter((draft) => kept.has(draft));
}

function capped(trace: readonly TraceLine[], findings: number): TraceLine[] {
  const notes: TraceLine[] = [];
  if (findings > MAX_FINDINGS) notes.push({ step: 'limit', note: `${findings} findings; the gravest ${MAX_FINDINGS} are listed` });
  if (trace.length > MAX_TRACE)
    notes.push({ step: 'limit', note: `${trace.length} steps of reasoning; the first ${MAX_TRACE} are listed` });
  return [...trace.slice(0, MAX_TRACE), ...notes];
}
