import type { Piece } from '../policy/evaluate.ts';
import type { Effect, Secret, Segment } from '../policy/facts.ts';
import type { StepMeter } from '../policy/steps.ts';
import { plainView, type TextView } from '../policy/view.ts';
import type { TraceLine } from '../protocol/assessment.ts';
import { type Subject, subjectText } from '../protocol/subject.ts';
import { Source } from './evidence.ts';
import type { GateContext } from './gates.ts';
import { MAX_EXAMINED, MAX_MENTIONS, MAX_SEGMENTS } from './limits.ts';
import { foldedView } from './normalise.ts';
import { secretsIn } from './secretsIn.ts';
import { mentionedCommands, segmentsOf } from './segments.ts';
import { shellFacts } from './shell/effects.ts';
import type { ShellGrammar } from './shell/grammar.ts';

/** A piece with the way back to the subject. */
export interface PlacedPiece {
  readonly piece: Piece;
  /** The text from which findings in this piece quote. */
  readonly source: Source;
  /** Added to the piece's offsets for those of the source. */
  readonly shift: number;
  /** Where in the subject a piece stands that is no literal part of it (unescaped, put together). */
  readonly anchor: number | undefined;
}

/** A subject cut into pieces, with all facts that the rules read. */
export interface Facts {
  readonly whole: Source;
  readonly pieces: readonly PlacedPiece[];
  /** Limits that were met: each means that something was not examined. */
  readonly limits: readonly TraceLine[];
  /** Readers of facts that failed: what they would have said is missing. */
  readonly failed: readonly TraceLine[];
}

/** The subject with no more text than is examined. */
function examined(subject: Subject): Subject {
  if (subject.kind === 'tool' || subject.text.length <= MAX_EXAMINED) return subject;
  return { ...subject, text: subject.text.slice(0, MAX_EXAMINED) };
}

/** Reads all facts from a subject. Deterministic; work is counted on the meter. */
export class FactReader {
  readonly #grammar: ShellGrammar;
  readonly #context: GateContext;
  readonly #meter: StepMeter;
  readonly #limits: TraceLine[] = [];
  readonly #failed: TraceLine[] = [];
  #mentions = 0;

  constructor(grammar: ShellGrammar, context: GateContext, meter: StepMeter) {
    this.#grammar = grammar;
    this.#context = context;
    this.#meter = meter;
  }

  read(subject: Subject): Facts {
    const full = subjectText(subject);
    if (full.length > MAX_EXAMINED) {
      this.#limit(`The text has ${full.length} characters; the first ${MAX_EXAMINED} were examined`);
    }
    const whole = new Source(full.slice(0, MAX_EXAMINED));
    const bounded = examined(subject);
    const segments = this.#guarded('cutting the text into parts', () => segmentsOf(bounded));
    if (segments.length > MAX_SEGMENTS) this.#limit(`The text has ${segments.length} parts; the first ${MAX_SEGMENTS} were examined`);
    const cwd = subject.kind === 'command' || subject.kind === 'tool' ? subject.cwd : undefined;
    const pieces: PlacedPiece[] = [
      {
        piece: { text: whole.text, zone: undefined, language: undefined, views: [], effects: [], secrets: this.#secrets(whole.text) },
        source: whole,
        shift: 0,
        anchor: undefined,
      },
    ];
    for (const segment of segments.slice(0, MAX_SEGMENTS)) pieces.push(this.#place(segment, whole, cwd));
    return { whole, pieces, limits: this.#limits, failed: this.#failed };
  }

  /** A reader that throws must not take the others with it, nor go unnoticed. */
  #guarded<T>(what: string, read: () => readonly T[]): readonly T[] {
    try {
      return read();
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown reason';
      this.#failed.push({ step: 'error', note: `Failed at ${what}: ${why}` });
      return [];
    }
  }

  #limit(note: string): void {
    this.#limits.push({ step: 'limit', note: note.slice(0, 400) });
  }

  #place(segment: Segment, whole: Source, cwd: string | undefined): PlacedPiece {
    const text = segment.text.slice(0, MAX_EXAMINED);
    const verbatim = whole.text.startsWith(text, segment.offset);
    const folded = foldedView(text);
    const views: readonly TextView[] = folded === undefined ? [plainView(text)] : [plainView(text), folded];
    const effects = views.flatMap((view) =>
      this.#guarded('reading commands', () => this.#effects({ ...segment, text: view.text }, view, cwd)),
    );
    const piece: Piece = {
      text,
      zone: segment.zone,
      language: segment.language,
      views,
      effects,
      secrets: verbatim ? [] : this.#secrets(text),
    };
    return verbatim
      ? { piece, source: whole, shift: segment.offset, anchor: undefined }
      : { piece, source: new Source(text), shift: 0, anchor: Math.min(segment.offset, whole.text.length) };
  }

  #secrets(text: string): readonly Secret[] {
    return this.#guarded('looking for credentials', () => secretsIn(text));
  }

  #effects(segment: Segment, view: TextView, cwd: string | undefined): Effect[] {
    if (segment.zone === 'shell') return this.#shell(segment.text, segment.language, cwd, 0, view, []);
    if (segment.zone !== 'prose' && segment.zone !== 'prompt') return [];
    const effects: Effect[] = [];
    for (const mention of mentionedCommands(segment)) {
      this.#mentions++;
      if (this.#mentions > MAX_MENTIONS) {
        this.#limit(`More than ${MAX_MENTIONS} commands are mentioned; the rest was not examined`);
        break;
      }
      effects.push(...this.#shell(mention.text, undefined, cwd, mention.offset, view, ['mentioned']));
    }
    return effects;
  }

  #shell(
    text: string,
    language: string | undefined,
    cwd: string | undefined,
    offset: number,
    view: TextView,
    extra: Effect['traits'],
  ): Effect[] {
    const facts = shellFacts(this.#grammar, text, { ...this.#context, ...(cwd === undefined ? {} : { cwd }) }, language);
    this.#meter.spend(facts.steps);
    if (facts.limit !== undefined) this.#limit(`Shell text: ${facts.limit}`);
    return facts.effects.map((effect) => ({
      ...effect,
      ...view.toOriginal(offset + effect.start, offset + effect.end),
      traits: extra.length === 0 ? effect.traits : [...new Set([...effect.traits, ...extra])],
    }));
  }
}
