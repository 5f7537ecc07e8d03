import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Depth } from '../../verifier/protocol/vocabulary.ts';
import { MarkdownLines } from './markdownLines.ts';
import { SafeRenderer } from './renderSafe.ts';
import { said } from './said.ts';
import { asVerifierError, VerifierError } from './verifierError.ts';

/** Assesses the answer's beginning so far. */
export type Check = (textSoFar: string, depth: Depth) => Promise<Assessment>;

/** No answer is longer, in UTF-16 units: one without an end would fill the memory while it is held. */
export const MAX_ANSWER = 2 * 1024 * 1024;

/** A run of whole lines that is released together. */
interface Segment {
  readonly end: number;
  readonly isCode: boolean;
}

/**
 * Holds a streaming answer back until the verdict on everything so far is in. Prose goes line by
 * line through the gates; a code block waits, whole, for a full verdict. One check is in flight at a
 * time, and lines that arrive meanwhile are covered by the next. After the first verdict that is not
 * `pass`, or a check that failed, nothing more is shown.
 */
export class AnswerGate {
  readonly #check: Check;
  readonly #show: (markdown: string) => void;
  readonly #lines = new MarkdownLines();
  /** None where the text is shown as it came. */
  readonly #renderer: SafeRenderer | undefined;
  #text = '';
  #endsInReturn = false;
  /** Offsets into the text: up to where lines were told apart, and up to where it was shown. */
  #scanned = 0;
  #shown = 0;
  #segments: Segment[] = [];
  #segmentHasCode = false;
  #flight: Promise<void> | undefined;
  #finished = false;
  #objection: Assessment | undefined;
  #failure: VerifierError | undefined;
  #passed: Assessment | undefined;

  /**
   * @param as `safe` makes the Markdown inert; `exact` shows the text as it came, byte for byte, for those who build
   *   edits from it
   */
  constructor(check: Check, show: (text: string) => void, as: 'safe' | 'exact' = 'safe') {
    this.#check = check;
    this.#show = show;
    this.#renderer = as === 'safe' ? new SafeRenderer() : undefined;
  }

  /** The whole answer so far, with every line ending as a line feed. */
  get text(): string {
    return withLineFeeds(this.#text);
  }
  /** The first verdict that was not `pass`. */
  get objection(): Assessment | undefined {
    return this.#objection;
  }
  get failure(): VerifierError | undefined {
    return this.#failure;
  }
  /** The latest verdict that let something be shown. */
  get passed(): Assessment | undefined {
    return this.#passed;
  }
  get shownLength(): number {
    return this.#shown;
  }

  push(chunk: string): void {
    if (this.#failure) return;
    if (this.#text.length + chunk.length > MAX_ANSWER) {
      this.#failure = new VerifierError(
        'too_large',
        said('The answer is longer than the {0} million characters that are checked.', MAX_ANSWER / 1024 / 1024),
      );
      return;
    }
    this.#append(chunk);
    this.#pump();
  }

  /** No more is coming: waits for the check in flight and starts no other. */
  async finish(): Promise<void> {
    this.#finished = true;
    await this.#flight;
  }

  /** Shows everything that is still held. The caller has a verdict or a recorded decision for it. */
  releaseRest(): void {
    this.#release(this.#text.length);
    const closing = this.#renderer?.end();
    if (closing) this.#show(closing);
  }

  #append(chunk: string): void {
    if (this.#renderer) {
      // A carriage return at the end of a chunk may be half of a line ending.
      const text = this.#endsInReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
      if (chunk !== '') this.#endsInReturn = chunk.endsWith('\r');
      this.#text += withLineFeeds(text);
    } else {
      this.#text += chunk;
    }
    for (let end = this.#text.indexOf('\n', this.#scanned); end !== -1; end = this.#text.indexOf('\n', this.#scanned)) {
      const { isCode } = this.#lines.next(this.#text.slice(this.#scanned, end).replace(/\r$/, ''));
      this.#segmentHasCode ||= isCode;
      this.#scanned = end + 1;
      if (this.#lines.isOpen) continue;
      this.#segments.push({ end: this.#scanned, isCode: this.#segmentHasCode });
      this.#segmentHasCode = false;
    }
  }

  #pump(): void {
    if (this.#flight || this.#finished || this.#objection || this.#failure || this.#segments.length === 0) return;
    const firstCode = this.#segments.findIndex((segment) => segment.isCode);
    const count = firstCode === -1 ? this.#segments.length : firstCode === 0 ? this.#segments.length : firstCode;
    const end = this.#segments[count - 1]?.end ?? 0;
    this.#segments = this.#segments.slice(count);
    this.#flight = this.#assess(end, firstCode === 0 ? 'full' : 'gates').finally(() => {
      this.#flight = undefined;
      this.#pump();
    });
  }

  async #assess(end: number, depth: Depth): Promise<void> {
    try {
      const assessment = await this.#check(withLineFeeds(this.#text.slice(0, end)), depth);
      if (assessment.verdict === 'pass') {
        this.#passed = assessment;
        this.#release(end);
      } else {
        this.#objection = assessment;
      }
    } catch (error) {
      this.#failure = asVerifierError(error);
    }
  }

  #release(end: number): void {
    if (end <= this.#shown) return;
    const renderer = this.#renderer;
    if (!renderer) {
      this.#show(this.#text.slice(this.#shown, end));
      this.#shown = end;
      return;
    }
    const lines = this.#text.slice(this.#shown, end).split('\n');
    if (lines.at(-1) === '') lines.pop();
    this.#shown = end;
    this.#show(lines.map((line) => renderer.line(line)).join(''));
  }
}

/** The gates know one line ending. */
function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
