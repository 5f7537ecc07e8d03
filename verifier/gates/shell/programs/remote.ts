import type { Call } from '../call.ts';
import { join, literal, NOTHING, UNKNOWN, type Value } from '../value.ts';
import { sendOut } from '../writes.ts';

/** Runs words on another machine or in a container: one text after the words were joined, as ssh does. */
export function runRemote(call: Call, words: readonly Value[], host: string): Value {
  const how = { ...call.how, remote: true, depth: call.how.depth + 1 };
  if (call.input !== undefined) sendOut(call, call.input, host);
  if (words.length > 0) return call.session.runText(join(words, ' '), how);
  // Without a command the far shell reads what is fed to it.
  return call.input === undefined ? NOTHING : call.session.runWords([literal('sh')], how);
}

/** Runs words as they are in a container; `sh -c text` among them is followed. */
export function runInContainer(call: Call, words: readonly Value[]): Value {
  return words.length === 0 ? UNKNOWN : call.session.runWords(words, { ...call.how, remote: true });
}
