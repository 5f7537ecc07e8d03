import type { Analysis } from './analysis.ts';
import { Call, type Circumstance } from './call.ts';
import { expandOne, expandQuoted } from './expand.ts';
import type { ShellNode } from './syntax.ts';
import { DOWNLOADED, join, literal, NOTHING, SOCKET, UNKNOWN, unknownFrom, type Value } from './value.ts';
import { noteWrite } from './writes.ts';

const SOCKET_PATH = /^\/dev\/(?:tcp|udp)\//;

export interface Redirections {
  /** Standard input as redirected; undefined where it is not. */
  readonly input: Value | undefined;
  readonly outputs: readonly { readonly path: Value; readonly append: boolean }[];
  /** Paths, descriptors included, for those who ask whether a socket is among them. */
  readonly paths: readonly string[];
  /** What follows a here-document's opening on the same line: more stages and statements. */
  readonly tails: readonly ShellNode[];
  /** Arguments that stand behind a redirection (`rm >log -rf /`); the grammar counts them to it. */
  readonly words: readonly ShellNode[];
}

const WORDS = new Set([
  'word',
  'string',
  'raw_string',
  'ansi_c_string',
  'concatenation',
  'number',
  'simple_expansion',
  'expansion',
  'command_substitution',
  'process_substitution',
]);

export function isSocketPath(path: string): boolean {
  return SOCKET_PATH.test(path);
}

/** Reads redirection nodes; opens no files yet. */
export function readRedirections(nodes: readonly ShellNode[], source: string, analysis: Analysis): Redirections {
  let input: Value | undefined;
  const outputs: { path: Value; append: boolean }[] = [];
  const paths: string[] = [];
  const tails: ShellNode[] = [];
  const words: ShellNode[] = [];
  const readFile = (node: ShellNode): void => {
    const descriptor = node.children.find((child) => child.type === 'file_descriptor');
    const operator = node.children.find((child) => /^(?:&?>>?[|&]?-?|<[>&]?-?)$/.test(child.type))?.type ?? '';
    const [destination, ...behind] = node.children.filter((child) => WORDS.has(child.type));
    if (destination === undefined) return;
    for (const word of behind) {
      // In `2>f 1>&2` the 1 is the next redirection's descriptor.
      const descriptorOfNext = word.type === 'number' && /[<>]/.test(source.charAt(word.end));
      if (!descriptorOfNext) words.push(word);
    }
    let path = expandOne(destination, source, analysis);
    if (operator.endsWith('&') && /^[\w]+-?$/.test(path.text)) {
      const open = analysis.scope.descriptors.get(path.text);
      if (open === undefined) return;
      path = literal(open, path.taint);
    }
    paths.push(path.text);
    if (descriptor !== undefined) analysis.opened.set(source.slice(descriptor.start, descriptor.end), path.text);
    else analysis.opened.set(operator.startsWith('<') ? '0' : '1', path.text);
    if (operator.startsWith('<')) input = isSocketPath(path.text) ? unknownFrom(SOCKET | DOWNLOADED) : analysis.scope.read(path.text);
    else outputs.push({ path, append: operator.includes('>>') });
  };
  for (const node of nodes) {
    if (node.type === 'file_redirect') readFile(node);
    else if (node.type === 'herestring_redirect') {
      const word = node.children.at(-1);
      input = word === undefined ? NOTHING : expandOne(word, source, analysis);
    } else if (node.type === 'heredoc_redirect') {
      input = hereDocument(node, source, analysis);
      analysis.opened.set('0', analysis.pipeOf(input));
      for (const child of node.children) {
        if (child.type === 'file_redirect') readFile(child);
        else if (WORDS.has(child.type)) words.push(child);
        else if (!/^(?:<<-?|heredoc_\w+|file_descriptor|&&|\|\||\||ERROR)$/.test(child.type)) tails.push(child);
      }
    }
  }
  return { input, outputs, paths, tails, words };
}

function hereDocument(node: ShellNode, source: string, analysis: Analysis): Value {
  const opening = node.children.find((child) => child.type === 'heredoc_start');
  const body = node.children.find((child) => child.type === 'heredoc_body');
  if (opening === undefined || body === undefined) return UNKNOWN;
  const quoted = /["'\\]/.test(source.slice(opening.start, opening.end));
  const value = quoted ? literal(source.slice(body.start, body.end)) : expandQuoted(body.children, body.start, body.end, source, analysis);
  const tabs = node.children[0]?.type === '<<-' || node.children[1]?.type === '<<-';
  return tabs ? { ...value, text: value.text.replace(/^\t+/gm, '') } : value;
}

/** Runs a statement with its redirections, then whatever a here-document's line goes on with. */
export function runRedirected(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const isRedirect = (child: ShellNode): boolean => child.type.endsWith('_redirect');
  const body = node.children.filter((child) => !isRedirect(child));
  const outerOpened = analysis.opened;
  analysis.opened = new Map();
  analysis.at(node.start, node.end);
  const redirections = readRedirections(node.children.filter(isRedirect), source, analysis);
  const inside: Circumstance = {
    ...how,
    input: redirections.input ?? how.input,
    redirectedTo: [...how.redirectedTo, ...redirections.paths],
  };
  let output = NOTHING;
  // In `a && b > f` the parser takes both together, but the redirection is the last one's alone.
  const [only] = body;
  const list = body.length === 1 && only?.type === 'list' ? only.children : [];
  for (const earlier of list.slice(0, -1)) analysis.run(earlier, source, how);
  for (const statement of list.length > 0 ? list.slice(-1) : body) {
    const whole = statement.type === 'command' && redirections.words.length > 0;
    output = analysis.run(whole ? { ...statement, children: [...statement.children, ...redirections.words] } : statement, source, inside);
  }
  analysis.at(node.start, node.end);
  writeOutputs(redirections, output, how, analysis);
  analysis.opened = outerOpened;
  let result = redirections.outputs.length > 0 && !redirections.paths.includes('2') ? NOTHING : output;
  for (const tail of redirections.tails) {
    const piped = /\|\s*$/.test(source.slice(node.start, tail.start)) || tail.type === 'pipeline';
    result = analysis.run(tail, source, { ...how, input: piped ? output : how.input });
  }
  return result;
}

/** What a redirection does to the files that it opens for writing. */
export function writeOutputs(redirections: Redirections, output: Value, how: Circumstance, analysis: Analysis): void {
  for (const { path, append } of redirections.outputs) {
    const call = new Call('redirect', [], how, analysis);
    noteWrite(call, path, output, append);
    analysis.write(path.text, append ? join([analysis.scope.written(path.text) ?? NOTHING, output]) : output, how);
  }
}
