import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOTHING_PREPARED, PREPARED_FILE_NAME, PreparedFile, type PreparedTexts } from '../policy/prepared.ts';

/**
 * What the build has prepared, which stands beside the bundle; nothing when run from source.
 * @throws Error where the file is damaged, as for any other part of the bundle
 */
export function preparedByBuild(): PreparedTexts {
  const path = join(dirname(fileURLToPath(import.meta.url)), PREPARED_FILE_NAME);
  if (import.meta.url.endsWith('.ts') || !existsSync(path)) return NOTHING_PREPARED;
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return new Map(Object.entries(PreparedFile.parse(file).texts));
}
