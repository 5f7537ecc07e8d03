import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { base58 } from '../ledger/base58.ts';
import { errorCode } from '../ledger/failure.ts';
import { identityFromKeypair } from '../ledger/identity.ts';
import { identityPath, importIdentity, loadIdentity, rotateIdentity } from '../ledger/identityFile.ts';
import type { KeptIdentity } from '../ledger/keyRotation.ts';
import { CommandError, EXIT } from './exitCodes.ts';
import { ownIdentityFolder } from './ledgerFolder.ts';

/** The Solana command line's format: an array of 64 numbers, seed and public key. */
const Keypair = z.array(z.int().min(0).max(255)).length(64);

function shown({ identity, rotations }: KeptIdentity) {
  return {
    keyId: identity.keyId,
    publicKey: Buffer.from(identity.publicKey).toString('base64'),
    address: base58(identity.publicKey),
    file: identityPath(ownIdentityFolder()),
    rotations: rotations.length,
  };
}

function say(kept: KeptIdentity): void {
  const { keyId, publicKey, address, file, rotations } = shown(kept);
  const earlier = rotations === 0 ? '' : `Earlier keys:   ${rotations}, each handed over to the next\n`;
  process.stdout.write(
    `Key:            ${keyId}\nPublic key:     ${publicKey}\nSolana address: ${address}\n${earlier}Kept in:        ${file}\n`,
  );
}

/** `sentinel key show`. */
export async function keyShow(options: { readonly json?: boolean }): Promise<number> {
  const kept = await loadIdentity(ownIdentityFolder());
  if (options.json === true) process.stdout.write(`${JSON.stringify(shown(kept))}\n`);
  else say(kept);
  return EXIT.pass;
}

/** `sentinel key export`: into a file alone, so that the secret stands on no screen. */
export async function keyExport(file: string): Promise<number> {
  const { identity } = await loadIdentity(ownIdentityFolder());
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${JSON.stringify([...identity.keypair()])}\n`);
    await handle.sync();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new CommandError(EXIT.usage, `${file} is there already. Name a new file.`);
    throw new CommandError(EXIT.software, `${file} could not be written (${errorCode(error) ?? 'unknown error'}).`, { cause: error });
  }
  process.stdout.write(`The secret key ${identity.keyId} is in ${file}: whoever has the file can sign in your name.\n`);
  return EXIT.pass;
}

/** `sentinel key import`. */
export async function keyImport(file: string, options: { readonly replace?: boolean }): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(EXIT.noInput, `${file} could not be read (${errorCode(error) ?? 'unknown error'}).`, { cause: error });
  });
  const keypair = Keypair.safeParse(jsonOf(text));
  const identity = keypair.success ? identityFromKeypair(Uint8Array.from(keypair.data)) : undefined;
  if (identity === undefined) {
    throw new CommandError(
      EXIT.data,
      `${file} is not a keypair: it must hold one JSON array of 64 numbers, as \`solana-keygen\` writes it.`,
    );
  }
  say(await importIdentity(ownIdentityFolder(), identity, options.replace === true));
  return EXIT.pass;
}

/** `sentinel key rotate`. */
export async function keyRotate(options: { readonly yes?: boolean }): Promise<number> {
  if (options.yes !== true) {
    throw new CommandError(
      EXIT.usage,
      'This makes a new key and destroys the present secret. Verifiers that run keep to the present key until they are started anew. What the present key owns on a chain, as its balance, can then be moved no more: export it first. Add --yes to do it.',
    );
  }
  const folder = ownIdentityFolder();
  await loadIdentity(folder);
  say(await rotateIdentity(folder, new Date()));
  return EXIT.pass;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
