import { t } from '@vscode/l10n';
import type { PendingDecision } from '../../verifier/protocol/decision.ts';
import { type History, type HistoryGap, HistoryItem } from '../../verifier/protocol/history.ts';
import type { Source } from '../../verifier/protocol/vocabulary.ts';
import { describeLayers, verdictWords, visibleLine } from './dialogText.ts';
import type { GuardState } from './guardState.ts';

/** A codicon, and the theme colour it has where it has one. */
export interface ViewIcon {
  readonly id: string;
  readonly color?: 'error' | 'warning' | 'ok';
}

/** One line of a tree. Plain words: nothing in them is read as Markdown. */
export interface ViewNode {
  /** The same for the same thing, so that a refresh keeps what is selected and unfolded. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip: string;
  readonly icon: ViewIcon;
  /** For a screen reader: label and description as they stand there, then what else there is to say. */
  readonly spoken: string;
  /** Which actions the line offers; menus in package.json go by it. */
  readonly kind: 'section' | 'waiting' | 'write' | 'file' | 'item' | 'gap' | 'state';
  readonly children?: readonly ViewNode[];
  /** Whether the children are out of sight at first. */
  readonly folded?: boolean;
  /** What the actions are about. */
  readonly about?: ViewSubject;
}

export interface ViewSubject {
  readonly assessmentId?: string;
  /** As the ledger names it: relative to the workspace where it is inside. */
  readonly file?: string;
  readonly ruleId?: string;
}

/** A file whose text waits for a decision. */
export interface WaitingWrite {
  readonly assessmentId: string;
  readonly path: string;
}

export interface GuardFacts {
  readonly waiting: readonly Omit<PendingDecision, 'claimedBy'>[];
  /** Those of what waits that are on the disk already: they can be put back. */
  readonly writes: readonly WaitingWrite[];
  /** Those that are in the editor alone, held back without a dialog. */
  readonly held: readonly WaitingWrite[];
  readonly history: History;
}

/** A moment of the ledger (RFC 3339) as this person's clock shows it. */
export type Moment = (time: string) => string;

/** The sections that have something to show; none where there is nothing to say at all. */
export function guardNodes({ waiting, history, ...files }: GuardFacts, moment: Moment): ViewNode[] {
  const open = waiting.map((pending) => waitingNode(pending, files));
  const waitingIds = new Set(waiting.map(({ assessment }) => assessment.id));
  const settled = history.items.filter(({ assessmentId, timing }) => timing !== 'ahead' && !waitingIds.has(assessmentId));
  const today = settled.filter(({ timing }) => timing === 'before').map((item) => itemNode(item, moment));
  const found = settled.filter(({ timing }) => timing === 'after');
  const unassessed = [
    ...found.filter(({ verdict }) => verdict !== 'pass').map((item) => [item.seq, itemNode(item, moment)] as const),
    ...history.gaps.map((gap) => [gap.seq, gapNode(gap, moment)] as const),
  ];
  const harmless = found.filter(({ verdict }) => verdict === 'pass').map((item) => itemNode(item, moment));
  const after = unassessed.sort(([a], [b]) => b - a).map(([, node]) => node);
  if (harmless.length > 0) after.push(harmlessNode(harmless));
  if (open.length + today.length + after.length === 0) return [];
  const passed = passedNode(history);
  return [
    section('waiting', t('Waiting for You'), { id: 'bell' }, open),
    section('today', t('Today'), { id: 'calendar' }, [...today, ...(passed === undefined ? [] : [passed])]),
    section('unassessed', t('Unassessed'), { id: 'eye-closed' }, after),
  ].filter(({ children }) => children !== undefined && children.length > 0);
}

/** The lines of the guard's state, its summary first. */
export function stateNodes({ level, summary, lines }: GuardState): ViewNode[] {
  const icon: ViewIcon = level === 'ok' ? { id: 'shield', color: 'ok' } : { id: 'warning', color: level };
  const first: ViewNode = {
    ...{ id: 'state', kind: 'state', label: t('Sentinel: {0}', visibleLine(summary)), icon },
    tooltip: t('Opens the doctor'),
    spoken: t('Sentinel: {0}. Opens the doctor.', visibleLine(summary)),
  };
  const rest = lines.map((line, index): ViewNode => {
    const text = visibleLine(line);
    return { id: `state-${index}`, kind: 'state', label: text, icon: { id: 'dash' }, tooltip: text, spoken: text };
  });
  return [first, ...rest];
}

