import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { loadRedact } from '../auditSource.ts';
import { firstLine } from '../hello.ts';
import { type Listening, listenOnLoopback, listenPrivately, loopbackHosts } from '../http/listen.ts';
import { createLog, RedactedLines } from '../log.ts';
import { builtInPolicies } from '../product.ts';
import { createService } from '../services.ts';
import { endOnUnforeseen, printEntry, stopOnSigns } from '../stopping.ts';
import { type AnchorArguments, anchorArguments } from './anchorChoice.ts';
import { type AuditArguments, auditChoice } from './auditChoice.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { ownIdentityFolder, ownLedgerFolder } from './ledgerFolder.ts';
import { ownOrganisation } from './organisation.ts';

export interface ServeOptions extends AuditArguments, AnchorArguments {
  readonly port?: string;
  readonly tokensStdin?: boolean;
  readonly ledger?: string;
  readonly policies?: string;
  readonly workspace: readonly string[];
}

const Tokens = z.strictObject({ assessToken: z.string().min(32).max(128), decideToken: z.string().min(32).max(128) });
type Tokens = z.infer<typeof Tokens>;

/** What a caller needs to know of the running service; never the tokens themselves. */
export interface Serving {
  readonly type: 'listening';
  readonly address: string;
  /** Where the tokens are (mode 0600), unless they came from standard input. */
  readonly tokensFile?: string;
}

async function givenTokens(): Promise<Tokens> {
  const line = await firstLine(process.stdin, 5_000);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new CommandError(EXIT.usage, 'The line on standard input is not JSON.');
  }
  const tokens = Tokens.safeParse(value);
  if (!tokens.success || tokens.data.assessToken === tokens.data.decideToken) {
    throw new CommandError(
      EXIT.usage,
      'Standard input must bring {"assessToken", "decideToken"}: two different strings of 32 to 128 characters.',
    );
  }
  return tokens.data;
}

function portOf(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new CommandError(EXIT.usage, '--port takes a number from 1 to 65535.');
  return port;
}

/** `sentinel serve`: the verifier without an editor. Runs until it is told to stop. */
export async function serve(options: ServeOptions): Promise<void> {
  const port = options.port === undefined ? undefined : portOf(options.port);
  const fresh = () => randomBytes(32).toString('hex');
  const tokens = options.tokensStdin === true ? await givenTokens() : { assessToken: fresh(), decideToken: fresh() };
  const { audit, auditOffBecause } = auditChoice(options);
  const lines = new RedactedLines(loadRedact, (line) => process.stderr.write(line));
  const own = { lines, log: createLog(lines) };
  endOnUnforeseen(own);
  const { inForce: organisation } = await ownOrganisation();
  const service = await createService(
    {
      ...tokens,
      policies: {
        builtIn: builtInPolicies(),
        workspace: [],
        ...(options.policies === undefined ? {} : { user: resolve(options.policies) }),
      },
      ledgerDir: resolve(options.ledger ?? ownLedgerFolder()),
      identityDir: ownIdentityFolder(),
      workspaceRoots: options.workspace.map((folder) => resolve(folder)),
      ...anchorArguments(options),
      ...(organisation === undefined ? {} : { organisation }),
      ...(audit === undefined ? { auditOffBecause } : { audit }),
    },
    { log: own.log, ...(port === undefined ? {} : { allowedHosts: loopbackHosts(port) }) },
  );
  const { server } = service.app;
  const listening = port === undefined ? await listenPrivately(server) : await listenOnLoopback(server, port);
  stopOnSigns(own, service, listening, options.tokensStdin === true);
  const serving: Serving = {
    type: 'listening',
    address: listening.address,
    ...(options.tokensStdin === true ? {} : { tokensFile: await writeTokens(listening, tokens) }),
  };
  process.stdout.write(`${JSON.stringify(serving)}\n`);
  service.onEntry(printEntry);
  service.begin();
}

/** The tokens in a file that only this user can read: not in arguments, environment or output. */
async function writeTokens(listening: Listening, tokens: Tokens): Promise<string> {
  const file = join(listening.directory, 'tokens.json');
  await writeFile(file, `${JSON.stringify({ ...tokens, address: listening.address })}\n`, { mode: 0o600, flag: 'wx' });
  return file;
}
