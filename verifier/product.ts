import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The package's folder: one up from the sources here and from the bundles alike. */
const PACKAGE = join(import.meta.dirname, '..');

/** The package's version, as its manifest says. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  return z.looseObject({ version: z.string() }).parse(manifest).version;
}

/** The folder of policies that the package brings. */
export function builtInPolicies(): string {
  return join(PACKAGE, 'policies');
}
