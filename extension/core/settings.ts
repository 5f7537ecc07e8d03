import { t } from '@vscode/l10n';
import { z } from 'zod';
import { AnchorMode, Cluster } from '../../verifier/protocol/anchor.ts';
import { AuditProvider } from '../../verifier/protocol/auditProviders.ts';
import { RulePattern } from '../../verifier/protocol/organisation.ts';

/** What is not checked when it is saved: files that tools write and people do not read. */
const DEFAULT_EXCLUDE = [
  '**/package-lock.json',
  '**/npm-shrinkwrap.json',
  '**/yarn.lock',
  '**/pnpm-lock.yaml',
  '**/Cargo.lock',
  '**/poetry.lock',
  '**/uv.lock',
  '**/Gemfile.lock',
  '**/composer.lock',
  '**/go.sum',
  '**/*.min.js',
  '**/*.min.css',
  '**/*.map',
  '**/node_modules/**',
  '**/.git/**',
];

/** The settings under `sentinelai.*`; package.json describes them for people and fixes their scopes. */
export const Settings = z.object({
  enabled: z.boolean().default(true),
  audit: z
    .object({
      enabled: z.boolean().default(true),
      provider: AuditProvider.default('gemini'),
      /** Empty: the provider's own. */
      model: z.string().max(128).default(''),
      /** Empty: the provider's own. */
      baseUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      deadlineMs: z.int().min(500).max(120_000).default(15_000),
      thinking: z.enum(['off', 'low', 'high']).default('off'),
      dailyRequestCap: z.int().nonnegative().default(1000),
      files: z.boolean().default(true),
    })
    .prefault({}),
  anchor: z
    .object({
      mode: AnchorMode.default('events'),
      cluster: Cluster.default('devnet'),
      /** Empty: the cluster's public one. */
      rpcUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
    })
    .prefault({}),
  save: z
    .object({
      include: z.array(z.string().min(1)).default(['**']),
      exclude: z.array(z.string().min(1)).default(DEFAULT_EXCLUDE),
    })
    .prefault({}),
  breakGlass: z.object({ allowed: z.boolean().default(true) }).prefault({}),
  suppressions: z
    .object({
      /** A list that is not valid forbids everything: what it was meant to forbid can't be told. */
      forbid: z.array(RulePattern).default([]).catch(['*']),
    })
    .prefault({}),
  policies: z.object({ userFolder: z.string().default('') }).prefault({}),
  ledger: z
    .object({
      folder: z.string().default(''),
      rotateMegabytes: z.int().min(1).max(4096).default(64),
      /** Days; 0 keeps everything. */
      retentionDays: z.int().nonnegative().default(0),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof Settings>;

/**
 * Reads the raw settings. One that is not valid falls back to its default, which never weakens the
 * guard, and is named in `problems`.
 */
export function readSettings(raw: unknown): { settings: Settings; problems: string[] } {
  const remaining: unknown = structuredClone(raw);
  const problems: string[] = [];
  // Each round drops what was wrong, so that one typing error does not reset everything.
  for (let round = 0; round < 50; round += 1) {
    const parsed = Settings.safeParse(remaining);
    if (parsed.success) return { settings: parsed.data, problems };
    for (const issue of parsed.error.issues) {
      problems.push(t('Setting sentinelai.{0} is not valid ({1}); its default is used.', issue.path.join('.'), issue.message));
      if (!drop(remaining, issue.path)) return { settings: Settings.parse({}), problems };
    }
  }
  return { settings: Settings.parse({}), problems };
}

/** Removes a setting, or the whole list for one bad element. */
function drop(from: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined || typeof from !== 'object' || from === null || !Object.hasOwn(from, key)) return false;
  const next: unknown = Reflect.get(from, key);
  if (rest.length === 0 || Array.isArray(next)) return Reflect.deleteProperty(from, key);
  return drop(next, rest) || Reflect.deleteProperty(from, key);
}

/** Whether VS Code asks the guard before it writes, as `editor.codeActionsOnSave` stands. */
export type SaveHook = 'always' | 'explicit-only' | 'off';

/** The code action kind under which VS Code asks the guard on each save. */
export const SAVE_ACTION = 'source.sentinelai';

/** Whether asking for this kind of action asks the guard as well: its own kind, or one that contains it. */
export function includesSaveAction(kind: string): boolean {
  return kind === '' || `${SAVE_ACTION}.`.startsWith(`${kind}.`);
}

/**
 * Reads `editor.codeActionsOnSave`: an object is merged with the guard's default, an array replaces it.
 * VS Code asks for the broadest kinds alone: beside `source`, the guard's own entry does not count.
 */
export function saveHook(value: unknown): SaveHook {
  if (Array.isArray(value)) return value.some((kind) => typeof kind === 'string' && includesSaveAction(kind)) ? 'explicit-only' : 'off';
  if (typeof value !== 'object' || value === null) return 'off';
  const isOff = (when: unknown) => !when || when === 'never';
  if (isOff(Reflect.get(value, SAVE_ACTION))) return 'off';
  const [, when] =
    Object.entries(value)
      .filter(([kind, setting]) => includesSaveAction(kind) && !isOff(setting))
      .sort(([a], [b]) => a.length - b.length)[0] ?? [];
  if (when === 'always') return 'always';
  return when === 'explicit' || when === true ? 'explicit-only' : 'off';
}
