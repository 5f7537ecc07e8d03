import type { Analysis } from '../analysis.ts';
import { Call, type Circumstance } from '../call.ts';
import type { Names } from '../powershell/names.ts';
import { slashed } from '../powershell/paths.ts';
import { noteEnvironment } from '../powershell/settings.ts';
import { textThing, thing } from '../powershell/things.ts';
import { withoutScriptEnding } from '../programs/table.ts';
import { GAP, join, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { noteWrite } from '../writes.ts';
import { BATCH_BUILTINS } from './builtins.ts';
import { expand } from './expansion.ts';
import { type BatchCommand, commandsOf, plain, wordsOf } from './lines.ts';

/** Largest batch text that is read, in UTF-16 units. */
export const MAX_BATCH_TEXT = 256 * 1024;
const MAX_NESTING = 24;
const MAX_LOOP_ITEMS = 16;
const MAX_COMMANDS = 8_000;

/** A script that starts itself twice over. */
const BOMB = /%~?0["']?\s*(?:\||&)\s*(?:start\s+(?:\/\w+\s+)?)?["']?%~?0/i;
/** A label, `start` and a jump back to it with nothing that waits between. */
const SPAWNS = /^[ \t]*:(\w+)[ \t]*\r?\n((?:[^\n]*\n){0,12}?)[ \t]*goto[ \t]+:?\1\b/im;

/** Follows a text of cmd.exe command by command. */
export class Batch {
  readonly #analysis: Analysis;
  readonly #names: Names;
  #loop: ReadonlyMap<string, string> = new Map();
  #depth = 0;

  constructor(analysis: Analysis, names: Names) {
    this.#analysis = analysis;
    this.#names = names;
  }

  /** Runs a text; gives what it prints. */
  runSource(source: string, how: Circumstance): Value {
    if (source.length > MAX_BATCH_TEXT) {
      this.#analysis.limit ??= `the shell text is longer than ${MAX_BATCH_TEXT} characters`;
      return UNKNOWN;
    }
    const text = source.replaceAll('\0', ' ');
    this.#noteBombs(text, how);
    return this.#runAll(text, how);
  }

  #noteBombs(text: string, how: Circumstance): void {
    const spawns = SPAWNS.exec(text);
    const looped =
      spawns !== null && /^\s*@?start\b/im.test(spawns[2] ?? '') && !/\b(?:timeout|pause|choice|ping|wait)\b/i.test(spawns[2] ?? '');
    const at = BOMB.exec(text)?.index ?? (looped ? spawns.index : undefined);
    if (at === undefined) return;
    this.#analysis.at(at, text.length);
    this.#analysis.emit('exhaust', new Call('cmd', [], how, this.#analysis), { targetText: '%0', traits: ['unrecoverable'] });
  }

  #runAll(text: string, how: Circumstance): Value {
    if (this.#depth >= MAX_NESTING) {
      this.#analysis.limit ??= `commands are nested deeper than ${MAX_NESTING}`;
      return UNKNOWN;
    }
    const { commands, limit } = commandsOf(text);
    if (limit !== undefined) this.#analysis.limit ??= limit;
    if (commands.length > MAX_COMMANDS) this.#analysis.limit ??= `the shell text has more than ${MAX_COMMANDS} commands`;
    this.#depth++;
    const outputs: Value[] = [];
    let input = how.input;
    for (const command of commands.slice(0, MAX_COMMANDS)) {
      if (!this.#analysis.step()) break;
      if (this.#depth === 1) this.#analysis.at(command.start, Math.max(command.end, command.start + 1));
      const output = this.#command(command, { ...how, input });
      input = command.piped ? output : how.input;
      if (!command.piped && output !== NOTHING) outputs.push(output);
    }
    this.#depth--;
    return outputs.length === 0 ? NOTHING : join(outputs);
  }

  #command({ text, redirections }: BatchCommand, how: Circumstance): Value {
    const read = redirections.find(({ operator }) => operator.endsWith('<'));
    const input =
      read === undefined ? how.input : this.#analysis.scope.read(slashed(literal(this.#expand(read.to)), this.#analysis.home).text);
    const output = this.#line(text, { ...how, input });
    let shown = output;
    for (const { operator, to } of redirections) {
      if (operator.endsWith('<')) continue;
      const path = slashed(literal(plain(this.#expand(to))), this.#analysis.home);
      if (/^nul:?$/i.test(path.text)) continue;
      const data = /^[02-9]/.test(operator) ? NOTHING : output;
      noteWrite(new Call('redirect', [], how, this.#analysis), path, data, operator.endsWith('>>'));
      if (data !== output) continue;
      const before = operator.endsWith('>>') ? (this.#analysis.scope.written(path.text) ?? NOTHING) : NOTHING;
      this.#analysis.write(path.text, join([before, output]), how);
      shown = NOTHING;
    }
    return shown;
  }

  #expand(text: string): string {
    return expand(text, { names: this.#names, loop: this.#loop });
  }

  /** One command with `if`, `for`, `call` and `set` before what they lead to. */
  #line(given: string, how: Circumstance): Value {
    const text = given.replace(/^[\s@]+/, '');
    if (/^(?:rem(?:\s|$)|::|:\w)/i.test(text)) return NOTHING;
    const rest = /^(?:else|call)\s+([\s\S]+)$/i.exec(text)?.[1] ?? IF.exec(text)?.[1];
    if (rest !== undefined) return this.#runAll(rest, how);
    const loop = FOR.exec(text);
    if (loop !== null) return this.#for(loop[1] ?? '', loop[2] ?? '', loop[3] ?? '', loop[4] ?? '', how);
    if (/^set\s/i.test(text) && text.includes('=')) {
      this.#set(text, how);
      return NOTHING;
    }
    const expanded = this.#expand(text);
    // What a variable held may be more than one command.
    if (expanded !== text && /[&|<>\n]/.test(expanded.replace(/"[^"]*"/g, '')) && !/^echo\b/i.test(expanded))
      return this.#runAll(expanded, how);
    return this.#run(expanded, how);
  }

  /** `set NAME=value`, `set "NAME=value"`, `set /p NAME=prompt`. */
  #set(text: string, how: Circumstance): void {
    const equals = text.indexOf('=');
    const [, asks = '', name = ''] = /^set\s{1,20}(\/[ap]\s{1,20})?"?([^="]{1,80})$/i.exec(text.slice(0, equals)) ?? [];
    if (name === '') return;
    const value = textThing(plain(this.#expand(text.slice(equals + 1).replace(/"$/, ''))));
    this.#names.assign(`env:${name.trim()}`, /p/i.test(asks) ? thing(how.input ?? UNKNOWN) : value);
    noteEnvironment(`env:${name.trim()}`, value, new Call('cmd', [], how, this.#analysis));
  }

  #for(flags: string, letter: string, set: string, body: string, how: Circumstance): Value {
    const items = this.#items(flags, set, how);
    const outer = this.#loop;
    const outputs = items.slice(0, this.#depth > 3 ? 2 : MAX_LOOP_ITEMS).map((item) => {
      this.#loop = new Map([...outer, [letter.toLowerCase(), item.text]]);
      return this.#runAll(body, item.taint === 0 ? how : { ...how, taint: how.taint | item.taint });
    });
    this.#loop = outer;
    return join(outputs);
  }

  #items(flags: string, set: string, how: Circumstance): Value[] {
    const words = wordsOf(this.#expand(set)).map((text) => literal(text));
    if (/\/l\b/i.test(flags)) return [words[0] ?? UNKNOWN];
    if (/\/r\b/i.test(flags))
      return words.map((word) => ({ ...word, text: `${/\/r\s+"?([^\s%"]+)/i.exec(flags)?.[1] ?? '.'}/${word.text}` }));
    if (!/\/f\b/i.test(flags)) return words.length === 0 ? [UNKNOWN] : words;
    const text = set.trim();
    const command = /^(['`])([\s\S]*)\1$/.exec(text)?.[2];
    if (command !== undefined) {
      const output = this.#runAll(command, { ...how, input: undefined });
      return output.text.trim() === ''
        ? [UNKNOWN]
        : output.text
            .trim()
            .split(/\r?\n/)
            .map((line) => ({ ...output, text: line }));
    }
    if (/^"[\s\S]*"$/.test(text)) return [literal(this.#expand(text.slice(1, -1)))];
    return words.map(({ text: path }) => this.#analysis.scope.read(slashed(literal(path), this.#analysis.home).text));
  }

  /** A command by its name. */
  #run(text: string, how: Circumstance): Value {
    const built = /^(echo|cd|chdir|del|erase|rd|rmdir|md|dir|type|copy|move|start)(?=[./\\,;=]|\.\.)([\s\S]*)$/i.exec(text);
    const words = wordsOf(built === null ? text : `${built[1]} ${(built[2] ?? '').replace(/^[,;=]|^\.(?!\.)/, '')}`);
    const [first, ...args] = words;
    if (first === undefined) return NOTHING;
    const name = first.replace(/\.(?:exe|com)$/i, '').toLowerCase();
    const values = args.map((word) => ({ text: word, taint: 0, glob: /[*?]/.test(word) }));
    const builtin = BATCH_BUILTINS.get(name);
    const echoed = name === 'echo' ? [literal(plain(text.replace(/^echo[.:(]?\s?/i, '')))] : values;
    if (builtin !== undefined) return builtin(new Call(name, echoed, how, this.#analysis)) ?? UNKNOWN;
    const path = slashed(literal(withoutScriptEnding(first)), this.#analysis.home);
    // The folder at hand is searched first: `x.exe` may be what was just put there.
    const here = /[/:]/.test(path.text) || path.text.includes(GAP) ? undefined : this.#analysis.scope.written(path.text);
    const program = here === undefined ? path : { ...path, text: `./${path.text}` };
    return this.#analysis.runWords([{ ...program, glob: false }, ...values], how);
  }
}

const IF =
  /^if\s+(?:\/i\s+)?(?:not\s+)?(?:(?:exist|defined|errorlevel|cmdextversion)\s+(?:"[^"]*"|\S+)|(?:"[^"]*"|[^\s"=]+)\s*==\s*(?:"[^"]*"|[^\s"]+)|(?:"[^"]*"|\S+)\s+(?:equ|neq|lss|leq|gtr|geq)\s+(?:"[^"]*"|\S+))\s+([\s\S]+)$/i;
const FOR = /^for\s{1,20}((?:\/[a-z]\s{1,20}(?:(?:"[^"]*"|[^%\s(/][^\s(]*)\s{1,20})?)*)%%?([a-z])\s+in\s*\(([\s\S]*?)\)\s*do\s+([\s\S]+)$/i;
