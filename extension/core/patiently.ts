import { setTimeout as sleep } from 'node:timers/promises';

/** What Windows says while an antivirus, an indexer or a backup has the file open for a moment. */
const HELD_BY_ANOTHER = ['EPERM', 'EBUSY', 'EACCES'];
const ATTEMPTS = 12;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * Runs a change of the file system again, with growing pauses (about 3 s in all), where Windows refuses it because
 * another program holds the file. Elsewhere such a refusal is final and is passed on at once.
 */
export async function patiently<T>(
  change: () => Promise<T>,
  { platform = process.platform, pause = (ms: number): Promise<unknown> => sleep(ms) } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await change();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (platform !== 'win32' || attempt >= ATTEMPTS || !HELD_BY_ANOTHER.includes(code)) throw error;
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}
