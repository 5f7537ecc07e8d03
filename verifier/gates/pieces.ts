import type { Piece } from '../policy/evaluate.ts';
import { exemptionPath } from '../policy/exemptions.ts';
import type { BuildFact, BuildFormat, CodeFacts, Effect, Secret, Segment } from '../policy/facts.ts';
import type { StepMeter } from '../policy/steps.ts';
import { compose, plainView, type TextView } from '../policy/view.ts';
import type { TraceLine } from '../protocol/assessment.ts';
import { type Subject, subjectText } from '../protocol/subject.ts';
import { buildFacts } from './build/build.ts';
import { beyondThrowaway } from './build/throwaway.ts';
import { codeFacts } from './code/code.ts';
import { CodeGrammars } from './code/grammars.ts';
import { decodedViews } from './decoding.ts';
import { Source } from './evidence.ts';
import type { GateContext } from './gates.ts';
import { SHELL_LANGUAGES } from './languages.ts';
import { MAX_EXAMINED, MAX_MENTIONS, MAX_SEGMENTS } from './limits.ts';
import { foldedView } from './normalise.ts';
import { secretsIn } from './secretsIn.ts';
import { mentionedCommands, segmentsOf } from './segments.ts';
import type { CommandWatcher } from './shell/analysis.ts';
import { shellFacts } from './shell/effects.ts';
import type { ShellGrammar } from './shell/grammar.ts';
import { ResolvedCommands } from './shell/resolved.ts';
import { type ScriptFile, ScriptFiles, scriptLanguage } from './shell/scriptFiles.ts';
import { withoutRemoved } from './toolSegments.ts';
import { actEffects } from './tools/acts.ts';

/** A piece with the way back to the subject. */
export interface PlacedPiece {
  readonly piece: Piece;
  /** The text from which findings in this piece quote. */
  readonly source: Source;
  /** Added to the piece's offsets for those of the source. */
  readonly shift: number;
  /** Where in the subject a piece stands that is no literal part of it (unescaped, put together). */
  readonly anchor: number | undefined;
  /** Path of the script that the subject runs, where the piece is that. */
  readonly script?: string;
}

/** A subject cut into pieces, with all facts that the rules read. */
export interface Facts {
  readonly whole: Source;
  readonly pieces: readonly PlacedPiece[];
  /** Limits that were met: each means that something was not examined. */
  readonly limits: readonly TraceLine[];
  /** Readers of facts that failed: what they would have said is missing. */
  readonly failed: readonly TraceLine[];
  /** Absolute paths of scripts that the subject would run. */
  readonly wanted: readonly string[];
}

/** Grammars of code, and what tells whether a text can concern any rule on code. */
export interface CodeReader {
  readonly grammars: CodeGrammars;
  readonly concerns: (text: string, language: string) => boolean;
}

/** The subject with no more text than is examined. */
function examined(subject: Subject): Subject {
  if (subject.kind === 'tool' || subject.text.length <= MAX_EXAMINED) return subject;
  return { ...subject, text: subject.text.slice(0, MAX_EXAMINED) };
}

/** Reads all facts from a subject. Deterministic; work is counted on the meter. */
export class FactReader {
  readonly #grammar: ShellGrammar;
  readonly #code: CodeReader | undefined;
  readonly #context: GateContext;
  readonly #meter: StepMeter;
  readonly #limits: TraceLine[] = [];
  readonly #failed: TraceLine[] = [];
  readonly #known: ReadonlyMap<string, ScriptFile>;
  /** What scripts do, as the commands that run them tell. */
  readonly #inScripts: Effect[] = [];
  #scripts: ScriptFiles | undefined;
  #mentions = 0;

