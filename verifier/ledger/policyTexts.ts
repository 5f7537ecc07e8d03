import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../protocol/digest.ts';
import { errorCode } from './failure.ts';
import type { FolderResult } from './verifyReport.ts';

/** Where the texts of policies are kept in a ledger's folder: each under the SHA-256 of its UTF-8 bytes. */
export function policyTextsFolder(dir: string): string {
  return join(dir, 'policies');
}

/** Keeps texts that are not there yet. */
export async function keepTexts(dir: string, texts: readonly string[]): Promise<void> {
  const folder = policyTextsFolder(dir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const there = new Set(await readdir(folder));
  for (const text of texts) {
    const name = sha256(text);
    if (there.has(name)) continue;
    // Two windows may write the same: each its own draft.
    const draft = join(folder, `.${name}.${process.pid}.draft`);
    // Not synced: a text that a crash loses is written again at the next start, and till then is only missing.
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, join(folder, name));
  }
}

/** The text with a digest; undefined where it was not kept. What stands there may be another. */
export async function readText(dir: string, digest: string): Promise<string | undefined> {
  try {
    return await readFile(join(policyTextsFolder(dir), digest), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const LINE = /^[^\t\n]+\t([^\t\n]+)\t([0-9a-f]{64})$/;
/** Stands for "no valid policy set". */
const NONE = '0'.repeat(64);

/** Holds the texts of the policies that entries name against their digests. */
export async function checkPolicyTexts(dir: string, digests: ReadonlySet<string>): Promise<FolderResult> {
  const check = 'policy texts';
  const missing: string[] = [];
  const see = async (digest: string, what: string): Promise<string | FolderResult | undefined> => {
    const text = await readText(dir, digest);
    if (text === undefined) missing.push(`${what} (${digest})`);
    else if (sha256(text) !== digest) return { check, result: 'failed', message: `the text of ${what} (${digest}) was changed` };
    return text;
  };
  for (const digest of digests) {
    if (digest === NONE) continue;
    const list = await see(digest, 'a policy set');
    if (typeof list === 'object') return list;
    for (const [, name, text] of (list ?? '').split('\n').map((line) => LINE.exec(line) ?? [])) {
      if (name === undefined || text === undefined) continue;
      const found = await see(text, name);
      if (typeof found === 'object') return found;
    }
  }
  const [first] = missing;
  if (first === undefined) return { check, result: 'held' };
  const kept = await stat(policyTextsFolder(dir)).then(
    () => 'are not there',
    () => 'were not kept',
  );
  return { check, result: 'noted', message: `${missing.length} texts of policies ${kept}, first ${first}` };
}
