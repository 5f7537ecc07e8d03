import type { open, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { z } from 'zod';

/** A rule's full id (`secrets.private-key`), or one with stars for any letters (`secrets.*`, `*`). */
export const RulePattern = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9._*-]+$/, 'give rule ids such as `secrets.private-key`, or with stars such as `secrets.*`');

/**
 * What an organisation fixes for every user of a machine. It can only tighten what the user's own settings say,
 * but for `retentionDays`, the age in days at which the content of ledger entries is erased: that takes the place
 * of the user's.
 */
export const Organisation = z.strictObject({
  schema: z.literal(1),
  breakGlass: z.enum(['allowed', 'forbidden']).optional(),
  suppressions: z
    .strictObject({
      forbid: z.array(RulePattern).max(1000).default([]),
      /** Longest time until a suppression must expire. */
      maxDays: z.int().positive().max(3650).optional(),
    })
    .optional(),
  retentionDays: z.int().positive().max(36_500).optional(),
});
export type Organisation = z.infer<typeof Organisation>;

/** What holds where an organisation file is there and can't be believed: nothing that it governs is allowed. */
export const STRICTEST: Organisation = { schema: 1, breakGlass: 'forbidden', suppressions: { forbid: ['*'] } };

/** Where the file is, and who must own it. */
export interface OrganisationPlace {
  readonly path: string;
  /** Numeric user id of the owner; undefined where the system has none to compare (Windows). */
  readonly owner: number | undefined;
}

/** The well-known place. On Windows the drive of the system is assumed to be C: an environment can be set by anybody. */
export function organisationPlace(platform: NodeJS.Platform): OrganisationPlace {
  if (platform === 'win32') return { path: 'C:\\ProgramData\\SentinelAI\\organisation.json', owner: undefined };
  if (platform === 'darwin') return { path: '/Library/Application Support/SentinelAI/organisation.json', owner: 0 };
  return { path: '/etc/sentinelai/organisation.json', owner: 0 };
}

/** `inForce` is what counts: the file's content, or {@link STRICTEST} where `problem` says why that can't be. */
export interface OrganisationReading {
  readonly path: string;
  readonly inForce?: Organisation;
  /** In plain words: what is wrong and what to do. */
  readonly problem?: string;
}

/** What reading needs of `node:fs/promises`. */
export interface OrganisationFiles {
  readonly open: typeof open;
  readonly stat: typeof stat;
}

const MAX_BYTES = 256 * 1024;
/** Write permission of the group and of everybody. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Reads the organisation's file. None there: no `inForce`. One that is not the owner's alone to write, can't
 * be read or is not valid is a problem, and then the strictest holds. Never rejects.
 */
export async function readOrganisation({ path, owner }: OrganisationPlace, files: OrganisationFiles): Promise<OrganisationReading> {
  const refuse = (why: string): OrganisationReading => ({
    path,
    inForce: STRICTEST,
    problem: `The organisation file ${path} ${why}. Until that is mended, going on without the guard and suppressions are forbidden.`,
  });
  try {
    const file = await files.open(path, 'r');
    try {
      const found = await file.stat();
      if (!found.isFile()) return refuse('is not a regular file');
      if (found.size > MAX_BYTES) return refuse(`is larger than ${MAX_BYTES / 1024} KiB`);
      if (owner !== undefined) {
        const folder = await files.stat(posix.dirname(path));
        const [name, other] = [found, folder].map(({ uid, mode }) => uid !== owner || (mode & WRITABLE_BY_OTHERS) !== 0);
        if (name || other)
          return refuse(`${name ? '' : 'is in a folder that '}must belong to user id ${owner} and be writable by nobody else`);
      }
      const judged = judge(await file.readFile('utf8'), path, refuse);
      return owner === undefined ? withoutErasing(judged) : judged;
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path };
    return refuse(`cannot be read (${typeof code === 'string' ? code : 'unknown error'})`);
  }
}

function judge(text: string, path: string, refuse: (why: string) => OrganisationReading): OrganisationReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('is not JSON');
  }
  const parsed = Organisation.safeParse(value);
  if (parsed.success) return { path, inForce: parsed.data };
  const [issue] = parsed.error.issues;
  return refuse(`is not valid at "${issue?.path.join('.') || 'the top'}" (${issue?.message ?? 'unknown'})`);
}

/** Where nobody can tell who wrote the file, it may tighten, but not have anything erased. */
function withoutErasing(reading: OrganisationReading): OrganisationReading {
  if (reading.inForce?.retentionDays === undefined) return reading;
  const { retentionDays: _unproved, ...inForce } = reading.inForce;
  return {
    ...reading,
    inForce,
    problem: `retentionDays in ${reading.path} does not count on this system, because it cannot be told who wrote the file. Use the setting instead.`,
  };
}

/** Whether a {@link RulePattern} names a rule. Linear in the length of both. */
export function namesRule(pattern: string, ruleId: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === ruleId;
  if (!ruleId.startsWith(first) || !ruleId.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = ruleId.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= ruleId.length - last.length;
}
