import { z } from 'zod';
import { Severity, Sha256 } from './vocabulary.ts';

/** One rule in force, as people read it; severity and verdict as tightened. */
export const CatalogueRule = z.strictObject({
  /** Full: `<policy>.<rule>`. */
  id: z.string(),
  title: z.string().optional(),
  severity: Severity,
  verdict: z.enum(['review', 'block']),
  message: z.string(),
  remediation: z.string(),
  cwe: z.array(z.string()),
  /** Of the OWASP Top Ten lists. */
  owasp: z.array(z.string()).optional(),
  /** Techniques of MITRE ATT&CK. */
  attack: z.array(z.string()).optional(),
  /** The version that first had the rule. */
  since: z.string().optional(),
  /** The file that holds the rule, and the one-based line of its `- id:`. */
  file: z.string(),
  line: z.int().positive(),
  /** Names of the conditions under which the rule itself lets a match pass. */
  exemptable: z.array(z.string()),
  /** False for rules about secrets: nobody can suppress those. */
  suppressible: z.boolean(),
});
export type CatalogueRule = z.infer<typeof CatalogueRule>;

export const CataloguePolicy = z.strictObject({
  name: z.string(),
  title: z.string(),
  version: z.int().positive(),
  origin: z.enum(['built-in', 'user', 'workspace']),
  /** Holds `policy.md` and `rules.yaml`. */
  folder: z.string(),
  /** Sorted by id. */
  rules: z.array(CatalogueRule),
});
export type CataloguePolicy = z.infer<typeof CataloguePolicy>;

/** Reply of `GET /policies`: what is in force. A text that is about to be judged may find a newer set. */
export const PolicyCatalogue = z.strictObject({ policyDigest: Sha256, policies: z.array(CataloguePolicy) });
export type PolicyCatalogue = z.infer<typeof PolicyCatalogue>;
