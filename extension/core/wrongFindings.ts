import { t } from '@vscode/l10n';
import { z } from 'zod';
import { type Finding, Location } from '../../verifier/protocol/assessment.ts';
import type { Clock, Dialog, Log, Storage } from './ports.ts';
import type { Chooser } from './suppressing.ts';

const NAME = 'wrong-findings.jsonl';
const MAX_KEPT = 1000;
const MAX_NOTE = 1000;
const exportButton = (): string => t('Export…');

/** One line of the file: what the owner of a policy needs to know, and nothing of the text but its redacted line. */
const WrongFinding = z.strictObject({
  time: z.string(),
  ruleId: z.string(),
  layer: z.string(),
  message: z.string(),
  excerpt: z.string(),
  lines: z.int().positive(),
  language: z.string(),
  note: z.string().max(MAX_NOTE),
  policyDigest: z.string(),
  version: z.string(),
  editor: z.string(),
});
type WrongFinding = z.infer<typeof WrongFinding>;

type Reported = Pick<Finding, 'ruleId' | 'layer' | 'message' | 'location'> & { readonly evidence: Pick<Finding['evidence'], 'excerpt'> };

export interface WrongFindingsParts {
  readonly storage: Storage;
  readonly chooser: Chooser;
  readonly dialog: Dialog;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes a text to a file that the person picks; false where none was picked. */
  readonly exportText: (suggestedName: string, text: string) => Promise<boolean>;
  /** Version of this program and of the editor. */
  readonly versions: { readonly version: string; readonly editor: string };
}

/** Findings that a person takes for wrong. They stay in a private file on this machine until somebody exports them. */
export class WrongFindings {
  readonly #parts: WrongFindingsParts;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: WrongFindingsParts) {
    this.#parts = parts;
  }

  /** As {@link report}, where only the rule is known: an answer in the chat, of which no text is kept. */
  reportRule(ruleId: string): Promise<boolean> {
    const unknown = { ruleId, layer: 'gates', message: '', evidence: { excerpt: '' } } as const;
    return this.report(unknown, { language: '', policyDigest: '' });
  }

  /** Asks for a note and keeps the finding. False where the person left it. Never throws. */
  async report(finding: Reported, about: { readonly language: string; readonly policyDigest: string }): Promise<boolean> {
    const { chooser, clock, dialog, log, versions } = this.#parts;
    const prompt = t('What is wrong about it? Your note stays on this machine until you export it; leave out what is secret.');
    const note = await chooser.line(t('This finding of {0} is wrong', finding.ruleId), prompt, (text) =>
      text.length > MAX_NOTE ? t('At most {0} characters.', MAX_NOTE) : undefined,
    );
    if (note === undefined) return false;
    const place = Location.safeParse(finding.location).data;
    const kept: WrongFinding = {
      time: new Date(clock.now()).toISOString(),
      ruleId: finding.ruleId,
      layer: finding.layer,
      message: finding.message,
      excerpt: finding.evidence.excerpt,
      lines: place === undefined ? 1 : place.endLine - place.startLine + 1,
      note: note.trim(),
      ...about,
      ...versions,
    };
    try {
      const count = await this.#add(kept);
      void this.#tellCount(count);
      return true;
    } catch (error) {
      log.error(`A finding that was reported as wrong could not be kept: ${error instanceof Error ? error.message : error}`);
      void dialog.tell('error', t('The report could not be kept: the log says why.'));
      return false;
    }
  }

  /** Writes all that was kept to a file that the person picks. */
  async export(): Promise<void> {
    const { dialog, exportText } = this.#parts;
    const all = await this.#kept();
    if (all.length === 0) return void dialog.tell('info', t('No finding was reported as wrong.'));
    if (await exportText('sentinel-wrong-findings.jsonl', lines(all))) {
      void dialog.tell('info', written(all.length));
    }
  }

  async count(): Promise<number> {
    return (await this.#kept()).length;
  }

  async #tellCount(count: number): Promise<void> {
    const action = await this.#parts.dialog.tell('info', keptText(count), exportButton());
    if (action === exportButton()) await this.export();
  }

  /** One after the other: two reports at once must not lose one. */
  #add(finding: WrongFinding): Promise<number> {
    const adding = this.#writing.then(async () => {
      const all = [...(await this.#kept()), finding].slice(-MAX_KEPT);
      await this.#parts.storage.write(NAME, lines(all));
      return all.length;
    });
    this.#writing = adding.catch(() => undefined);
    return adding;
  }

  async #kept(): Promise<WrongFinding[]> {
    const text = (await this.#parts.storage.read(NAME)) ?? '';
    return text.split('\n').flatMap((line) => parse(line) ?? []);
  }
}

function parse(line: string): WrongFinding | undefined {
  try {
    return WrongFinding.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function lines(all: readonly WrongFinding[]): string {
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

function written(count: number): string {
  return count === 1
    ? t('1 finding that was reported as wrong is written. Read the file before you give it to the owner of the policy.')
    : t('{0} findings that were reported as wrong are written. Read the file before you give it to the owner of the policy.', count);
}

function keptText(count: number): string {
  return count === 1
    ? t('Thank you: 1 finding that was reported as wrong is kept on this machine.')
    : t('Thank you: {0} findings that were reported as wrong are kept on this machine.', count);
}
