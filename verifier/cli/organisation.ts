import { open, stat } from 'node:fs/promises';
import { type OrganisationReading, organisationPlace, readOrganisation } from '../protocol/organisation.ts';

/** This machine's organisation file, read now. Never rejects. */
export function ownOrganisation(): Promise<OrganisationReading> {
  return readOrganisation(organisationPlace(process.platform), { open, stat });
}

/** What `sentinel doctor` says of it. */
export function aboutOrganisation({ path, inForce, problem }: OrganisationReading): { about: string; ok: boolean; says: string } {
  const about = 'organisation';
  if (problem !== undefined) return { about, ok: false, says: problem };
  if (inForce === undefined) return { about, ok: true, says: `no file (${path})` };
  const fixed = Object.keys(inForce).filter((name) => name !== 'schema');
  return { about, ok: true, says: `${path} is in force and fixes ${fixed.join(', ') || 'nothing'}` };
}
