import type { Call } from '../call.ts';
import { UNKNOWN, type Value } from '../value.ts';

/** Lines of one script that are read. */
const MAX_LINES = 5_000;

/** Runs a PowerShell or batch script on disk, line by line. */
export function runWindowsScript(call: Call, path: Value): Value {
  const script = call.session.findScript(path, call, true);
  if (script === undefined) return UNKNOWN;
  const language = /\.(?:bat|cmd)$/i.test(script.path) ? 'bat' : 'powershell';
  return call.session.inScript({ path: script.path, range: { start: 0, end: 0 } }, () => {
    let start = 0;
    for (const line of script.text.split('\n', MAX_LINES)) {
      call.session.mark(start, start + line.length);
      call.session.runWindows(line.replace(/\r$/, ''), language, call);
      start += line.length + 1;
    }
    return UNKNOWN;
  });
}
