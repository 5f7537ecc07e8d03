import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import type { Assessment, Finding } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import {
  MAX_SUPPRESSION_DAYS,
  type MetSuppression,
  SUPPRESSIONS_FILE,
  SuppressionReason,
  suppressionComment,
  suppressionDigest,
  suppressionWords,
} from '../../verifier/protocol/suppression.ts';
import type { Verifier } from './client.ts';
import { fileLabel, visibleLine } from './dialogText.ts';
import { fileSubject } from './guardSave.ts';
import type { Clock, Dialog, DocumentText, Editors, Log } from './ports.ts';
import { asVerifierError } from './verifierError.ts';

/** Lists and boxes of the editor. */
export interface Chooser {
  /** The chosen value; undefined where the list was left without one. */
  choose<Value>(title: string, items: readonly { label: string; detail?: string; value: Value }[]): Promise<Value | undefined>;
  /** A line of text; `fault` says what is wrong with it so far. */
  line(title: string, prompt: string, fault: (text: string) => string | undefined): Promise<string | undefined>;
}

/** The list of suppressions that a workspace keeps for everybody who works in it. */
export interface WorkspaceList {
  /** The root that holds a file, and the file's path below it with slashes; undefined outside the workspace. */
  rootOf(path: string): { readonly root: string; readonly inside: string } | undefined;
  /** Adds text at the list's end and saves it; `header` begins a new list. False where that was not possible. */
  append(path: string, header: string, text: string): Promise<boolean>;
}

/** A finding as the editor shows it. Lines count from 1. */
export interface ShownFinding {
  readonly path: string;
  readonly ruleId: string;
  readonly line: number;
}

export interface SuppressingParts {
  readonly connect: () => Promise<Verifier>;
  readonly dialog: Dialog;
  readonly chooser: Chooser;
  readonly editors: Editors;
  readonly list: WorkspaceList;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionId: string;
  /** The organisation's limit, where it has one. */
  readonly maxDays: () => Promise<number | undefined>;
}

/** What makes a line go on in the next, where it is not a backslash. */
const CONTINUES: Readonly<Record<string, string>> = { bat: '^', powershell: '`' };
const DAYS = [7, 30, 90];
const DAY_MS = 86_400_000;
const doNotSuppressButton = (): string => t('Do Not Suppress');
const suppressButton = (): string => t('Suppress');
const doNotAcceptButton = (): string => t('Do Not Accept');
const acceptButton = (): string => t('Accept');

interface Terms {
  readonly ruleId: string;
  readonly until: string;
  readonly reason: string;
}

/** "Suppress this rule here…": asks why, how long and where, shows what it would do, and only then does it. */
export class Suppressing {
  readonly #parts: SuppressingParts;

  constructor(parts: SuppressingParts) {
    this.#parts = parts;
  }

  /** True where a suppression of the finding is in force now. Never throws. */
  async here(shown: ShownFinding): Promise<boolean> {
    try {
      return await this.#here(shown, await this.#parts.connect());
    } catch (error) {
      const problem = asVerifierError(error);
      this.#parts.log.error(`A suppression was not made: ${problem.message} (${problem.code})`);
      void this.#parts.dialog.tell('error', t('Nothing was suppressed. {0}', problem.shown));
      return false;
    }
  }

  async #here(shown: ShownFinding, verifier: Verifier): Promise<boolean> {
    const document = await this.#document(shown.path);
    const assessment = document && (await this.#look(verifier, document));
    const finding = assessment && nearest(assessment.findings, shown);
    if (document === undefined || assessment === undefined || finding === undefined) {
      return this.#no(t('{0} finds nothing near line {1} of {2} any more.', shown.ruleId, shown.line, fileLabel(shown.path)));
    }
    const { ruleId } = finding;
    if (finding.match === undefined) return this.#no(t("{0} can't be suppressed: {1}.", ruleId, whyNever(finding)));
    const standing = assessment.suppressions?.find((met) => met.state === 'not-accepted' && isAbout(met, finding));
    if (standing !== undefined) return this.#acceptStanding(verifier, standing, document);
    const terms = await this.#askTerms(ruleId);
    if (terms === undefined) return false;
    const comment = await this.#withComment(verifier, document, finding, terms);
    const entry = this.#parts.list.rootOf(document.path);
    const where = await this.#askWhere(document, comment !== undefined, entry?.inside);
    if (where === 'comment' && comment !== undefined) return this.#writeComment(verifier, document, comment);
    if (where === 'entry' && entry !== undefined) return this.#writeEntry(verifier, document, finding, terms, entry);
    return false;
  }

