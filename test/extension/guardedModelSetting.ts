import { Desk } from '../../extension/core/decide.ts';
import { GuardedModel } from '../../extension/core/guardedModel.ts';
import type { AnswerPart, InnerModel, ModelPart, ModelTurn, PassedPart, ToolCall } from '../../extension/core/modelParts.ts';
import { breakGlassOver, FakeSpool } from './breakGlassSetting.ts';
import { FakeClock, FakeDialog, FakeLog, FakeVerifier } from './fakes.ts';

/** One answer after the other, each with what is to happen before a part of it. */
export class ScriptedModel implements InnerModel {
  readonly id = 'test/model';
  /** What it was sent, request by request. */
  readonly sent: (readonly ModelTurn[])[] = [];
  beforePart: (part: AnswerPart) => void | Promise<void> = () => {};
  wasStopped = false;
  readonly #answers: (readonly AnswerPart[])[];

  constructor(...answers: (readonly AnswerPart[])[]) {
    this.#answers = answers;
  }

  async send(turns: readonly ModelTurn[], signal: AbortSignal): Promise<AsyncIterable<AnswerPart>> {
    this.sent.push(turns);
    const answer = this.#answers.shift() ?? [];
    signal.addEventListener('abort', () => {
      this.wasStopped = true;
    });
    const before = (part: AnswerPart) => this.beforePart(part);
    return (async function* () {
      for (const part of answer) {
        await before(part);
        yield part;
      }
    })();
  }
}

export const text = (words: string): { kind: 'text'; text: string } => ({ kind: 'text', text: words });
export const call = (name: string, input: ToolCall['input'], callId = `${name}-1`): { kind: 'call'; call: ToolCall } => ({
  kind: 'call',
  call: { callId, name, input },
});
export const result = (callId: string, words: string): ModelPart => ({ kind: 'result', callId, text: words });
export const user = (...parts: ModelPart[]): ModelTurn => ({ role: 'user', parts });
export const assistant = (...parts: ModelPart[]): ModelTurn => ({ role: 'assistant', parts });
export const system = (words: string): ModelTurn => ({ role: 'system', parts: [text(words)] });

/** A guarded model over fakes. `run` sends one request and gives what the editor got to see. */
export function setting(model: ScriptedModel, answers: string[] = [], reasons: string[] = []) {
  const dialog = new FakeDialog();
  dialog.answers = answers;
  dialog.reasons = reasons;
  const verifier = new FakeVerifier();
  const log = new FakeLog();
  const spool = new FakeSpool();
  const { trouble, breakGlass } = breakGlassOver({ dialog, spool });
  const desk = new Desk({ dialog, clock: new FakeClock(), log, windowId: 'w' });
  const files = new Map<string, string>();
  const guard = new GuardedModel({
    connect: async () => {
      if (verifier.failure) throw verifier.failure;
      return verifier;
    },
    desk,
    log,
    trouble,
    breakGlass,
    cwd: () => '/project',
    fileDigest: async (path) => files.get(path),
    sessionId: 'window',
  });
  const stop = new AbortController();
  const seen: PassedPart[] = [];
  const run = async (turns: readonly ModelTurn[], conversation?: string, isTalk = false) => {
    await guard.respond({ model, turns, conversation, isTalk, emit: (part) => void seen.push(part), signal: stop.signal });
    return seen;
  };
  const shown = () => seen.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const calls = () => seen.flatMap((part) => (part.kind === 'call' ? [part.call.callId] : []));
  return { run, dialog, verifier, stop, model, spool, files, seen, shown, calls, log };
}
