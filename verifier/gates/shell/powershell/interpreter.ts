import type { Analysis } from '../analysis.ts';
import { Call, type Circumstance } from '../call.ts';
import { runCode } from '../programs/shells.ts';
import { GAP, type Value } from '../value.ts';
import { noteWrite } from '../writes.ts';
import type { Block, Expression, Redirection, Stage, Statement } from './ast.ts';
import { evaluate } from './evaluate.ts';
import { runCommandStage } from './invoke.ts';
import { noteAssignedMember } from './members.ts';
import { Names } from './names.ts';
import { operate } from './operators.ts';
import { parsePowerShell } from './parse.ts';
import { slashed } from './paths.ts';
import { noteEnvironment } from './settings.ts';
import type { Shell } from './shell.ts';
import { listOf, NO_THING, oneValue, type Thing, thing, UNKNOWN_THING, unknownOf } from './things.ts';

/** Items of one list that a loop is followed for. */
const MAX_ROUNDS = 24;
/** The same within another loop: the rounds multiply. */
const MAX_INNER_ROUNDS = 2;
const MAX_DEPTH = 24;

/** Follows PowerShell statement by statement, every branch, each loop for its items once. */
export class PowerShell implements Shell {
  readonly analysis: Analysis;
  readonly names: Names;
  #loops = 0;
  #depth = 0;
  readonly #running = new Set<Block>();

  constructor(analysis: Analysis) {
    this.analysis = analysis;
    this.names = new Names(analysis.home);
  }

  /** Parses and runs a text; gives what it prints. */
  runSource(source: string, how: Circumstance): Thing {
    const parsed = parsePowerShell(source);
    if ('limit' in parsed) {
      this.analysis.limit ??= parsed.limit;
      return UNKNOWN_THING;
    }
    return this.analysis.step(parsed.nodes) ? this.run(parsed.statements, how) : UNKNOWN_THING;
  }

  evaluate(expression: Expression, how: Circumstance): Thing {
    return evaluate(expression, how, this);
  }

  run(statements: readonly Statement[], how: Circumstance): Thing {
    const outputs: Thing[] = [];
    for (const statement of statements) {
      if (!this.analysis.step()) return UNKNOWN_THING;
      const output = this.#statement(statement, how);
      if (output !== NO_THING) outputs.push(output);
    }
    return outputs.length === 0 ? NO_THING : listOf(outputs);
  }

  runBlock(
    block: Block,
    how: Circumstance,
    given: { item?: Thing; args?: readonly Thing[]; named?: ReadonlyMap<string, Thing> } = {},
  ): Thing {
    if (this.#depth >= MAX_DEPTH || this.#running.has(block)) return unknownOf(given.item);
    const values = new Map<string, Thing>();
    if (given.item !== undefined) for (const name of ['_', 'psitem']) values.set(name, given.item);
    if (given.args !== undefined) values.set('args', listOf(given.args));
    block.parameters.forEach(({ name, value }, place) => {
      const set = given.named?.get(name.toLowerCase()) ?? given.args?.[place];
      values.set(name, set ?? (value === undefined ? UNKNOWN_THING : this.evaluate(value, how)));
    });
    const restore = this.names.bind(values);
    this.#depth++;
    this.#running.add(block);
    let output = NO_THING;
    this.analysis.nested(() => {
      output = this.run(block.body, { ...how, input: undefined });
      return oneValue(undefined);
    });
    this.#running.delete(block);
    this.#depth--;
    restore();
    return output;
  }

  runText(code: Thing, call: Call): Thing {
    if (code.block !== undefined) return this.runBlock(code.block, call.how);
    const source = oneValue(code, '\n');
    runCode(call, source, false);
    // A text that nobody knows and that came from nowhere in particular: rules may hold it, as for `eval`.
    if (source.text.trim() === GAP && source.taint === 0) call.effect('unresolved', { target: 'none' });
    if (source.text.trimStart().startsWith(GAP)) return unknownOf(code);
    return thing(this.analysis.runWindows(source, 'powershell', { ...call.how, input: undefined, depth: call.how.depth + 1 }));
  }

  runWords(words: readonly Value[], how: Circumstance): Thing {
    return thing(this.analysis.runWords(words, how));
  }

  #statement(node: Statement, how: Circumstance): Thing {
    switch (node.kind) {
      case 'pipeline':
        this.analysis.at(node.start, node.end);
        return this.#pipeline(node, how);
      case 'assign':
        this.analysis.at(node.start, node.end);
        return this.#assign(node, how);
      case 'choice': {
        this.run(node.before, how);
        return listOf(node.bodies.map((body) => this.run(body, how)));
      }
      case 'loop':
        return this.#loop(node, how);
      case 'function':
        this.names.functions.set(node.name.toLowerCase(), node.block);
        return NO_THING;
      case 'parameters':
        // Of a script: nobody knows with what it is called, but it may be with nothing.
        for (const { name, value } of node.parameters)
          if (!this.names.has(name)) this.names.assign(name, value === undefined ? UNKNOWN_THING : this.evaluate(value, how));
        return NO_THING;
    }
  }