  /** @param code reads what code does; absent where no rule asks for it */
  constructor(grammar: ShellGrammar, code: CodeReader | undefined, context: GateContext, meter: StepMeter) {
    this.#grammar = grammar;
    this.#code = code;
    this.#context = context;
    this.#meter = meter;
    this.#known = new Map((context.scripts ?? []).map((script) => [script.path, script]));
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
    // A tool that is not told a folder works in the first of the workspace.
    const cwd =
      subject.kind === 'tool' ? (subject.cwd ?? this.#context.workspaceRoots[0]) : subject.kind === 'command' ? subject.cwd : undefined;
    if (subject.kind === 'command' || subject.kind === 'tool') this.#scripts = new ScriptFiles(this.#known, subject.kind === 'tool');
    const kept = subject.kind === 'tool' ? withoutRemoved(subject, whole.text) : whole.text;
    const pieces: PlacedPiece[] = [
      {
        piece: { text: whole.text, zone: undefined, language: undefined, views: [], effects: [], secrets: this.#secrets(kept) },
        source: whole,
        shift: 0,
        anchor: undefined,
      },
    ];
    for (const segment of segments.slice(0, MAX_SEGMENTS)) pieces.push(this.#place(segment, whole, segment.cwd ?? cwd));
    const wanted = [...(this.#scripts?.wanted ?? [])];
    for (const path of wanted) pieces.push(...this.#script(path));
    return { whole, pieces, limits: this.#limits, failed: this.#failed, wanted };
  }

  /** A script that the subject runs: what it does there, the credentials that it carries, and how it is written. */
  #script(path: string): PlacedPiece[] {
    const text = this.#known.get(path)?.text;
    const effects = this.#inScripts.filter(({ script }) => script === path);
    const { language, runs } = scriptLanguage(path, text ?? '');
    // A manifest only says what runs; it is judged as a file when it is written.
    if (text === undefined || (!runs && effects.length === 0)) return [];
    const shell = SHELL_LANGUAGES.has(language);
    const piece: Piece = {
      text,
      zone: 'shell',
      language,
      views: runs && shell ? [plainView(text)] : [],
      effects,
      secrets: runs ? this.#secrets(text) : [],
      path: exemptionPath(path, this.#context.workspaceRoots),
    };
    const placed = { source: new Source(text), shift: 0, anchor: 0, script: path };
    if (!runs || shell) return [{ piece, ...placed }];
    const code: Piece = {
      ...piece,
      zone: 'code',
      views: [plainView(text)],
      effects: [],
      secrets: [],
      gravestOnly: true,
      ...this.#codeOf(text, language),
    };
    return [
      { piece, ...placed },
      { piece: code, ...placed },
    ];
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

  /** What a tool does to what it names. */
  #acted(act: NonNullable<Segment['act']>, { text, offset }: Segment, whole: Source, cwd: string | undefined): PlacedPiece {
    const { home, workspaceRoots } = this.#context;
    const place = { home, workspaceRoots, ...(cwd === undefined ? {} : { cwd }) };
    const effects = this.#guarded('reading what a tool does', () => actEffects(this.#grammar, act, text, place));
    const piece: Piece = { text, zone: 'shell', language: undefined, views: [], effects, secrets: [] };
    return { piece, source: new Source(text), shift: 0, anchor: Math.min(offset, whole.text.length) };
  }

  #place(segment: Segment, whole: Source, cwd: string | undefined): PlacedPiece {
    if (segment.act !== undefined) return this.#acted(segment.act, segment, whole, cwd);
    const text = segment.text.slice(0, MAX_EXAMINED);
    const verbatim = whole.text.startsWith(text, segment.offset);
    const folded = foldedView(text);
    const views: readonly TextView[] = folded === undefined ? [plainView(text)] : [plainView(text), folded];
    const resolved = segment.zone === 'shell' ? new ResolvedCommands(text) : undefined;
    const effects = views.flatMap((view, index) =>
      this.#guarded('reading commands', () =>
        this.#effects({ ...segment, text: view.text }, view, cwd, index === 0 ? resolved : undefined),
      ),
    );
    const commands = resolved?.view();
    const decoded =
      segment.zone === 'prompt'
        ? decodedViews(folded?.text ?? text).map((view) => (folded === undefined ? view : compose(folded, view)))
        : [];
    const piece: Piece = {
      text,
      zone: segment.zone,
      language: segment.language,
      views: [...views, ...(commands === undefined ? [] : [commands]), ...decoded],
      effects,
      secrets: verbatim ? [] : this.#secrets(text),
      ...(segment.zone === 'code' ? this.#codeOf(text, segment.language) : {}),
      ...(segment.format === undefined ? {} : { builds: this.#builds(text, segment.format) }),
    };
    return verbatim
      ? { piece, source: whole, shift: segment.offset, anchor: undefined }
      : { piece, source: new Source(text), shift: 0, anchor: Math.min(segment.offset, whole.text.length) };
  }

  #secrets(text: string): readonly Secret[] {
    return this.#guarded('looking for credentials', () => secretsIn(text));
  }

  #codeOf(text: string, language: string | undefined): { code?: CodeFacts } {
    const reader = this.#code;
    if (reader === undefined || language === undefined || !CodeGrammars.reads(language)) return {};
    if (!reader.concerns(text, language)) return {};
    const [code] = this.#guarded('reading code', () => [codeFacts(reader.grammars, text, language)]);
    if (code === undefined) return {};
    this.#meter.spend(code.steps);
    if (code.limit !== undefined) this.#limit(`Code: ${code.limit}`);
    return { code };
  }

  #builds(text: string, format: BuildFormat): readonly BuildFact[] {
    return this.#guarded('reading what a build file says', () => {
      const { facts, limit } = buildFacts(text, format);
      this.#meter.spend(text.length);
      if (limit !== undefined) this.#limit(`Build file: ${limit}`);
      return facts;
    });
  }

  #effects(segment: Segment, view: TextView, cwd: string | undefined, watcher: CommandWatcher | undefined): Effect[] {
    if (segment.zone === 'shell') {
      const effects = this.#shell(segment.text, segment.language, cwd, 0, view, [], this.#scripts, watcher);
      return segment.throwaway === true ? beyondThrowaway(effects) : effects;
    }
    if (segment.zone !== 'prose' && segment.zone !== 'prompt') return [];
    const effects: Effect[] = [];
    for (const mention of mentionedCommands(segment)) {
      this.#mentions++;
      if (this.#mentions > MAX_MENTIONS) {
        this.#limit(`More than ${MAX_MENTIONS} commands are mentioned; the rest was not examined`);
        break;
      }
      effects.push(...this.#shell(mention.text, undefined, cwd, mention.offset, view, ['mentioned'], undefined, undefined));
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
    scripts: ScriptFiles | undefined,
    watcher: CommandWatcher | undefined,
  ): Effect[] {
    const { home, workspaceRoots } = this.#context;
    const place = {
      home,
      workspaceRoots,
      ...(cwd === undefined ? {} : { cwd }),
      ...(scripts === undefined ? {} : { scripts }),
      ...(watcher === undefined ? {} : { watcher }),
    };
    const facts = shellFacts(this.#grammar, text, place, language);
    this.#meter.spend(facts.steps);
    if (facts.limit !== undefined) this.#limit(`Shell text: ${facts.limit}`);
    this.#inScripts.push(...facts.effects.filter(({ script }) => script !== undefined));
    const own = facts.effects.filter(({ script }) => script === undefined);
    return own.map((effect) => ({
      ...effect,
      ...view.toOriginal(offset + effect.start, offset + effect.end),
      traits: extra.length === 0 ? effect.traits : [...new Set([...effect.traits, ...extra])],
    }));
  }
}
