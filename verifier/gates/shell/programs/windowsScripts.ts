import type { Call } from '../call.ts';
import { literal, UNKNOWN, type Value } from '../value.ts';

/** Runs a PowerShell or batch script on disk. */
export function runWindowsScript(call: Call, path: Value): Value {
  const script = call.session.findScript(path, call, true);
  if (script === undefined) return UNKNOWN;
  const language = /\.(?:bat|cmd)$/i.test(script.path) ? 'bat' : 'powershell';
  return call.session.inScript({ path: script.path }, () =>
    call.session.runWindows(literal(script.text), language, { ...call.how, input: undefined, depth: call.how.depth + 1 }),
  );
}