  #pipeline({ stages, start, end }: Statement & { kind: 'pipeline' }, how: Circumstance): Thing {
    let piped: Thing | undefined;
    for (const stage of stages) {
      if (!this.analysis.step(1)) return UNKNOWN_THING;
      const inside = piped === undefined ? how : { ...how, input: oneValue(piped, '\n') };
      const output = stage.kind === 'command' ? runCommandStage(stage, piped, inside, this) : this.evaluate(stage.expression, how);
      this.analysis.at(start, end);
      piped = this.#redirected(stage, output, how);
    }
    return piped ?? NO_THING;
  }

  #redirected({ redirections }: Stage, output: Thing, how: Circumstance): Thing {
    for (const redirection of redirections) this.#redirect(redirection, output, how);
    return redirections.some(({ operator }) => /^[1*]?>/.test(operator)) ? NO_THING : output;
  }

  #redirect({ operator, to }: Redirection, output: Thing, how: Circumstance): void {
    const path = slashed(oneValue(this.evaluate(to, how)), this.analysis.home);
    if (operator === '<' || path.text === '' || /^nul$/i.test(path.text)) return;
    const call = new Call('redirect', [], how, this.analysis);
    noteWrite(call, path, oneValue(output, '\n'), operator.includes('>>'));
    if (/^[1*]?>/.test(operator)) this.analysis.write(path.text, oneValue(output, '\n'), how);
  }

  #assign({ target, operator, value }: Statement & { kind: 'assign' }, how: Circumstance): Thing {
    const given = this.run(value, { ...how, input: undefined });
    const names = target.kind === 'cast' ? target.of : target;
    if (names.kind === 'member') noteAssignedMember(names, given, how, this);
    if (names.kind === 'list') {
      for (const [place, item] of names.items.entries()) this.#set(item, { items: given.items.slice(place, place + 1) });
    } else if (operator === '+=' && names.kind === 'variable' && this.names.has(names.name))
      this.#set(names, operate('+', this.names.variable(names.name), given));
    else this.#set(names, given);
    return NO_THING;
  }

  #set(target: Expression, value: Thing): void {
    if (target.kind !== 'variable') return;
    this.names.assign(target.name, value);
    noteEnvironment(target.name, value, new Call('powershell', [], { ...NOWHERE }, this.analysis));
  }

  #loop(node: Statement & { kind: 'loop' }, how: Circumstance): Thing {
    const over = this.run(node.over, how);
    if (node.variable === undefined) {
      if (node.endless) this.#noteSpawning(node);
      return this.run(node.body, how);
    }
    const items = over.items.length === 0 ? [UNKNOWN_THING] : over.items.map((item) => ({ ...over, items: [item] }));
    this.#loops++;
    const outputs = items.slice(0, this.#loops > 1 ? MAX_INNER_ROUNDS : MAX_ROUNDS).map((item) => {
      this.names.assign(node.variable ?? '', item);
      return this.run(node.body, how);
    });
    this.#loops--;
    return listOf(outputs);
  }

  /** An endless loop that starts a process or job in each round, and waits for none. */
  #noteSpawning({ body, start, end }: Statement & { kind: 'loop' }): void {
    const names = body.flatMap((statement) =>
      statement.kind === 'pipeline'
        ? statement.stages.map((stage) =>
            stage.kind === 'command' && stage.name.kind === 'text' ? String(stage.name.parts[0]).toLowerCase() : '',
          )
        : [],
    );
    if (!names.some((name) => /^(?:start-process|start-job|start-threadjob|start|saps|sajb|powershell|pwsh|cmd)$/.test(name))) return;
    if (names.some((name) => /^(?:start-sleep|sleep|wait-process|wait-job|read-host)$/.test(name))) return;
    this.analysis.at(start, end);
    this.analysis.emit('exhaust', new Call('loop', [], NOWHERE, this.analysis), { traits: ['unrecoverable'] });
  }
}

const NOWHERE: Circumstance = { input: undefined, elevated: false, remote: false, depth: 0, redirectedTo: [], taint: 0 };