  async #document(path: string): Promise<DocumentText | undefined> {
    const { editors } = this.#parts;
    const open = editors.open(path);
    if (open !== undefined) return open;
    const disk = await editors.onDisk(path);
    return disk === undefined || 'unassessable' in disk ? undefined : disk;
  }

  /** What the gates say of a text that nobody saves: nothing is held by it. */
  #look(verifier: Verifier, document: DocumentText): Promise<Assessment> {
    const subject = fileSubject(document, undefined);
    const { sessionId } = this.#parts;
    return verifier.verify({ requestId: randomUUID(), sessionId, source: 'save', subject, depth: 'gates', timing: 'ahead' });
  }

  #no(message: string): false {
    void this.#parts.dialog.tell('info', message);
    return false;
  }

  /** A suppression that somebody else wrote: the person reads it, and takes it over as it is or leaves it. */
  async #acceptStanding(verifier: Verifier, met: MetSuppression, { path }: DocumentText): Promise<boolean> {
    const answer = await this.#parts.dialog.ask({
      message: t('Accept the suppression of {0} in {1}?', met.ruleId, fileLabel(path)),
      detail: `${asking(met)}\n\n${t('Once accepted it counts on this machine, until that day or until you withdraw it. This is recorded.')}`,
      buttons: [doNotAcceptButton(), acceptButton()],
    });
    if (answer !== acceptButton()) return false;
    await accept(verifier, met);
    return true;
  }

  async #askTerms(ruleId: string): Promise<Terms | undefined> {
    const { chooser, clock } = this.#parts;
    const prompt = t('Why is this no risk here? Whoever reads the file will read this.');
    const reason = (await chooser.line(t('Suppress {0}', ruleId), prompt, reasonFault))?.trim();
    if (reason === undefined) return undefined;
    const most = Math.min((await this.#parts.maxDays()) ?? MAX_SUPPRESSION_DAYS, MAX_SUPPRESSION_DAYS);
    const choices = DAYS.filter((days) => days <= most);
    const dayAfter = (days: number): string => new Date(clock.now() + days * DAY_MS).toISOString().slice(0, 10);
    const until = await chooser.choose(
      t('How long?'),
      (choices.length > 0 ? choices : [most]).map((days) => ({
        label: days === 1 ? t('1 day') : t('{0} days', days),
        detail: t('until {0}', dayAfter(days)),
        value: dayAfter(days),
      })),
    );
    return until === undefined ? undefined : { ruleId, until, reason };
  }

  async #askWhere(document: DocumentText, comment: boolean, inside: string | undefined): Promise<'comment' | 'entry' | undefined> {
    const ways = [
      ...(comment
        ? [
            {
              label: t('Beside the finding'),
              detail: t('A comment above the line: reaches this finding alone.'),
              value: 'comment' as const,
            },
          ]
        : []),
      ...(inside === undefined
        ? []
        : [
            {
              label: t("In the workspace's list"),
              detail: t('An entry in {0}: reaches the rule in all of {1}.', SUPPRESSIONS_FILE, inside),
              value: 'entry' as const,
            },
          ]),
    ];
    if (ways.length === 0) {
      this.#no(
        t('{0} can hold no comment there and is in no folder of the workspace: approve it instead, once.', fileLabel(document.path)),
      );
      return undefined;
    }
    return this.#parts.chooser.choose(t('Where?'), ways);
  }

  /** The text with the comment, and what the gates make of it; undefined where no comment can stand there. */
  async #withComment(verifier: Verifier, document: DocumentText, finding: Finding, terms: Terms): Promise<Commented | undefined> {
    const words = suppressionWords(terms.ruleId, terms.until, terms.reason);
    const comment = suppressionComment(document.language, words);
    const at = finding.location?.startLine;
    if (comment === undefined || at === undefined) return undefined;
    const offset = lineStart(document.text, at);
    // A line that goes on in the next would swallow the comment, or be ended by it.
    if (
      document.text
        .slice(0, offset)
        .trimEnd()
        .endsWith(CONTINUES[document.language] ?? '\\')
    )
      return undefined;
    const indent = /^[ \t]*/.exec(document.text.slice(offset, offset + 400))?.[0] ?? '';
    const line = `${indent}${comment}${document.text.includes('\r\n') ? '\r\n' : '\n'}`;
    const text = `${document.text.slice(0, offset)}${line}${document.text.slice(offset)}`;
    const { suppressions } = await this.#look(verifier, { ...document, text });
    const reasonDigest = sha256(terms.reason);
    const met = suppressions?.find(
      ({ ruleId, until, reasonDigest: other, place }) =>
        ruleId === terms.ruleId && until === terms.until && other === reasonDigest && place.kind === 'comment',
    );
    return met === undefined ? undefined : { offset, line, met };
  }

  async #writeComment(verifier: Verifier, document: DocumentText, { offset, line, met }: Commented): Promise<boolean> {
    if (met.state === 'forbidden') return this.#no(t("{0} can't be suppressed here: {1}.", met.ruleId, met.why ?? t('it is not allowed')));
    const { editors } = this.#parts;
    const what = t(
      'This comment will be written above line {0}:\n\n{1}\n\nIt reaches this finding alone, and ends when the line changes.',
      met.line - 1,
      visibleLine(line.trim()),
    );
    if (!(await this.#confirm(met.ruleId, document.path, what))) return false;
    // On record before the effect: a comment that nobody accepted would be held.
    await accept(verifier, met);
    const isAsShown = (await this.#document(document.path))?.text === document.text;
    if (isAsShown && (await editors.change(document.path, { offset, length: 0, text: line }))) return true;
    await verifier.suppress({ action: 'withdraw', digest: met.digest, by: verifier.person });
    return this.#no(t('{0} had changed meanwhile, so nothing was written or suppressed.', fileLabel(document.path)));
  }

  async #writeEntry(
    verifier: Verifier,
    document: DocumentText,
    finding: Finding,
    terms: Terms,
    { root, inside }: { readonly root: string; readonly inside: string },
  ): Promise<boolean> {
    const text = entryText(terms, inside, verifier.person.name);
    const what = t(
      'This entry will be added to {0}:\n\n{1}\n\nIt reaches every finding of the rule in that file.',
      SUPPRESSIONS_FILE,
      text.trim().split('\n').map(visibleLine).join('\n'),
    );
    if (!(await this.#confirm(terms.ruleId, document.path, what))) return false;
    const place = { kind: 'entry', root, path: inside } as const;
    const reasonDigest = sha256(terms.reason);
    const digest = suppressionDigest({ ...terms, reasonDigest, place });
    await accept(verifier, { ...terms, digest, reasonDigest, place });
    const separator = root.includes('\\') ? '\\' : '/';
    const file = [root, ...SUPPRESSIONS_FILE.split('/')].join(separator);
    const written = await this.#parts.list.append(file, 'schema: 1\nsuppressions:\n', text);
    const now = written ? await this.#look(verifier, document) : undefined;
    if (now !== undefined && nearest(now.findings, { ...terms, line: finding.location?.startLine ?? 1 })?.match !== finding.match)
      return true;
    await verifier.suppress({ action: 'withdraw', digest, by: verifier.person });
    return this.#no(t('The entry could not be added in a way that counts: look at {0}. Nothing was suppressed.', SUPPRESSIONS_FILE));
  }

  async #confirm(ruleId: string, path: string, what: string): Promise<boolean> {
    const answer = await this.#parts.dialog.ask({
      message: t('Suppress {0} in {1}?', ruleId, fileLabel(path)),
      detail: `${what} ${t('It counts on this machine; elsewhere once somebody accepts it there. This is recorded, and you can withdraw it.')}`,
      buttons: [doNotSuppressButton(), suppressButton()],
    });
    return answer === suppressButton();
  }
}

