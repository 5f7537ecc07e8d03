import type { Analysis } from '../analysis.ts';
import type { Call, Circumstance } from '../call.ts';
import type { Value } from '../value.ts';
import type { Block, Expression, Statement } from './ast.ts';
import type { Names } from './names.ts';
import type { Parameters } from './parameters.ts';
import type { Thing } from './things.ts';

/** A PowerShell session under analysis, as its parts see each other. */
export interface Shell {
  readonly analysis: Analysis;
  readonly names: Names;
  evaluate(expression: Expression, how: Circumstance): Thing;
  /** Runs statements; gives what they print. */
  run(statements: readonly Statement[], how: Circumstance): Thing;
  /** Runs a block for what `$_` and its arguments are. */
  runBlock(
    block: Block,
    how: Circumstance,
    given?: { readonly item?: Thing; readonly args?: readonly Thing[]; readonly named?: ReadonlyMap<string, Thing> },
  ): Thing;
  /** Runs a text as source: `Invoke-Expression`, a script block made of a text. */
  runText(code: Thing, call: Call): Thing;
  /** Runs a program outside PowerShell. */
  runWords(words: readonly Value[], how: Circumstance): Thing;
}

/** One cmdlet with its parameters, about to run. */
export interface Cmdlet {
  /** As it is known, in lower case: aliases are resolved. */
  readonly name: string;
  readonly call: Call;
  readonly parameters: Parameters;
  /** What comes through the pipe. */
  readonly piped: Thing | undefined;
  readonly shell: Shell;
}

/** Which parameters a cmdlet takes (see {@link Parameters}) and what it does. */
export interface CmdletReader {
  readonly takes: string;
  readonly run: (cmdlet: Cmdlet) => Thing | undefined;
}
