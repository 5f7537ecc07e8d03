import { randomUUID } from 'node:crypto';
import type { Verdict } from '../../../verifier/protocol/vocabulary.ts';
import { type Said, said } from '../said.ts';
import { asVerifierError } from '../verifierError.ts';
import { RISKY } from './promptSteps.ts';
import { failed, ok, type Seen, type SelfTestWorld, type Step, seeLog } from './step.ts';

const ANSWER_MS = 20_000;
const ON_RECORD_MS = 4_000;
/** Under which its own questions to the verifier stand in the ledger. */
const AGENT = 'self-test';

const verifier: Step = {
  id: 'verifier',
  what: () => said('The verifier'),
  isEssential: true,
  deadlineMs: ANSWER_MS,
  async run({ connect }): Promise<Seen> {
    const expected = said('answers and proves itself');
    const health = await (await connect()).health();
    const { version, policyDigest, policyProblems, layers } = health;
    if (layers.gates.state === 'failed')
      return failed(
        expected,
        said('version {0} answers, but its gates did not load ({1})', version, layers.gates.why ?? said('no reason given')),
        said('Run "Sentinel: Restart Verifier", then "Sentinel: Show Log".'),
      );
    const seen = said('version {0} proved itself; policies {1}…', version, policyDigest.slice(0, 16));
    return policyProblems.length === 0
      ? ok(expected, seen)
      : failed(
          expected,
          said('{0}, {1} policy problem(s)', seen, policyProblems.length),
          said('Run "Sentinel: Doctor": it names file and line.'),
        );
  },
};

function gates(id: string, what: () => Said, command: string, wanted: Verdict): Step {
  return {
    id,
    what,
    deadlineMs: ANSWER_MS,
    async run(world): Promise<Seen> {
      const { assessment, ask } = await assess(world, command);
      if (assessment.verdict !== 'pass') await ask.close();
      return assessment.verdict === wanted
        ? ok(wanted, wanted)
        : failed(
            wanted,
            assessment.verdict,
            said('Run "Sentinel: Doctor": a policy of yours may differ, or the built-in ones are not in force.'),
          );
    },
  };
}

/** Has a command assessed. `close` denies what waits. */
async function assess(world: SelfTestWorld, command: string) {
  const connected = await world.connect();
  const text = `${command} # ${world.mark}`;
  world.script.ownText(text);
  const assessment = await connected.verify({
    requestId: randomUUID(),
    sessionId: world.mark,
    source: 'http',
    agent: AGENT,
    subject: { kind: 'command', text },
    depth: 'gates',
  });
  const { id: assessmentId, subjectDigest } = assessment;
  const claim = async () => (await connected.claim(assessmentId, world.mark)).nonce;
  /** Denies, with the outcome that follows. Throws where the verifier refuses the decision. */
  const deny = async (claimed: string, digest: string) => {
    const decision = { choice: 'deny', by: connected.person } as const;
    const { nonce } = await connected.record({ assessmentId, nonce: claimed, subjectDigest: digest, decision });
    if (nonce !== undefined) await connected.record({ assessmentId, nonce, subjectDigest, outcome: 'withheld', detail: AGENT });
  };
  const close = async (claimed?: string) => deny(claimed ?? (await claim()), subjectDigest);
  return { assessment, ask: { claim, deny, close } };
}

const bound: Step = {
  id: 'decision-bound',
  what: () => said('A decision about other bytes than those assessed'),
  deadlineMs: ANSWER_MS,
  async run(world): Promise<Seen> {
    const expected = said('refused');
    const { ask } = await assess(world, `sudo ${RISKY}`);
    const nonce = await ask.claim();
    try {
      await ask.deny(nonce, '0'.repeat(64));
    } catch (error) {
      const { code } = asVerifierError(error);
      await ask.close(nonce);
      return code === 'subject_changed'
        ? ok(expected, said('refused'))
        : failed(expected, said('refused for another reason ({0})', code), seeLog());
    }
    return failed(expected, said('accepted'), seeLog());
  },
};

