import { t } from '@vscode/l10n';
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
    t('editor: {0}', facts.editor),
    facts.remote ? t('system: {0}, in a remote window ({1})', facts.platform, facts.remote) : t('system: {0}', facts.platform),
    ...facts.missing.map((feature) => t('not available in this editor: {0}', feature)),
    organisationLine(organisation),
    ...organisationRules(organisation),
    forbidden === undefined
      ? t('going on without the guard while it cannot be had: allowed, by a decision with a reason')
      : t('going on without the guard while it cannot be had: forbidden by {0}', forbidden),
    ...(facts.spoolWaits ? [t('something went on without the guard and is not on record yet: it will be when the verifier takes it')] : []),
  ];
}

function organisationLine({ problem, inForce, path }: OrganisationReading): string {
  if (problem !== undefined) return t('organisation file: {0}', problem);
  return inForce ? t('organisation file: {0} is in force', path) : t('organisation file: none ({0})', path);
}

function organisationRules({ inForce }: OrganisationReading): string[] {
  const { forbid = [], maxDays } = inForce?.suppressions ?? {};
  return [
    ...(forbid.length > 0 ? [t('suppressions forbidden by the organisation: {0}', forbid.join(', '))] : []),
    ...(maxDays === undefined ? [] : [t('suppressions last at most {0} days, by the organisation', maxDays)]),
    ...(inForce?.retentionDays === undefined
      ? []
      : [t('content of ledger entries is erased after {0} days, by the organisation', inForce.retentionDays)]),
  ];
}
