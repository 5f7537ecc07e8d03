import { t } from '@vscode/l10n';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import type { CatalogueRule } from '../../verifier/protocol/policyCatalogue.ts';
import type { Verifier } from './client.ts';
import type { Held, NotARisk } from './decide.ts';
import { visibleLine, weighty } from './dialogText.ts';
import type { Dialog, Log } from './ports.ts';
import type { Chooser, ShownFinding, Suppressing } from './suppressing.ts';
import { asVerifierError } from './verifierError.ts';
import type { WrongFindings } from './wrongFindings.ts';

export interface FalseAlarmParts {
  readonly connect: () => Promise<Verifier>;
  readonly suppressing: Pick<Suppressing, 'here'>;
  readonly wrong: Pick<WrongFindings, 'report'>;
  readonly dialog: Dialog;
  readonly chooser: Chooser;
  readonly log: Log;
  readonly languageOf: (path: string) => string;
  /** Asks about what waits of this file; false where nothing does. */
  readonly decide: (path: string) => Promise<boolean>;
  /** Opens a file for reading, at a one-based line. */
  readonly openAt: (path: string, line: number) => Promise<void>;
  /** A pause in which the person can read what was opened; over when they say so. */
  readonly reading: () => Promise<unknown>;
}

/** What a person can do about a finding that is no risk: from beside the text, and from the dialog. */
export class FalseAlarms {
  readonly #parts: FalseAlarmParts;

  constructor(parts: FalseAlarmParts) {
    this.#parts = parts;
  }

  /** The dialog's third button. */
  async notARisk(held: Held): Promise<NotARisk> {
    const findings = weighty(held.assessment);
    const finding = findings.length > 1 ? await this.#choose(findings) : findings[0];
    if (finding === undefined) return findings.length > 1 ? 'again' : this.#nothingNamed();
    const { path } = held;
    // What lets the text pass stands last: the first row has the focus.
    const items = [
      { label: t('Open the Rule'), detail: t('Read it, then decide.'), value: 'open' as const },
      {
        label: t('This Finding Is Wrong…'),
        detail: t('Keep a note for the owner of the policy. What is held stays held.'),
        value: 'wrong' as const,
      },
      ...(path === undefined
        ? []
        : [
            {
              label: t('Suppress This Rule Here…'),
              detail: t('With a reason and an end, in a comment or in the workspace’s list.'),
              value: 'suppress' as const,
            },
          ]),
      { label: t('Allow Once…'), detail: t('Approve {0} this one time. It is recorded.', held.subject), value: 'approve' as const },
    ];
    const chosen = await this.#parts.chooser.choose(t('{0}: not a risk?', finding.ruleId), items);
    if (chosen === 'approve') return 'approve';
    if (chosen === 'suppress' && path !== undefined) {
      const line = finding.location?.startLine ?? 1;
      return (await this.#parts.suppressing.here({ path, ruleId: finding.ruleId, line })) ? 'replaced' : 'again';
    }
    if (chosen === 'wrong') {
      const language = path === undefined ? '' : this.#parts.languageOf(path);
      await this.#parts.wrong.report(finding, { language, policyDigest: held.assessment.policyDigest });
    }
    if (chosen === 'open' && (await this.openRule(finding.ruleId))) await this.#parts.reading();
    return 'again';
  }

  /** Opens the decision about a file, where one waits; else says why there is none. */
  async allowOnce({ path }: ShownFinding): Promise<void> {
    if (await this.#parts.decide(path)) return;
    void this.#parts.dialog.tell(
      'info',
      t('Nothing of this file waits for a decision now. Save it: what breaks a policy is held, and asks you then.'),
    );
  }

  /** True where a file was opened. Never throws. */
  async openRule(ruleId: string): Promise<boolean> {
    const { connect, openAt, dialog, log } = this.#parts;
    try {
      const { policies } = await (await connect()).policies();
      const rule = policies.flatMap((policy): CatalogueRule[] => policy.rules).find(({ id }) => id === ruleId);
      const policy = policies.find(({ name }) => ruleId === `${name}.audit`);
      if (rule !== undefined) await openAt(rule.file, rule.line);
      else if (policy !== undefined) await openAt(`${policy.folder}/policy.md`, 1);
      else {
        void dialog.tell(
          'info',
          t("{0} is no rule of a policy: the guard itself says so. The finding's message says why.", visibleLine(ruleId)),
        );
        return false;
      }
      return true;
    } catch (error) {
      const problem = asVerifierError(error);
      log.error(`The rule ${ruleId} could not be opened: ${problem.message} (${problem.code})`);
      void dialog.tell('error', t('The rule could not be opened. {0}', problem.shown));
      return false;
    }
  }

  #choose(findings: readonly Finding[]): Promise<Finding | undefined> {
    const items = findings.slice(0, 50).map((finding) => ({
      label: finding.location ? t('{0}, line {1}', finding.ruleId, finding.location.startLine) : finding.ruleId,
      detail: visibleLine(finding.message),
      value: finding,
    }));
    return this.#parts.chooser.choose(t('Which finding?'), items);
  }

  #nothingNamed(): NotARisk {
    void this.#parts.dialog.tell('info', t('No single finding was named here: approve it or deny it.'));
    return 'again';
  }
}
