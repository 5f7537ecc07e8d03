import { SentinelError } from '../protocol/problem.ts';

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, then restart the verifier',
  EDQUOT: 'the disk quota is used up. Free some space, then restart the verifier',
  EACCES: 'permission was refused. Make the file and its folder writable for you, then restart the verifier',
  EPERM: 'the operation is not permitted, perhaps because of an antivirus or a read-only attribute. Allow it, then restart the verifier',
  EROFS: 'the file system is read-only. Choose another ledger folder or mount it writable, then restart the verifier',
  EIO: 'the disk reported an error. Check the disk, then restart the verifier',
  ENOENT: 'it is gone. Put it back if you have it, then restart the verifier',
  EMFILE: 'too many files are open. Close some programs, then restart the verifier',
};

/** The system's error code (`ENOSPC`), where the value is a system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `ledger_failed` for a failed file operation: which file, what it means and what to do. */
export function fileFailure(doing: string, file: string, error: unknown): SentinelError {
  if (error instanceof SentinelError) return error;
  const code = errorCode(error);
  const why = (code === undefined ? undefined : CAUSES[code]) ?? 'see the error code; mend the cause, then restart the verifier';
  const named = code === undefined ? '' : ` (${code})`;
  return new SentinelError('ledger_failed', `The ledger failed while ${doing} ${file}${named}: ${why}.`, { cause: error });
}

/** What to do with a damaged file. */
export const MOVE_AWAY =
  'run `sentinel ledger verify` on the folder to see what was done to it, keep the file for whoever checks the record, and move it out of the folder: a new chain then begins';

/** `ledger_failed` for a complete entry that is not what was written: it is never repaired silently. */
export function corruption(file: string, line: number, what: string): SentinelError {
  return new SentinelError('ledger_failed', `The ledger file ${file} is damaged at line ${line}: ${what}. What to do: ${MOVE_AWAY}.`);
}
