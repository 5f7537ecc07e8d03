import type { Effect, Segment } from '../../policy/facts.ts';
import { Analysis, AT_THE_TERMINAL } from '../shell/analysis.ts';
import { Call } from '../shell/call.ts';
import { isEnvironmentFile } from '../shell/credentialPaths.ts';
import type { ShellContext } from '../shell/effects.ts';
import type { ShellGrammar } from '../shell/grammar.ts';
import { noteSql } from '../shell/programs/databases.ts';
import { literal, UNKNOWN } from '../shell/value.ts';
import { isWindowsPath, windowsSpelling, withoutDrive } from '../shell/windowsPaths.ts';
import { noteWrite } from '../shell/writes.ts';

/** Addresses at which clouds hand out a machine's own credentials. */
const METADATA =
  /^(?:169\.254\.169\.254|169\.254\.170\.2|100\.100\.100\.200|metadata\.google\.internal|metadata\.goog|\[fd00:ec2::254\])$/i;
/** Characters in one parameter that no search or page needs. */
const MAX_PARAMETER = 1_000;

/**
 * What a tool does to the path, address or database that it names, as the same effects that a command would have.
 * Offsets are those of `text`.
 */
export function actEffects(grammar: ShellGrammar, act: NonNullable<Segment['act']>, text: string, context: ShellContext): Effect[] {
  const analysis = new Analysis(grammar, { cwd: context.cwd, home: context.home, workspaceRoots: context.workspaceRoots }, undefined);
  analysis.span = { start: 0, end: text.length };
  const call = new Call('tool', [], AT_THE_TERMINAL, analysis);
  if (act === 'query') noteSql(call, text);
  else if (act === 'request') noteRequest(call, text);
  else notePath(call, act, text, context);
  return analysis.effects;
}

function notePath(call: Call, act: 'read' | 'write' | 'delete' | 'delete-tree', text: string, context: ShellContext): void {
  const path = literal(withinWorkspace(pathOf(text), context));
  if (act === 'write') noteWrite(call, path, UNKNOWN, false);
  else if (act === 'read') {
    const facts = call.path(path);
    const everyday = isEnvironmentFile(path.text) && !/^[/~]/.test(path.text);
    if (facts.target === 'credential')
      call.effect('read-credential', { target: everyday ? 'workspace' : 'credential', targetText: path.text });
  } else call.onPaths('delete', [path], act === 'delete-tree' ? ['recursive', 'force'] : []);
}

/** Tools name files by absolute path or URI; within the workspace they are the project's own. */
function withinWorkspace(path: string, { workspaceRoots, home }: ShellContext): string {
  const plain = isWindowsPath(path) ? windowsSpelling(withoutDrive(path), workspaceRoots) : path;
  const full = plain === '~' || plain.startsWith('~/') ? home + plain.slice(1) : plain;
  const root = workspaceRoots.find((folder) => full.startsWith(`${folder.replace(/[\\/]$/, '')}/`));
  return root === undefined ? full : full.slice(root.replace(/[\\/]$/, '').length + 1);
}

function pathOf(text: string): string {
  if (!/^(?:file|vscode-remote|vscode-userdata):\/\//i.test(text)) return text;
  try {
    // A drive stands behind a slash in a URI: `file:///c%3A/Users`.
    return decodeURIComponent(new URL(text).pathname).replace(/^\/(?=[A-Za-z]:\/)/, '');
  } catch {
    return text;
  }
}

function noteRequest(call: Call, text: string): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return;
  }
  const targetText = `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
  if (url.protocol === 'file:') notePath(call, 'read', text, call.session);
  else if (METADATA.test(url.hostname)) call.effect('read-credential', { target: 'credential', targetText, traits: ['remote'] });
  else if ([...url.searchParams.values()].some((value) => value.length > MAX_PARAMETER))
    call.effect('send-out', { target: 'unknown', targetText, traits: ['remote'] });
}
