import type { OrganisationReading } from '../../verifier/protocol/organisation.ts';
import { forbiddenBy } from './breakGlass.ts';

export interface MachineFacts {
  /** Name and version of the editor. */
  readonly editor: string;
  readonly platform: string;
  /** `ssh-remote`, `wsl` and the like; undefined where the editor runs where the files are. */
  readonly remote: string | undefined;
  readonly missing: readonly string[];
  readonly organisation: OrganisationReading;
  readonly breakGlassAllowed: boolean;
  /** Whether something that went on without the guard is not on record yet. */
  readonly spoolWaits: boolean;
}

/** What the doctor says of the editor, the machine and who rules it, line by line. */
export function machineReport(facts: MachineFacts): string[] {
  const { organisation } = facts;
  const forbidden = forbiddenBy(facts.breakGlassAllowed, organisation);
  return [
    `editor: ${facts.editor}`,
    `system: ${facts.platform}${facts.remote ? `, in a remote window (${facts.remote})` : ''}`,
    ...facts.missing.map((feature) => `not available in this editor: ${feature}`),
    `organisation file: ${organisation.problem ?? (organisation.inForce ? `${organisation.path} is in force` : `none (${organisation.path})`)}`,
    ...organisationRules(organisation),
    `going on without the guard while it cannot be had: ${forbidden === undefined ? 'allowed, by a decision with a reason' : `forbidden by ${forbidden}`}`,
    ...(facts.spoolWaits ? ['something went on without the guard and is not on record yet: it will be when the verifier takes it'] : []),
  ];
}

function organisationRules({ inForce }: OrganisationReading): string[] {
  const { forbid = [], maxDays } = inForce?.suppressions ?? {};
  return [
    ...(forbid.length > 0 ? [`suppressions forbidden by the organisation: ${forbid.join(', ')}`] : []),
    ...(maxDays === undefined ? [] : [`suppressions last at most ${maxDays} days, by the organisation`]),
    ...(inForce?.retentionDays === undefined
      ? []
      : [`content of ledger entries is erased after ${inForce.retentionDays} days, by the organisation`]),
  ];
}