function section(id: string, label: string, icon: ViewIcon, children: readonly ViewNode[]): ViewNode {
  const count = `${children.length}`;
  return { id, kind: 'section', label, description: count, icon, tooltip: label, spoken: `${label}, ${count}`, children };
}

function waitingNode(
  { assessment, source, subjectName }: GuardFacts['waiting'][number],
  files: Pick<GuardFacts, 'writes' | 'held'>,
): ViewNode {
  const { id, verdict, findings, timing } = assessment;
  const what = pendingName(subjectName, source);
  const why = visibleLine(findings.find(({ isNew }) => isNew)?.message ?? findings[0]?.message ?? t('it needs a decision'));
  const write = files.writes.find(({ assessmentId }) => assessmentId === id);
  const file = write ?? files.held.find(({ assessmentId }) => assessmentId === id);
  const state = timing === 'after' ? t('on disk, undecided') : t('held back');
  const ruleId = findings[0]?.ruleId;
  return {
    id: `waiting-${id}`,
    kind: write === undefined ? 'waiting' : 'write',
    label: what.short,
    description: `${verdictWords(verdict)} · ${state}`,
    icon: verdict === 'block' ? { id: 'error', color: 'error' } : { id: 'warning', color: 'warning' },
    tooltip: [
      what.full,
      why,
      ...ruleLine(findings.map((finding) => finding.ruleId)),
      t('State: {0}', state),
      describeLayers(assessment.layers),
    ].join('\n'),
    spoken: `${what.short}, ${verdictWords(verdict)} · ${state}. ${why}`,
    about: {
      assessmentId: id,
      ...(file === undefined ? {} : { file: file.path }),
      ...(ruleId === undefined ? {} : { ruleId }),
    },
  };
}

function itemNode(item: HistoryItem, moment: Moment): ViewNode {
  const { seq, time, source, kind, subjectName, decision, outcome, ruleIds, layers, unassessed, message } = item;
  const what = nameOf(subjectName, source, kind);
  const ended = endOf(item);
  const said = [ended.words, ...(outcome === undefined ? [] : [outcome.outcome])].join(' · ');
  const file = kind === 'file' ? subjectName : undefined;
  const lines = [
    what.full,
    ...(message === undefined ? [] : [visibleLine(message)]),
    ...ruleLine(ruleIds),
    ...(unassessed === undefined ? [] : [t('Unassessed: {0}', visibleLine(unassessed))]),
    ...(decision === undefined ? [] : [decisionLine(decision)]),
    ...(decision?.reason === undefined ? [] : [t('Reason: {0}', visibleLine(decision.reason))]),
    ...(outcome === undefined
      ? []
      : [t('Outcome: {0}', outcome.detail === undefined ? outcome.outcome : `${outcome.outcome} (${visibleLine(outcome.detail)})`)]),
    describeLayers(layers),
    t('Ledger entry {0}, {1}', seq, time),
  ];
  return {
    id: `item-${seq}`,
    kind: file === undefined ? 'item' : 'file',
    label: what.short,
    description: `${said} · ${moment(time)}`,
    icon: ended.icon,
    tooltip: lines.join('\n'),
    spoken: `${what.short}, ${said} · ${moment(time)}${message === undefined ? '' : `. ${visibleLine(message)}`}`,
    about: {
      assessmentId: item.assessmentId,
      ...(file === undefined ? {} : { file }),
      ...(ruleIds[0] === undefined ? {} : { ruleId: ruleIds[0] }),
    },
  };
}

function decisionLine({ choice, by, cause }: NonNullable<HistoryItem['decision']>): string {
  const name = visibleLine(by.name);
  if (cause === 'cancelled') return t('Decision: {0} by {1} (nobody decided)', choice, name);
  return cause === 'recovered' ? t('Decision: {0} by {1} (closed after a crash)', choice, name) : t('Decision: {0} by {1}', choice, name);
}

function endOf({ decision, verdict, timing }: HistoryItem): { words: string; icon: ViewIcon } {
  if (decision === undefined) {
    if (verdict === 'pass')
      return { words: timing === 'after' ? t('found harmless afterwards') : t('passed'), icon: { id: 'pass', color: 'ok' } };
    return { words: t('not decided'), icon: { id: 'question', color: 'warning' } };
  }
  if (decision.choice === 'approve') return { words: t('approved'), icon: { id: 'pass', color: 'ok' } };
  if (decision.cause === 'person') return { words: t('denied'), icon: { id: 'circle-slash', color: 'error' } };
  return { words: t('denied, nobody decided'), icon: { id: 'circle-slash', color: 'warning' } };
}

