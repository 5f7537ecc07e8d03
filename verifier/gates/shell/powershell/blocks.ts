import type { Block, Parameter } from './ast.ts';
import type { Reader } from './reader.ts';

/** `{ … }` with the parameters that it declares. */
export function readBlock(reader: Reader): Block {
  const start = reader.at;
  reader.skip('{');
  const body = reader.deeper(() => reader.nested.statements(reader, '}'));
  const parameters = body.flatMap((statement) => (statement.kind === 'parameters' ? statement.parameters : []));
  return { kind: 'block', parameters, body, start, end: reader.at };
}

/** `(…)` behind `param` or a function's name: names with their defaults; types and attributes are passed over. */
export function readParameters(reader: Reader): Parameter[] {
  const parameters: Parameter[] = [];
  reader.blank(true);
  if (!reader.skip('(')) return parameters;
  for (;;) {
    reader.blank(true);
    if (reader.done || reader.skip(')')) return parameters;
    const from = reader.at;
    if (reader.letter === '[') skipBrackets(reader);
    else {
      const name = reader.take(/\$\{?([\w:]+)\}?/y)?.[1];
      reader.blank(true);
      const given = name !== undefined && reader.skip('=');
      if (given) reader.blank(true);
      if (name !== undefined) parameters.push({ name, value: given ? reader.nested.expression(reader) : undefined });
      reader.blank(true);
      reader.skip(',');
    }
    if (reader.at === from) reader.at++;
  }
}

/** Passes over `[…]` with what is nested in it. */
function skipBrackets(reader: Reader): void {
  let open = 0;
  while (!reader.done) {
    if (reader.take(/[^[\]'"]+/y) !== null) continue;
    if (reader.take(/'[^']*(?:'|$)|"[^"]*(?:"|$)/y) !== null) continue;
    open += reader.letter === '[' ? 1 : -1;
    reader.at++;
    if (open <= 0) return;
  }
}
