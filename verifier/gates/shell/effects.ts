import type { Effect } from '../../policy/facts.ts';
import { Analysis, AT_THE_TERMINAL, type CommandWatcher } from './analysis.ts';
import type { ShellGrammar } from './grammar.ts';
import type { ScriptFiles } from './scriptFiles.ts';
import { literal } from './value.ts';

/** Where a command would run. Absolute paths; `cwd` absent: relative paths count as the workspace's. */
export interface ShellContext {
  readonly cwd?: string;
  readonly workspaceRoots: readonly string[];
  readonly home: string;
  /** Scripts that may be looked into; absent: none, as for a command that nobody runs. */
  readonly scripts?: ScriptFiles;
  /** Is told of each command, for people who ask what was understood. */
  readonly watcher?: CommandWatcher;
}

export interface ShellFacts {
  /** In the order in which they would happen; offsets are those of the text. */
  readonly effects: Effect[];
  /** Work done, the same for the same text. */
  readonly steps: number;
  /** Set when a limit was met: what came after it was not examined. */
  readonly limit?: string;
}

const WINDOWS: ReadonlyMap<string, 'powershell' | 'bat'> = new Map([
  ['powershell', 'powershell'],
  ['ps1', 'powershell'],
  ['pwsh', 'powershell'],
  ['bat', 'bat'],
  ['cmd', 'bat'],
]);

/**
 * Says what a shell text does. Never throws on any text; the same text always gives the same facts.
 * @param language VS Code language id; `powershell` and `bat` are read as such, everything else as bash.
 */
export function shellFacts(grammar: ShellGrammar, text: string, context: ShellContext, language?: string): ShellFacts {
  const analysis = new Analysis(grammar, { cwd: context.cwd, home: context.home, workspaceRoots: context.workspaceRoots }, context.scripts);
  analysis.watcher = context.watcher;
  const windows = language === undefined ? undefined : WINDOWS.get(language);
  if (windows === undefined) analysis.runText(literal(text), AT_THE_TERMINAL);
  else analysis.runWindows(literal(text), windows, AT_THE_TERMINAL);
  const { effects, steps, limit } = analysis;
  return limit === undefined ? { effects, steps } : { effects, steps, limit };
}
