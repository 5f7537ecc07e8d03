import { spawnSync } from 'node:child_process';

/** Whether a `bash` is on this machine that can check texts. */
export function hasBash(): boolean {
  return spawnSync('bash', ['-n'], { input: '' }).status === 0;
}

function isValid(text: string): boolean {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: `${text}\n`, encoding: 'utf8' });
  // A here-document that never ends is only warned about.
  return status === 0 && stderr === '';
}

/**
 * The texts that are no valid bash (`bash -n`: read, never run). Many are read by one process; where they don't pass together, each half is
 * looked at by itself.
 */
export function invalidTexts(texts: readonly string[]): Set<string> {
  const invalid = new Set<string>();
  const look = (part: readonly string[]): void => {
    if (part.length === 0 || isValid(part.join('\n:\n'))) return;
    const [only] = part;
    if (part.length === 1 && only !== undefined) {
      invalid.add(only);
      return;
    }
    const middle = part.length >> 1;
    look(part.slice(0, middle));
    look(part.slice(middle));
  };
  for (let at = 0; at < texts.length; at += 64) look(texts.slice(at, at + 64));
  return invalid;
}
