import { fromVerify } from '../../verifier/assessment/request.ts';
import { PERSON } from '../assessment/standIns.ts';
import type { SuppressionWorld } from '../assessment/suppressionWorld.ts';
import { FakeVerifier } from './fakes.ts';

/** What the routes do, over the real assessment in this process. */
export class ServedVerifier extends FakeVerifier {
  override readonly person = PERSON;

  constructor({ assessor, decisions, gates, book, changes }: SuppressionWorld) {
    super();
    this.verify = (body) => assessor.assess(fromVerify(body));
    this.policies = () => gates.catalogue();
    this.suppressions = () => book.accepted();
    this.suppress = (change) => changes.change(change);
    this.claim = async (id) => decisions.claim(id, 'window');
    this.record = (body) => decisions.follow(body, 'decide');
  }
}
