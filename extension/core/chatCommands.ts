import { t } from '@vscode/l10n';
import type { HistoryItem } from '../../verifier/protocol/history.ts';
import type { PolicyCatalogue } from '../../verifier/protocol/policyCatalogue.ts';
import type { Verifier } from './client.ts';
import { visibleLine } from './dialogText.ts';
import { explain } from './explain.ts';
import type { Log } from './ports.ts';
import { plainWords } from './renderSafe.ts';
import { type ScanTargets, scan } from './scan.ts';
import { asVerifierError } from './verifierError.ts';

/** Where a command's answer appears. */
export interface CommandView {
  /** Markdown that has already been made safe. */
  show(markdown: string): void;
  /** A link that opens a file, at a one-based line. It reads as the file's name, with the line. */
  place(at: { readonly path: string; readonly line?: number }): void;
  progress(message: string): void;
  /** Buttons to restart the verifier and to see the log. */
  offerRecovery(): void;
}

export interface CommandRequest {
  /** What stands after the command's name. */
  readonly argument: string;
  readonly view: CommandView;
  readonly signal: AbortSignal;
  readonly sessionId: string;
  readonly targets: () => Promise<ScanTargets>;
}

/** How a command ended: what its follow-ups and the reader's feedback can be about. */
export interface CommandEnd {
  readonly rules: readonly string[];
  readonly assessmentId?: string;
}

export interface CommandContext extends CommandRequest {
  readonly verifier: Verifier;
  readonly readText: (path: string) => Promise<string | undefined>;
  /** A moment of the ledger as this person's clock shows it. */
  readonly moment: (time: string) => string;
  /** Whether the person agreed that an auditor reads files. */
  readonly auditsFiles: () => boolean;
}

export type ChatCommand = (context: CommandContext) => Promise<CommandEnd>;

const MAX_DECISIONS = 50;

const COMMANDS: Readonly<Record<string, ChatCommand>> = { scan, explain, policies: tellPolicies, decisions: tellDecisions };

/** The commands of the chat participant. They ask the verifier alone: no model sees them or answers them. */
export class ChatCommands {
  readonly #parts: Pick<CommandContext, 'readText' | 'moment' | 'auditsFiles'> & {
    readonly connect: () => Promise<Verifier>;
    readonly log: Log;
  };

  constructor(
    parts: Pick<CommandContext, 'readText' | 'moment' | 'auditsFiles'> & { readonly connect: () => Promise<Verifier>; readonly log: Log },
  ) {
    this.#parts = parts;
  }

  /** Never throws; what failed is said in the chat. */
  async run(name: string, request: CommandRequest): Promise<CommandEnd> {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      request.view.show(t('There is no command /{0}.', plainWords(name)));
      return { rules: [] };
    }
    try {
      return await command({ ...request, ...this.#parts, verifier: await this.#parts.connect() });
    } catch (error) {
      const problem = asVerifierError(error);
      if (problem.code === 'cancelled') return { rules: [] };
      this.#parts.log.error(`/${name} failed: ${problem.message} (${problem.code})`);
      request.view.show(`\n\n${t('**That could not be answered.** {0}', plainWords(problem.shown))}\n`);
      request.view.offerRecovery();
      return { rules: [] };
    }
  }
}

async function tellPolicies({ verifier, view, signal }: CommandContext): Promise<CommandEnd> {
  const { policies } = await verifier.policies({ signal });
  view.show(`${t("{0} policies are in force. /explain followed by a rule's name says more about it.", policies.length)}\n\n`);
  for (const policy of policies) {
    const { name, title, folder, rules } = policy;
    view.show(`- **${plainWords(visibleLine(title))}** (${plainWords(name)}, ${describeOrigin(policy)}): `);
    view.place({ path: `${folder}/policy.md` });
    const blocking = rules.filter(({ verdict }) => verdict === 'block').length;
    view.show(` · ${rules.length === 1 ? t('1 rule, {0} blocking', blocking) : t('{0} rules, {1} blocking', rules.length, blocking)}: `);
    view.place({ path: `${folder}/rules.yaml` });
    view.show('\n');
  }
  return { rules: [] };
}

function describeOrigin({ origin, version }: PolicyCatalogue['policies'][number]): string {
  return origin === 'workspace' ? t('brought by this workspace, version {0}', version) : t('{0}, version {1}', origin, version);
}

async function tellDecisions({ verifier, view, signal, moment }: CommandContext): Promise<CommandEnd> {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const asked = { since: midnight.toISOString(), limit: 1_000, only: 'noteworthy' } as const;
  const { items, passed, complete } = await verifier.history(asked, { signal });
  const decided = items.filter(({ decision }) => decision !== undefined);
  const made = countDecisions(decided.length, complete);
  view.show(`${t('Today: {0}, and {1} that passed without a question.', made, countChecks(passed, complete))}\n\n`);
  for (const item of decided.slice(0, MAX_DECISIONS)) view.show(`- ${decisionLine(item, moment)}\n`);
  if (decided.length > MAX_DECISIONS) view.show(`- ${t('… and {0} more, in the Guard view.', decided.length - MAX_DECISIONS)}\n`);
  const [rule] = decided.flatMap(({ ruleIds }) => ruleIds);
  return { rules: rule === undefined ? [] : [rule] };
}

function countDecisions(count: number, complete: boolean): string {
  if (!complete) return t('{0} or more decisions', count);
  return count === 1 ? t('1 decision') : t('{0} decisions', count);
}

function countChecks(count: number, complete: boolean): string {
  if (!complete) return t('{0} or more checks', count);
  return count === 1 ? t('1 check') : t('{0} checks', count);
}

function decisionLine(item: HistoryItem, moment: CommandContext['moment']): string {
  const { decision, outcome, subjectName, kind, ruleIds } = item;
  if (decision === undefined) return '';
  const choice = decision.choice === 'approve' ? t('approved') : t('denied');
  const who = decision.cause === 'person' ? t('by {0}', decision.by.name) : t('because nobody decided');
  const what = subjectName ?? t('the {0}', kind);
  const parts = [
    `${plainWords(moment(decision.time))} **${choice}** ${plainWords(visibleLine(what))} ${plainWords(visibleLine(who))}`,
    ...(ruleIds.length === 0 ? [] : [t('rule {0}', plainWords(ruleIds.slice(0, 3).join(', ')))]),
    ...(decision.reason === undefined ? [] : [t('reason: {0}', plainWords(visibleLine(decision.reason)))]),
    ...(outcome === undefined ? [] : [outcome.outcome]),
    t('entry {0}', decision.seq),
  ];
  return parts.join(' · ');
}
