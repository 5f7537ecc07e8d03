import type { Names } from '../powershell/names.ts';
import { oneValue } from '../powershell/things.ts';
import { GAP } from '../value.ts';

/** What `%…%` may stand for: the environment, a loop's variable, a script's own arguments. */
export interface BatchNames {
  readonly names: Names;
  /** Loop variables by their letter. */
  readonly loop: ReadonlyMap<string, string>;
}

/** `%%i`, a script's own `%1` and `%~dp0`, `%NAME%`, and `%i` at the prompt. */
const PERCENT =
  /%%(?:~[a-z$:]{0,8})?([A-Za-z])|%~[a-z]{0,8}0|%~?(?:[0-9]|\*)|%([^%\s:=]{1,64})(?::([^%\n]{1,200}))?%|%(?:~[a-z$:]{0,8})?([A-Za-z])/g;

const MAX_EXPANDED = 32 * 1024;

/** Expands `%NAME%`, `!NAME!`, their cuts and replacements, `%%i` and `%1`. What nobody knows is a gap. */
export function expand(text: string, around: BatchNames): string {
  if (!/[%!]/.test(text)) return text;
  let length = 0;
  const kept = (value: string): string => {
    length += value.length;
    return length > MAX_EXPANDED ? GAP : value;
  };
  return text
    .replace(PERCENT, (whole, doubled?: string, name?: string, change?: string, single?: string) => {
      const letter = doubled ?? single;
      const looped = letter === undefined ? undefined : around.loop.get(letter.toLowerCase());
      if (letter !== undefined) return looped === undefined ? whole : kept(looped);
      if (name === undefined) return /^%~\w*0$/.test(whole) ? './' : whole === '%0' ? '%0' : GAP;
      return kept(changed(name, change, around));
    })
    .replace(/!([A-Za-z_][\w.()]{0,63})(?::([^!\n]{1,200}))?!/g, (whole, name: string, change?: string) =>
      around.names.has(`env:${name}`) ? kept(changed(name, change, around)) : whole,
    );
}

/** `%NAME:~from,length%` and `%NAME:find=put%`. */
function changed(name: string, change: string | undefined, { names }: BatchNames): string {
  if (/^(?:cd|__cd__)$/i.test(name)) return '.';
  if (/^(?:random|date|time)$/i.test(name)) return '0';
  const { text } = oneValue(names.variable(`env:${name}`));
  if (change === undefined || text.includes(GAP)) return text;
  const cut = /^~(-?\d{1,5})(?:,(-?\d{1,5}))?$/.exec(change);
  if (cut !== null) {
    const from = Number(cut[1]);
    const length = cut[2] === undefined ? undefined : Number(cut[2]);
    const begin = from < 0 ? Math.max(0, text.length + from) : from;
    return text.slice(begin, length === undefined ? undefined : length < 0 ? length : begin + length);
  }
  const equals = change.indexOf('=', 1);
  if (equals < 0) return GAP;
  const find = change.slice(0, equals);
  const put = change.slice(equals + 1);
  const parts = find.startsWith('*') ? [text] : text.split(find);
  return parts.length * put.length > MAX_EXPANDED ? GAP : parts.join(put);
}
