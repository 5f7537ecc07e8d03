import { createChecker } from '../checker.ts';
import { builtInPolicies } from '../product.ts';
import { ask } from './ask.ts';
import { type AuditArguments, auditChoice } from './auditChoice.ts';
import { checkLines } from './checkLines.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { type CheckArguments, readInput } from './input.ts';
import { render, renderStatus } from './render.ts';
import { acceptedHere } from './suppressions.ts';

export interface CheckOptions extends CheckArguments, AuditArguments {
  readonly jsonl?: boolean;
  readonly json?: boolean;
  readonly policies?: string;
  readonly ledger?: string;
}

/** Colours where a person looks on: a terminal, unless NO_COLOR says otherwise (no-color.org). */
function wantsColours(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

/** `sentinel check`. @returns the exit code. */
export async function check(options: CheckOptions): Promise<number> {
  const one = options.command ?? options.file ?? options.prompt ?? options.response;
  if (options.jsonl === true && one !== undefined) {
    throw new CommandError(
      EXIT.usage,
      '--jsonl reads what to examine from standard input: give no --command, --file, --prompt or --response.',
    );
  }
  const { audit, auditOffBecause } = auditChoice(options);
  const checker = createChecker({
    policies: { builtIn: builtInPolicies(), workspace: [], ...(options.policies === undefined ? {} : { user: options.policies }) },
    audit,
    auditOffBecause,
    suppressions: await acceptedHere(options.ledger),
  });
  const depth = options.audit ? 'full' : 'gates';
  try {
    if (options.jsonl === true) return await checkLines(process.stdin, process.stdout, checker, depth, options.cwd);
    const { subject, notes } = await readInput(options, process.stdin);
    const concluded = await checker.check(ask(subject, depth), [options.cwd]);
    const trace = [...concluded.trace, ...notes.map((note) => ({ step: 'limit', note }) as const)];
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ ...concluded, trace })}\n`);
    } else {
      const name = subject.kind === 'file' ? (options.filename ?? options.file ?? subject.path) : subject.kind;
      process.stdout.write(render(concluded, name, wantsColours()));
      process.stderr.write(renderStatus(concluded, notes));
    }
    return EXIT[concluded.verdict];
  } finally {
    await checker.close();
  }
}
