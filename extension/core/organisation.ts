import { open, stat } from 'node:fs/promises';
import { type OrganisationPlace, type OrganisationReading, readOrganisation } from '../../verifier/protocol/organisation.ts';

/** The machine's organisation file, as it was when it was last looked at. */
export class OrganisationFile {
  readonly #place: OrganisationPlace;
  #reading: OrganisationReading;

  constructor(place: OrganisationPlace) {
    this.#place = place;
    this.#reading = { path: place.path };
  }

  /** What was read last; nothing before the first look. */
  get reading(): OrganisationReading {
    return this.#reading;
  }

  /** Reads it anew. Never rejects. */
  async look(): Promise<OrganisationReading> {
    this.#reading = await readOrganisation(this.#place, { open, stat });
    return this.#reading;
  }
}
