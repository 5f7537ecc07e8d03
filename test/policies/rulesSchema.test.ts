import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { builtInFolders, POLICIES } from './builtIn.ts';

const Node: z.ZodType<{ description?: string | undefined; properties?: Record<string, unknown> | undefined }> = z.looseObject({
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** Dotted names of all properties in a JSON Schema that say nothing about themselves. */
function unexplained(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unexplained(item, path));
  const node = Node.safeParse(value);
  if (!node.success) return [];
  const own = Object.entries(node.data.properties ?? {}).flatMap(([name, property]) =>
    Node.parse(property).description === undefined ? [`${path}.${name}`] : [],
  );
  return [
    ...own,
    ...Object.entries(node.data).flatMap(([key, inner]) => unexplained(inner, key === 'properties' ? path : `${path}.${key}`)),
  ];
}

test('an editor can explain each field of rules.yaml', () => {
  const schema: unknown = JSON.parse(readFileSync(`${POLICIES}rules.schema.json`, 'utf8'));
  assert.deepEqual([...new Set(unexplained(schema, 'rules.yaml'))], []);
});

test('an editor finds the schema for built-in rules, and for those of a workspace', () => {
  for (const { name, texts } of builtInFolders())
    assert.equal(texts['rules.yaml']?.split('\n')[0], '# yaml-language-server: $schema=../rules.schema.json', name);
  const Manifest = z.looseObject({
    contributes: z.looseObject({ yamlValidation: z.array(z.object({ fileMatch: z.string(), url: z.string() })) }),
  });
  const manifest = Manifest.parse(JSON.parse(readFileSync(`${POLICIES}../package.json`, 'utf8')));
  assert.deepEqual(manifest.contributes.yamlValidation, [
    { fileMatch: '**/.sentinelai/policies/*/rules.yaml', url: './policies/rules.schema.json' },
  ]);
});
