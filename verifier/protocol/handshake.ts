import { z } from 'zod';
import { AnchorSettings } from './anchor.ts';
import { AuditProvider } from './auditProviders.ts';
import { Person } from './decision.ts';
import { Organisation, RulePattern } from './organisation.ts';

/** How the auditor is reached. `consentedTo` names the endpoint that the user agreed to: another one is not used. */
export const AuditSettings = z.strictObject({
  provider: AuditProvider,
  model: z.string().min(1).max(128),
  baseUrl: z.url(),
  /** Servers of one's own often take none. */
  apiKey: z.string().min(1).max(512).optional(),
  deadlineMs: z.int().min(500).max(120_000),
  thinking: z.enum(['off', 'low', 'high']),
  dailyRequestCap: z.int().nonnegative(),
  consentedTo: z.url(),
});
export type AuditSettings = z.infer<typeof AuditSettings>;

/** Where policies come from. Each later one may add; a workspace's may only tighten. */
export const PolicyFolders = z.strictObject({
  builtIn: z.string().min(1),
  user: z.string().min(1).optional(),
  workspace: z.array(z.string().min(1)),
});
export type PolicyFolders = z.infer<typeof PolicyFolders>;

/** The one JSON line that a parent writes to the sidecar's stdin. The sidecar ends when stdin closes. */
export const Hello = z.strictObject({
  protocol: z.int(),
  assessToken: z.string().min(32).max(128),
  decideToken: z.string().min(32).max(128),
  policies: PolicyFolders,
  ledgerDir: z.string().min(1),
  /** Folder of the user's key, never inside the ledger's. Without it entries name no key and no checkpoint is sealed. */
  identityDir: z.string().min(1).optional(),
  /** Size beyond which a chain goes on in another file; days after which entries lose their content (absent: never). */
  ledger: z.strictObject({ rotateBytes: z.int().min(65_536).optional(), retentionDays: z.int().positive().optional() }).optional(),
  /** Roots against which paths are shown and judged as inside or outside. */
  workspaceRoots: z.array(z.string().min(1)),
  audit: AuditSettings.optional(),
  /** Why there is no audit, in plain words, where there is none. */
  auditOffBecause: z.string().max(300).optional(),
  /** How the record is anchored. Absent: it is not, and nothing is published. */
  anchor: AnchorSettings.optional(),
  /** Why it is not, in plain words, where it is not. */
  anchorOffBecause: z.string().max(300).optional(),
  heartbeatMs: z.int().min(50).optional(),
  /** What the machine's organisation file says, where there is one; the strictest where that is not valid. */
  organisation: Organisation.optional(),
  /** What this machine's settings say of suppressions, on top of the organisation. */
  suppressions: z.strictObject({ forbid: z.array(RulePattern) }).optional(),
});
export type Hello = z.infer<typeof Hello>;

/** The sidecar's first line on stdout. Ledger entries follow, one a line. */
export const Ready = z.strictObject({
  type: z.literal('ready'),
  protocol: z.int(),
  version: z.string(),
  pid: z.int(),
  socket: z.string(),
  person: Person,
});
export type Ready = z.infer<typeof Ready>;

/** The sidecar's only line on stdout when it cannot start. */
export const StartFailure = z.strictObject({ type: z.literal('failed'), code: z.string(), message: z.string() });
export type StartFailure = z.infer<typeof StartFailure>;