interface Commented {
  readonly offset: number;
  readonly line: string;
  readonly met: MetSuppression;
}

async function accept(verifier: Verifier, met: Pick<MetSuppression, 'digest' | 'ruleId' | 'until' | 'reason' | 'reasonDigest' | 'place'>) {
  const { digest, ruleId, until, reason, reasonDigest, place } = met;
  await verifier.suppress({ action: 'accept', digest, ruleId, until, reason, reasonDigest, place, by: verifier.person });
}

function asking({ place, until, reason }: MetSuppression): string {
  const because = visibleLine(reason);
  return place.kind === 'comment'
    ? t('The comment in the file asks for it until {0}, because: {1}', until, because)
    : t("The workspace's list asks for it until {1}, in every file that fits {0}, because: {2}", visibleLine(place.path), until, because);
}

function isAbout({ ruleId, line }: MetSuppression, finding: Finding): boolean {
  return ruleId === finding.ruleId && line === (finding.location?.startLine ?? 1);
}

/** The finding of the same rule that is nearest: lines move while a text is edited. */
function nearest(findings: readonly Finding[], { ruleId, line }: Pick<ShownFinding, 'ruleId' | 'line'>): Finding | undefined {
  const distance = ({ location }: Finding): number => Math.abs((location?.startLine ?? 1) - line);
  return findings.filter((finding) => finding.ruleId === ruleId).sort((a, b) => distance(a) - distance(b))[0];
}

function whyNever({ layer, policy }: Finding): string {
  if (layer === 'audit') return t('the auditor found it, and what it finds can only be decided each time');
  return policy === 'gate' || policy === 'guard'
    ? t('it says something about the guard itself')
    : t('a rule about secrets can never be suppressed');
}

function reasonFault(text: string): string | undefined {
  const parsed = SuppressionReason.safeParse(text);
  return parsed.success
    ? undefined
    : t('Give one line of 3 to 300 characters, without double quotes and without signs that end a comment.');
}

/** JSON strings are YAML strings, whatever is in them. */
function entryText({ ruleId, until, reason }: Terms, inside: string, by: string): string {
  return `  - rule: ${ruleId}\n    path: ${JSON.stringify(inside)}\n    until: ${until}\n    reason: ${JSON.stringify(reason)}\n    by: ${JSON.stringify(by.slice(0, 200))}\n`;
}

/** Offset at which a one-based line begins. */
function lineStart(text: string, line: number): number {
  let at = 0;
  for (let number = 1; number < line; number += 1) {
    const next = text.indexOf('\n', at);
    if (next === -1) return at;
    at = next + 1;
  }
  return at;
}
