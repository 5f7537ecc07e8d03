import type { Session } from '../call.ts';
import type { PathFacts } from '../paths.ts';
import { classifyPath } from '../paths.ts';
import type { Value } from '../value.ts';
import { windowsSpelling } from '../windowsPaths.ts';

const TEMPORARY = /^(?:[a-z]:)?(?:\/users\/[^/]+\/appdata\/local\/te?mp|\/windows\/temp|\/te?mp)(?=\/|$)/i;
const HOME_TEMPORARY = /\/AppData\/Local\/Te?mp(?=\/|$)/i;
/** What .NET builds into. */
const DOTNET_OUTPUT = /^(?:(?:\.\/)?(?:[^/]+\/){0,6})?(?:bin|obj)(?:\/\*?)?$/i;

/** Files beside the folders of a system drive without which it does not start. */
const STARTS_THE_MACHINE = /^[a-z]:\/(?:boot\.ini|bootmgr|ntldr|ntdetect\.com|bootsect\.bak)$/i;

/** A path of Windows with slashes, the way the analysis reads all paths; providers and long-path marks taken off. */
export function slashed(value: Value, home: string): Value {
  let text = value.text
    .replace(/^(?:microsoft\.powershell\.core\\)?filesystem::/i, '')
    .replace(/^[\\/]{2}[?.][\\/](?=[A-Za-z]:)/, '')
    .replaceAll('\\', '/');
  // `\\server\share`: two slashes say so to the analysis as well.
  if (/^~(?:\/|$)/.test(text)) text = home + text.slice(1);
  if (TEMPORARY.test(text)) text = text.replace(TEMPORARY, '/tmp');
  else if (HOME_TEMPORARY.test(text)) text = `/tmp${text.slice(text.search(HOME_TEMPORARY)).replace(HOME_TEMPORARY, '')}`;
  else if (/^\/(?!\/)/.test(text)) text = windowsSpelling(text, [home]);
  const glob = value.glob || /[*?]|\[[^\]]{1,64}\]/.test(text);
  return text === value.text && glob === value.glob ? value : { ...value, text, glob };
}

/** How grave it is to touch what a path of Windows names. */
export function windowsTarget(value: Value, session: Session): PathFacts {
  const { scope, home, workspaceRoots } = session;
  const path = slashed(value, home);
  const facts = classifyPath(path, { cwd: scope.cwd, home, workspaceRoots });
  if (STARTS_THE_MACHINE.test(path.text)) return { ...facts, target: 'system' };
  if (facts.target === 'workspace' && DOTNET_OUTPUT.test(path.text)) return { ...facts, target: 'build-output' };
  return facts;
}
