import { randomUUID } from 'node:crypto';
import type { Verdict } from '../../../verifier/protocol/vocabulary.ts';
import { asVerifierError } from '../verifierError.ts';
import { RISKY } from './promptSteps.ts';
import { failed, ok, SEE_LOG, type Seen, type SelfTestWorld, type Step } from './step.ts';

const ANSWER_MS = 20_000;
const ON_RECORD_MS = 4_000;
/** Under which its own questions to the verifier stand in the ledger. */
const AGENT = 'self-test';

const verifier: Step = {
  id: 'verifier',
  what: 'The verifier',
  isEssential: true,
  deadlineMs: ANSWER_MS,
  async run({ connect }): Promise<Seen> {
    const expected = 'answers and proves itself';
    const health = await (await connect()).health();
    const { version, policyDigest, policyProblems, layers } = health;
    if (layers.gates.state === 'failed')
      return failed(
        expected,
        `version ${version} answers, but its gates did not load (${layers.gates.why ?? 'no reason given'})`,
        'Run "Sentinel: Restart Verifier", then "Sentinel: Show Log".',
      );
    const seen = `version ${version} proved itself; policies ${policyDigest.slice(0, 16)}…`;
    return policyProblems.length === 0
      ? ok(expected, seen)
      : failed(expected, `${seen}, ${policyProblems.length} policy problem(s)`, 'Run "Sentinel: Doctor": it names file and line.');
  },
};

function gates(id: string, what: string, command: string, wanted: Verdict): Step {
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
            'Run "Sentinel: Doctor": a policy of yours may differ, or the built-in ones are not in force.',
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
  what: 'A decision about other bytes than those assessed',
  deadlineMs: ANSWER_MS,
  async run(world): Promise<Seen> {
    const expected = 'refused';
    const { ask } = await assess(world, `sudo ${RISKY}`);
    const nonce = await ask.claim();
    try {
      await ask.deny(nonce, '0'.repeat(64));
    } catch (error) {
      const { code } = asVerifierError(error);
      await ask.close(nonce);
      return code === 'subject_changed' ? ok(expected, 'refused') : failed(expected, `refused for another reason (${code})`, SEE_LOG);
    }
    return failed(expected, 'accepted', SEE_LOG);
  },
};

/** Comes after the doors: what they held must have been decided, and the decision be about just that. */
const recorded: Step = {
  id: 'decision',
  what: 'The decisions about what was held',
  deadlineMs: ANSWER_MS,
  async run({ record, connect }): Promise<Seen> {
    const expected = 'each on record with an outcome, about exactly the bytes that were held';
    const health = await (await connect()).health();
    const open = () => record.held.filter(({ assessmentId }) => record.outcomeOf(assessmentId) === undefined);
    await record.until(() => (open().length === 0 ? true : undefined), ON_RECORD_MS);
    const held = record.held;
    if (held.length === 0) return failed(expected, 'nothing was held, so nothing was decided', SEE_LOG);
    for (const { assessmentId, subject, policyDigest } of held) {
      const decision = record.decisionOn(assessmentId);
      if (decision === undefined) return failed(expected, 'something was held without a decision on record', SEE_LOG);
      if (decision.subjectDigest !== subject.digest || decision.policyDigest !== policyDigest)
        return failed(expected, 'a decision is about something else than what was held', SEE_LOG);
      if (decision.choice !== 'deny') return failed(expected, 'something was approved, which the self-test never does', SEE_LOG);
      if (decision.cause === 'person' && decision.by.name !== health.person.name)
        return failed(expected, 'a decision is in the name of somebody else', SEE_LOG);
      if (record.outcomeOf(assessmentId) === undefined) return failed(expected, 'a decision has no outcome on record', SEE_LOG);
    }
    const byPerson = held.filter(({ assessmentId }) => record.decisionOn(assessmentId)?.cause === 'person').length;
    return byPerson === 0
      ? failed(expected, 'no decision on record was asked for', SEE_LOG)
      : ok(expected, `${held.length} held, ${held.length} denied, each with its outcome`);
  },
};

const ledger: Step = {
  id: 'ledger',
  what: 'The ledger',
  deadlineMs: 120_000,
  async run({ checkLedger, connect, record, began, mark }): Promise<Seen> {
    const expected = 'verifies, and holds exactly what the self-test did';
    const { ok: holds, text } = await checkLedger();
    if (!holds)
      return failed(
        expected,
        `does not verify: ${text.split('\n', 1)[0] ?? ''}`,
        'Run "Sentinel: Verify Ledger" and keep the folder as it is.',
      );
    const { items, complete } = await (await connect()).history({ since: began });
    if (!complete) return failed(expected, 'verifies, but too much else was recorded meanwhile to compare', 'Run the self-test again.');
    const told = new Map(record.assessments.map((event) => [event.assessmentId, event]));
    const missing = [...told.keys()].filter((id) => !items.some(({ assessmentId }) => assessmentId === id)).length;
    if (missing > 0) return failed(expected, `${missing} of ${told.size} assessments are not on the disk`, SEE_LOG);
    const undecided = items.filter(
      (item) => told.has(item.assessmentId) && item.verdict !== 'pass' && item.decision?.choice !== 'deny',
    ).length;
    if (undecided > 0) return failed(expected, `${undecided} denial(s) are not on the disk`, SEE_LOG);
    const more = items.filter(({ assessmentId, subjectName }) => subjectName?.includes(mark) === true && !told.has(assessmentId)).length;
    if (more > 0) return failed(expected, `${more} assessment(s) on the disk that were not told of`, SEE_LOG);
    return ok(expected, `verifies; all ${told.size} assessments of the self-test are on the disk`);
  },
};

export const FIRST_STEPS: readonly Step[] = [
  verifier,
  gates('gates-pass', 'Gates: a harmless command', 'git status --short', 'pass'),
  gates('gates-block', 'Gates: a destructive command', RISKY, 'block'),
];

export const LAST_STEPS: readonly Step[] = [bound, recorded, ledger];
