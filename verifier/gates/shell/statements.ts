import type { Analysis } from './analysis.ts';
import { runBroken } from './broken.ts';
import { Call, type Circumstance } from './call.ts';
import { runSimpleCommand } from './command.ts';
import { isBomb, spawnsForever } from './exhaustion.ts';
import { expandOne, expandWord } from './expand.ts';
import { runRedirected } from './redirections.ts';
import type { ShellNode } from './syntax.ts';
import { join, NOTHING, UNKNOWN, type Value } from './value.ts';
import { assignAll } from './variables.ts';

/** How many values of a `for` loop are followed one by one. */
const MAX_LOOP_VALUES = 32;
/** The same within another loop: the rounds multiply. */
const MAX_INNER_VALUES = 2;

/** Runs one statement as the shell would, both branches of every choice; returns what it prints. */
export function runStatement(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  if (!analysis.step()) return UNKNOWN;
  switch (node.type) {
    case 'command':
      return runSimpleCommand(node, source, how, analysis);
    case 'pipeline':
      return runPipeline(node, source, how, analysis);
    case 'redirected_statement':
      return runRedirected(node, source, how, analysis);
    case 'variable_assignment':
      assignAll([node], source, how, analysis);
      return NOTHING;
    case 'declaration_command':
    case 'unset_command':
      return runDeclaration(node, source, how, analysis);
    case 'function_definition':
      return defineFunction(node, source, how, analysis);
    case 'for_statement':
      return runFor(node, source, how, analysis);
    case 'while_statement':
    case 'c_style_for_statement':
      if (spawnsForever(node, source)) {
        analysis.at(node.start, node.end);
        analysis.emit('exhaust', new Call('loop', [], how, analysis), { traits: ['unrecoverable'] });
      }
      return runAll(node.children, source, how, analysis);
    case 'case_statement':
      return perhaps(node.children.slice(1), source, how, analysis);
    case 'if_statement':
      return perhaps(node.children, source, how, analysis);
    case 'subshell': {
      const { cwd } = analysis.scope;
      const output = runAll(node.children, source, how, analysis);
      analysis.scope.cwd = cwd;
      return output;
    }
    case 'ERROR':
      return runBroken(node, source, how, analysis);
    case 'test_command':
      // Its operands are data, but substitutions in them run.
      for (const child of node.children) substitutionsOf(child, source, analysis);
      return NOTHING;
    case 'comment':
    case 'heredoc_body':
    case 'heredoc_start':
    case 'word':
      return NOTHING;
    default:
      return node.children.length === 0 ? NOTHING : runAll(node.children, source, how, analysis);
  }
}

/** Runs what may or may not happen: values that variables had before stay possible after it. */
function perhaps(nodes: readonly ShellNode[], source: string, how: Circumstance, analysis: Analysis): Value {
  analysis.scope.branches++;
  const output = runAll(nodes, source, how, analysis);
  analysis.scope.branches--;
  return output;
}

/** Runs statements one after the other. What they print is known where each one's is. */
export function runAll(nodes: readonly ShellNode[], source: string, how: Circumstance, analysis: Analysis): Value {
  const outputs: Value[] = [];
  for (const node of nodes) {
    const output = runStatement(node, source, how, analysis);
    if (output !== NOTHING) outputs.push(output);
  }
  return outputs.length === 0 ? NOTHING : join(outputs);
}

function runPipeline(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const stages = node.children.filter((child) => child.type !== '|' && child.type !== '|&' && child.type !== 'comment');
  if (stages.filter((stage) => /^["']?\$0\b/.test(source.slice(stage.start, stage.start + 4))).length > 1) {
    analysis.at(node.start, node.end);
    analysis.emit('exhaust', new Call('$0', [], how, analysis), { traits: ['unrecoverable'] });
  }
  let input = how.input;
  for (const stage of stages) {
    analysis.pipelineStart ??= node.start;
    input = runStatement(stage, source, { ...how, input }, analysis);
  }
  analysis.pipelineStart = undefined;
  return input ?? NOTHING;
}

function runDeclaration(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const [keyword] = node.children;
  const name = keyword === undefined ? '' : source.slice(keyword.start, keyword.end);
  const words: Value[] = [];
  for (const child of node.children.slice(1)) {
    if (child.type !== 'variable_assignment')
      words.push(...(child.type === 'variable_name' ? [expandOne(child, source, analysis)] : expandWord(child, source, analysis)));
  }
  assignAll(
    node.children.filter((child) => child.type === 'variable_assignment'),
    source,
    how,
    analysis,
  );
  if (name !== 'unset') return NOTHING;
  analysis.at(node.start, node.end);
  for (const word of words) {
    analysis.scope.unset(word.text);
    if (/^HIST(?:FILE|SIZE|FILESIZE)$/.test(word.text))
      analysis.emit('disable-protection', new Call('unset', words, how, analysis), { targetText: word.text });
  }
  return NOTHING;
}

function defineFunction(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const nameNode = node.children.find((child) => child.type === 'word');
  const body = node.children.at(-1);
  if (nameNode === undefined || body === undefined) return NOTHING;
  const name = source.slice(nameNode.start, nameNode.end);
  analysis.scope.functions.set(name, { body, source });
  if (isBomb(name, body, source)) {
    analysis.at(node.start, node.end);
    analysis.emit('exhaust', new Call(name, [], how, analysis), { traits: ['unrecoverable'] });
  }
  return NOTHING;
}

function runFor(node: ShellNode, source: string, how: Circumstance, analysis: Analysis): Value {
  const variable = node.children.find((child) => child.type === 'variable_name');
  const body = node.children.find((child) => child.type === 'do_group' || child.type === 'compound_statement');
  const name = variable === undefined ? '' : source.slice(variable.start, variable.end);
  const values: Value[] = [];
  for (const child of node.children) {
    if (child === variable || child === body || child.end - child.start === 0) continue;
    if (['for', 'select', 'in', ';', '\n', 'comment'].includes(child.type)) continue;
    values.push(...expandWord(child, source, analysis));
  }
  if (body === undefined) return NOTHING;
  if (values.length === 0) values.push(UNKNOWN);
  // Paths, patterns, unknowns and whole commands first: they are what a loop does harm with.
  const telling = (value: Value): boolean => value.glob || /[/~\s\uFFFC]/.test(value.text);
  const ordered = [...values.filter(telling), ...values.filter((value) => !telling(value))];
  const followed = ordered.slice(0, analysis.loops === 0 ? MAX_LOOP_VALUES : MAX_INNER_VALUES);
  analysis.loops++;
  const outputs = followed.map((value) => {
    analysis.scope.assign(name, value);
    return runStatement(body, source, how, analysis);
  });
  analysis.loops--;
  return join(outputs);
}

function substitutionsOf(node: ShellNode, source: string, analysis: Analysis): void {
  if (node.type === 'command_substitution') analysis.capture(node, source);
  else for (const child of node.children) substitutionsOf(child, source, analysis);
}
