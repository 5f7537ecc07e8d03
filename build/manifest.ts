import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const REFERENCE = /^%([\w.-]+)%$/;
const Texts = z.record(z.string(), z.string());

/** The English texts that package.json refers to as `%key%`. */
export function manifestTexts(): Record<string, string> {
  return Texts.parse(JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')));
}

export function rawManifest(): unknown {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** package.json as VS Code shows it in English. */
export function readManifest(): unknown {
  return resolved(rawManifest(), manifestTexts());
}

/** A manifest with each `%key%` replaced by its text; an unknown key stays as it stands, as VS Code leaves it. */
export function resolved(value: unknown, texts: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return texts[REFERENCE.exec(value)?.[1] ?? ''] ?? value;
  if (Array.isArray(value)) return value.map((item) => resolved(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, texts)]));
}

/** The keys that a manifest refers to. */
export function referencedKeys(value: unknown): string[] {
  if (typeof value === 'string') return REFERENCE.exec(value)?.slice(1) ?? [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(referencedKeys);
}