/** Comes after the doors: what they held must have been decided, and the decision be about just that. */
const recorded: Step = {
  id: 'decision',
  what: () => said('The decisions about what was held'),
  deadlineMs: ANSWER_MS,
  async run({ record, connect }): Promise<Seen> {
    const expected = said('each on record with an outcome, about exactly the bytes that were held');
    const health = await (await connect()).health();
    const open = () => record.held.filter(({ assessmentId }) => record.outcomeOf(assessmentId) === undefined);
    await record.until(() => (open().length === 0 ? true : undefined), ON_RECORD_MS);
    const held = record.held;
    if (held.length === 0) return failed(expected, said('nothing was held, so nothing was decided'), seeLog());
    for (const { assessmentId, subject, policyDigest } of held) {
      const decision = record.decisionOn(assessmentId);
      if (decision === undefined) return failed(expected, said('something was held without a decision on record'), seeLog());
      if (decision.subjectDigest !== subject.digest || decision.policyDigest !== policyDigest)
        return failed(expected, said('a decision is about something else than what was held'), seeLog());
      if (decision.choice !== 'deny') return failed(expected, said('something was approved, which the self-test never does'), seeLog());
      if (decision.cause === 'person' && decision.by.name !== health.person.name)
        return failed(expected, said('a decision is in the name of somebody else'), seeLog());
      if (record.outcomeOf(assessmentId) === undefined) return failed(expected, said('a decision has no outcome on record'), seeLog());
    }
    const byPerson = held.filter(({ assessmentId }) => record.decisionOn(assessmentId)?.cause === 'person').length;
    return byPerson === 0
      ? failed(expected, said('no decision on record was asked for'), seeLog())
      : ok(expected, said('{0} held, {0} denied, each with its outcome', held.length));
  },
};

const ledger: Step = {
  id: 'ledger',
  what: () => said('The ledger'),
  deadlineMs: 120_000,
  async run({ checkLedger, connect, record, began, mark }): Promise<Seen> {
    const expected = said('verifies, and holds exactly what the self-test did');
    const { ok: holds, text } = await checkLedger();
    if (!holds)
      return failed(
        expected,
        said('does not verify: {0}', text.split('\n', 1)[0] ?? ''),
        said('Run "Sentinel: Verify Ledger" and keep the folder as it is.'),
      );
    const { items, complete } = await (await connect()).history({ since: began });
    if (!complete)
      return failed(expected, said('verifies, but too much else was recorded meanwhile to compare'), said('Run the self-test again.'));
    const told = new Map(record.assessments.map((event) => [event.assessmentId, event]));
    const missing = [...told.keys()].filter((id) => !items.some(({ assessmentId }) => assessmentId === id)).length;
    if (missing > 0) return failed(expected, said('{0} of {1} assessments are not on the disk', missing, told.size), seeLog());
    const undecided = items.filter(
      (item) => told.has(item.assessmentId) && item.verdict !== 'pass' && item.decision?.choice !== 'deny',
    ).length;
    if (undecided > 0) return failed(expected, said('{0} denial(s) are not on the disk', undecided), seeLog());
    const more = items.filter(({ assessmentId, subjectName }) => subjectName?.includes(mark) === true && !told.has(assessmentId)).length;
    if (more > 0) return failed(expected, said('{0} assessment(s) on the disk that were not told of', more), seeLog());
    return ok(expected, said('verifies; all {0} assessments of the self-test are on the disk', told.size));
  },
};

export const FIRST_STEPS: readonly Step[] = [
  verifier,
  gates('gates-pass', () => said('Gates: a harmless command'), 'git status --short', 'pass'),
  gates('gates-block', () => said('Gates: a destructive command'), RISKY, 'block'),
];

export const LAST_STEPS: readonly Step[] = [bound, recorded, ledger];
