import { subjectText } from '../../../verifier/protocol/subject.ts';
import type { AnswerPart, InnerModel, ModelTurn, PassedPart, ToolCall } from '../modelParts.ts';
import { said } from '../said.ts';
import { RISKY } from './promptSteps.ts';
import { failed, ok, type Seen, type SelfTestWorld, type Step, seeLog } from './step.ts';

const TOOL = 'run_in_terminal';
const ANSWER_MS = 60_000;

/** A model that wants tools called, one answer after the other, and keeps what it was sent. */
class ToolModel implements InnerModel {
  readonly id = 'self-test/stand-in';
  readonly sent: (readonly ModelTurn[])[] = [];
  readonly #calls: ToolCall[];
  constructor(...calls: ToolCall[]) {
    this.#calls = calls;
  }
  async send(turns: readonly ModelTurn[]): Promise<AsyncIterable<AnswerPart>> {
    this.sent.push(turns);
    const call = this.#calls.shift();
    return (async function* () {
      if (call) yield { kind: 'call' as const, call };
      else yield { kind: 'text' as const, text: 'Done.' };
    })();
  }
}

function terminal(world: SelfTestWorld, callId: string, command: string): ToolCall {
  const call: ToolCall = { callId, name: TOOL, input: { command, explanation: world.mark, isBackground: false } };
  world.script.ownText(subjectText({ kind: 'tool', name: TOOL, input: call.input }));
  return call;
}

const toolDoor: Step = {
  id: 'tool',
  what: () => said('A destructive tool call on a guarded model'),
  deadlineMs: ANSWER_MS,
  async run(world): Promise<Seen> {
    const expected = said('denied, the model is told why; a harmless call passes');
    const risky = terminal(world, 'self-test-risky', `${RISKY} # ${world.mark}`);
    const harmless = terminal(world, 'self-test-harmless', 'git status --short');
    const model = new ToolModel(risky, harmless);
    const passed: PassedPart[] = [];
    await world.guardedModel.respond({
      model,
      turns: [{ role: 'user', parts: [{ kind: 'text', text: `What has changed here? (${world.mark})` }] }],
      conversation: world.mark,
      emit: (part) => void passed.push(part),
      signal: world.signal,
    });
    const calls = passed.flatMap((part) => (part.kind === 'call' ? [part.call.callId] : []));
    if (calls.includes(risky.callId)) return failed(expected, said('the destructive call was passed on to the editor'), seeLog());
    const refusal = model.sent[1]?.flatMap(({ parts }) => parts).find((part) => part.kind === 'result' && part.callId === risky.callId);
    if (refusal?.kind !== 'result' || !refusal.text.startsWith('Denied'))
      return failed(expected, said('not passed on, but the model was not told that it was denied'), seeLog());
    return calls.includes(harmless.callId)
      ? ok(expected, said('denied, the refusal went back to the model, the harmless call passed'))
      : failed(
          expected,
          said('denied, but the harmless call after it did not pass'),
          said('The auditor or a policy of yours objects to "git status".'),
        );
  },
};

export const TOOL_STEPS: readonly Step[] = [toolDoor];
