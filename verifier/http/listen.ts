import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const MAX_SOCKET_PATH = 103;

export interface Listening {
  /** Path of the socket or name of the pipe, or `http://127.0.0.1:<port>`. */
  readonly address: string;
  /** A directory of its own (mode 0700), removed on close: the socket is in it, where there is one. */
  readonly directory: string;
  close(): Promise<void>;
}

/** Where the private directory may be made, best first. A named pipe is in no directory, so there no length counts. */
export function directoryBases(platform: NodeJS.Platform, runtime: string | undefined, temporary: string): string[] {
  if (platform === 'win32') return [temporary];
  const isShort = (base: string) => Buffer.byteLength(posix.join(base, 'sentinel-XXXXXX', 's')) <= MAX_SOCKET_PATH;
  return [runtime ?? '', temporary, '/tmp'].filter((base) => base !== '' && isShort(base));
}

/** A directory that only this user may enter, short enough for a socket's address. */
async function privateDirectory(): Promise<string> {
  let failure: unknown;
  for (const base of directoryBases(process.platform, process.env['XDG_RUNTIME_DIR'], tmpdir())) {
    try {
      // mkdtemp makes it with mode 0700.
      return await mkdtemp(join(base, 'sentinel-'));
    } catch (error) {
      failure = error;
    }
  }
  throw new Error('No directory for the private socket could be made: set TMPDIR to a short path that you can write to.', {
    cause: failure,
  });
}

/** Listens where only this user can reach it: a Unix socket in a fresh 0700 directory, or a named pipe. */
export async function listenPrivately(server: FastifyInstance): Promise<Listening> {
  const directory = await privateDirectory();
  if (process.platform === 'win32') {
    const address = `\\\\.\\pipe\\sentinel-${randomUUID()}`;
    await server.listen({ path: address });
    return { address, directory, close: () => closeAndRemove(server, directory) };
  }
  const address = join(directory, 's');
  try {
    await server.listen({ path: address });
    await chmod(address, 0o600);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return { address, directory, close: () => closeAndRemove(server, directory) };
}

/** Listens on loopback TCP. The app must then have been given {@link loopbackHosts}. */
export async function listenOnLoopback(server: FastifyInstance, port: number): Promise<Listening> {
  await server.listen({ host: '127.0.0.1', port });
  const directory = await privateDirectory();
  return { address: `http://127.0.0.1:${port}`, directory, close: () => closeAndRemove(server, directory) };
}

async function closeAndRemove(server: FastifyInstance, directory: string): Promise<void> {
  await server.close();
  await rm(directory, { recursive: true, force: true });
}

/** The values of `Host` that a loopback listener answers to. */
export function loopbackHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
