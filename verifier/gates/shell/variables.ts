import type { Analysis } from './analysis.ts';
import { Call, type Circumstance } from './call.ts';
import { expandOne } from './expand.ts';
import type { ShellNode } from './syntax.ts';
import { join, NOTHING, type Value } from './value.ts';

/** Settings in the environment that switch a protection off, with the value that does it. */
const UNSAFE: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
    PYTHONHTTPSVERIFY: /^0$/,
    GIT_SSL_NO_VERIFY: /^(?:1|true)$/i,
    HUSKY: /^0$/,
    HUSKY_SKIP_HOOKS: /^(?:1|true)$/i,
    NPM_CONFIG_STRICT_SSL: /^false$/i,
    npm_config_strict_ssl: /^false$/i,
    HISTFILE: /^(?:\/dev\/null)?$/,
    HISTSIZE: /^0$/,
    HISTFILESIZE: /^0$/,
    GOFLAGS: /-insecure/,
    GONOSUMCHECK: /^(?:1|true)$/i,
    GOSUMDB: /^off$/,
  }),
);

/** Performs assignments whose values are all expanded first, as `declare A=1 B=$A` does. */
export function assignAll(nodes: readonly ShellNode[], source: string, how: Circumstance, analysis: Analysis): void {
  const assignments = nodes.map((node) => ({ node, ...assignmentOf(node, source, analysis) }));
  for (const { node, name, value } of assignments) setVariable(name, value, how, analysis, node);
}

function assignmentOf(node: ShellNode, source: string, analysis: Analysis): { name: string; value: Value } {
  const [nameNode] = node.children;
  if (nameNode === undefined) return { name: '', value: NOTHING };
  const append = node.children.some((child) => child.type === '+=');
  const valueNode = node.children.slice(1).find((child) => child.type !== '=' && child.type !== '+=');
  const name = source.slice(nameNode.start, nameNode.end);
  const value = valueNode === undefined ? NOTHING : assignedValue(valueNode, source, analysis);
  return { name, value: append ? join([analysis.scope.variable(name) ?? NOTHING, value]) : value };
}

function setVariable(name: string, value: Value, how: Circumstance, analysis: Analysis, node: ShellNode): void {
  analysis.scope.assign(name, value);
  if (UNSAFE.get(name)?.test(value.text) !== true) return;
  analysis.at(node.start, node.end);
  analysis.emit('disable-protection', new Call('env', [], how, analysis), {
    targetText: `${name}=${value.text}`,
    traits: [/TLS|SSL|HTTPS|SUM|GOFLAGS/.test(name) && 'unverified'],
  });
}

function assignedValue(node: ShellNode, source: string, analysis: Analysis): Value {
  if (node.type !== 'array') return expandOne(node, source, analysis);
  const items = node.children.filter((child) => child.type !== '(' && child.type !== ')');
  return join(
    items.map((item) => expandOne(item, source, analysis)),
    ' ',
  );
}
