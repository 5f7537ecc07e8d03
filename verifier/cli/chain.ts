import { NoMachine } from '../localChain/machine.ts';
import { startLocalChain } from '../localChain/server.ts';
import { CommandError, EXIT } from './exitCodes.ts';

export interface ChainOptions {
  readonly port: string;
  readonly file?: string;
}

/** `sentinel chain`. Runs until it is told to stop. */
export async function chain({ port, file }: ChainOptions): Promise<void> {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new CommandError(EXIT.usage, '--port takes a number up to 65535.');
  const local = await startLocalChain({ port: number, ...(file === undefined ? {} : { file }) }).catch((error: unknown) => {
    throw error instanceof NoMachine ? new CommandError(EXIT.unavailable, error.message) : error;
  });
  process.stdout.write(`${local.url} is a Solana of your own: anchor with --anchor-cluster custom --anchor-rpc ${local.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void local.stop());
}
