import { sha256 } from '../protocol/digest.ts';
import { POLICY_FILE_NAMES, type PolicyFolder } from './folder.ts';

/** A line for each file of the folders, with its digest: the digest of a policy set is that of this text. */
export function policyLines(folders: readonly PolicyFolder[]): string {
  const lines = folders.flatMap((folder) =>
    POLICY_FILE_NAMES.map((name) => `${folder.origin}\t${folder.name}/${name}\t${sha256(folder.texts[name] ?? '')}\n`),
  );
  return lines.sort().join('');
}
