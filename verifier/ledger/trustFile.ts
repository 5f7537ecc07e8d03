import { open, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { z } from 'zod';
import { PublicKeyText } from '../protocol/keyRecord.ts';
import { SentinelError } from '../protocol/problem.ts';
import { Timestamp } from '../protocol/vocabulary.ts';
import { errorCode, fileFailure } from './failure.ts';

const Enrolment = z.strictObject({
  publicKey: PublicKeyText,
  person: z.string().min(1).max(256),
  machine: z.string().min(1).max(256).optional(),
  /** The times of entries for which the key stands. */
  from: Timestamp,
  until: Timestamp.optional(),
});
export type Enrolment = z.infer<typeof Enrolment>;

/** Whose key is whose, as an organisation or the machine's owner says. */
export const TrustFile = z.strictObject({ v: z.literal(1), keys: z.array(Enrolment).max(100_000) });
export type TrustFile = z.infer<typeof TrustFile>;

const MAX_BYTES = 32 * 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/** Who a key was enrolled for. */
export function enrolmentOf(trust: TrustFile | undefined, publicKey: string): Enrolment | undefined {
  return trust?.keys.find((enrolment) => enrolment.publicKey === publicKey);
}

/** The machine's own trust file, and the numeric id of who must own it; undefined where the system has none to compare. */
export function trustPlace(platform: NodeJS.Platform): { readonly path: string; readonly owner: number | undefined } {
  if (platform === 'win32') return { path: 'C:\\ProgramData\\SentinelAI\\trust.json', owner: undefined };
  if (platform === 'darwin') return { path: '/Library/Application Support/SentinelAI/trust.json', owner: 0 };
  return { path: '/etc/sentinelai/trust.json', owner: 0 };
}

/**
 * Reads a trust file.
 * @param owner numeric id of who alone may be able to write it; undefined: whoever names the file answers for it
 * @returns undefined where there is no such file
 * @throws SentinelError `bad_request` where it is not valid or others can write it: then nothing is vouched for.
 */
export async function readTrust(path: string, owner?: number): Promise<TrustFile | undefined> {
  const refuse = (why: string) => new SentinelError('bad_request', `The trust file ${path} ${why}.`);
  try {
    await using file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile() || found.size > MAX_BYTES) throw refuse(`is not a file of at most ${MAX_BYTES} bytes`);
    if (owner !== undefined) {
      for (const { uid, mode } of [found, await stat(posix.dirname(path))]) {
        if (uid !== owner || (mode & WRITABLE_BY_OTHERS) !== 0)
          throw refuse(`or its folder does not belong to user id ${owner}, or others can write it: anybody could have enrolled a key`);
      }
    }
    const parsed = TrustFile.safeParse(jsonOf(await file.readFile('utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw refuse(`is not valid at "${issue?.path.join('.') || 'the top'}" (${issue?.message ?? 'unknown'})`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileFailure('reading', path, error);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
