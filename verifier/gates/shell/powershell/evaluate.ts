import type { Circumstance } from '../call.ts';
import { join, literal, type Value } from '../value.ts';
import type { Expression, Text } from './ast.ts';
import { member } from './members.ts';
import { cast, indexed, operate, split } from './operators.ts';
import type { Shell } from './shell.ts';
import { isUnknown, listOf, NO_THING, oneValue, type Thing, textOf, textThing, thing, UNKNOWN_THING, unknownOf } from './things.ts';

/** What an expression gives. What it runs on the way is run. */
export function evaluate(node: Expression, how: Circumstance, shell: Shell): Thing {
  if (!shell.analysis.step(1)) return UNKNOWN_THING;
  switch (node.kind) {
    case 'text':
      return thing(text(node, how, shell));
    case 'variable':
      return shell.names.variable(node.name);
    case 'list':
      return listOf(node.items.map((item) => shell.evaluate(item, how)));
    case 'group':
      return shell.run(node.body, { ...how, input: undefined });
    case 'table':
      return table(node, how, shell);
    case 'block':
      return { items: [], block: node };
    case 'type':
      return textThing(node.name);
    case 'cast':
      return cast(node.name, shell.evaluate(node.of, how));
    case 'unary':
      return unary(node.operator, shell.evaluate(node.of, how));
    case 'binary':
      return measured(operate(node.operator, shell.evaluate(node.left, how), shell.evaluate(node.right, how)), shell);
    case 'member':
      return measured(member(node, how, shell), shell);
    case 'index':
      return measured(indexed(shell.evaluate(node.of, how), shell.evaluate(node.index, how)), shell);
  }
}

/** Long results cost more to make. */
function measured(of: Thing, shell: Shell): Thing {
  let length = of.items.length;
  for (const item of of.items) length += item.text.length;
  shell.analysis.step(length >> 6);
  return of;
}

function text(node: Text, how: Circumstance, shell: Shell): Value {
  const [only] = node.parts;
  if (node.parts.length === 1 && typeof only === 'string') return { text: only, taint: 0, glob: node.bare && /[*?]/.test(only) };
  const whole = join(node.parts.map((part) => (typeof part === 'string' ? literal(part) : oneValue(shell.evaluate(part, how)))));
  return { ...whole, glob: whole.glob || (node.bare && /[*?]/.test(whole.text)) };
}

function table(node: Expression & { kind: 'table' }, how: Circumstance, shell: Shell): Thing {
  const entries = new Map(
    node.entries.map(
      ({ key, value }) => [textOf(shell.evaluate(key, how)).toLowerCase(), shell.run(value, { ...how, input: undefined })] as const,
    ),
  );
  // Where it is sent or printed, what it holds goes with it.
  return { items: [...entries.values()].flatMap(({ items }) => items), table: entries };
}

function unary(operator: string, of: Thing): Thing {
  switch (operator) {
    case '-join':
      return thing(join(of.items));
    case '-split':
      return split(of, undefined);
    case ',':
    case '+':
      return of;
    case '-':
      return { items: of.items.map((item) => (isUnknown(item) ? item : { ...item, text: `-${item.text}` })) };
    default:
      return of.items.length === 0 ? NO_THING : unknownOf(of);
  }
}
