import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The package's version. The manifest is one folder up from the sources and from the bundles alike. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
  return z.looseObject({ version: z.string() }).parse(manifest).version;
}