const GAPS: Record<HistoryGap['what'], { readonly label: () => string; readonly icon: ViewIcon }> = {
  'guard-off': { label: () => t('The guard was switched off'), icon: { id: 'debug-disconnect', color: 'error' } },
  'guard-on': { label: () => t('The guard was switched on'), icon: { id: 'plug', color: 'ok' } },
  'save-guard-bypassed': { label: () => t('Saves were not held'), icon: { id: 'warning', color: 'warning' } },
  'save-guard-active': { label: () => t('Saves are held again'), icon: { id: 'pass', color: 'ok' } },
  'coverage-gap': { label: () => t('Not looked at'), icon: { id: 'eye-closed', color: 'warning' } },
  'let-go': { label: () => t('Let go without the guard'), icon: { id: 'unlock', color: 'error' } },
  'suppression-accepted': { label: () => t('Suppressed from now on'), icon: { id: 'mute', color: 'warning' } },
  'suppression-withdrawn': { label: () => t('No longer suppressed'), icon: { id: 'unmute', color: 'ok' } },
};

function gapNode({ seq, time, what, detail }: HistoryGap, moment: Moment): ViewNode {
  const { icon } = GAPS[what];
  const label = GAPS[what].label();
  const text = visibleLine(detail);
  return {
    ...{ id: `gap-${seq}`, kind: 'gap', label, icon },
    description: `${text} · ${moment(time)}`,
    tooltip: [label, text, t('Ledger entry {0}, {1}', seq, time)].join('\n'),
    spoken: `${label}, ${text} · ${moment(time)}`,
  };
}

/** A build or a branch switch writes many files: what was found harmless must not bury what was not. */
function harmlessNode(children: readonly ViewNode[]): ViewNode {
  const label = t('{0} found harmless afterwards', children.length);
  const icon = { id: 'pass', color: 'ok' } as const;
  const tooltip = t('Written without a check, and looked at at once');
  return { id: 'harmless', kind: 'section', label, icon, tooltip, spoken: `${label}. ${tooltip}.`, children, folded: true };
}

function passedNode({ passed, complete }: History): ViewNode | undefined {
  if (passed === 0) return undefined;
  const label = passedWords(passed, complete);
  const tooltip = t('{0} without a question', label);
  return { id: 'passed', kind: 'item', label, icon: { id: 'pass', color: 'ok' }, tooltip, spoken: label };
}

function passedWords(passed: number, complete: boolean): string {
  if (!complete) return t('{0} or more checks passed', passed);
  return passed === 1 ? t('1 check passed') : t('{0} checks passed', passed);
}

const sources = (): Record<Source, string> => ({
  ...{ chat: t('chat'), model: t('guarded model'), save: t('save'), hook: t('agent hook') },
  ...{ git: 'git', ci: 'CI', http: 'HTTP', cli: t('command line') },
});
const kinds = () => ({ prompt: t('Prompt'), response: t('Answer'), command: t('Command'), file: t('File'), tool: t('Tool call') });

interface Name {
  readonly short: string;
  readonly full: string;
}

/** A file outside the workspace stands in the ledger with its whole path: a line shows its last part. */
function nameOf(subjectName: string | undefined, source: Source, kind: HistoryItem['kind'] | undefined): Name {
  if (subjectName === undefined || subjectName === '') {
    const words = t('{0} ({1})', kind === undefined ? t('Held') : kinds()[kind], sources()[source]);
    return { short: words, full: words };
  }
  const full = visibleLine(subjectName);
  const isWhole = /^(?:[/\\]|[a-z]:[/\\])/i.test(subjectName);
  return { short: isWhole ? visibleLine(subjectName.split(/[/\\]/).at(-1) ?? subjectName) : full, full };
}

/** What waits is named by its kind where it has no name. */
function pendingName(subjectName: string, source: Source): Name {
  const kind = Object.hasOwn(kinds(), subjectName) && source !== 'save' ? HistoryItem.shape.kind.safeParse(subjectName).data : undefined;
  return nameOf(kind === undefined ? subjectName : undefined, source, kind);
}

function ruleLine(ruleIds: readonly string[]): string[] {
  const rules = [...new Set(ruleIds)];
  if (rules.length === 0) return [];
  return [rules.length === 1 ? t('Rule: {0}', rules.join('')) : t('Rules: {0}', rules.join(', '))];
}
