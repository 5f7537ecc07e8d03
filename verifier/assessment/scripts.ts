import type { GateContext } from '../gates/gates.ts';
import type { ScriptFile } from '../gates/shell/scriptFiles.ts';
import { type Subject, subjectText } from '../protocol/subject.ts';
import type { GateAnswer, GatesPort } from './ports.ts';
import { readScript, type ScriptOnDisk } from './scriptsOnDisk.ts';

/** Scripts that run scripts are followed this far: a manifest, its script, and two more. */
const MAX_ROUNDS = 4;
/** Files that one subject may bring in, and their text in UTF-16 units. */
const MAX_SCRIPTS = 48;
const MAX_TOTAL = 8 * 1024 * 1024;

/** A gates' answer with the scripts that it rests on, in the order in which they were wanted. */
export interface AnswerWithScripts {
  readonly answer: GateAnswer;
  readonly scripts: readonly ScriptOnDisk[];
}

type Read = (path: string) => Promise<ScriptOnDisk>;

/**
 * Asks the gates about a command or a tool call, reads the scripts that it would run, and asks again with these, until
 * no more are wanted. A subject that runs none is asked about once.
 */
export async function assessWithScripts(
  gates: Pick<GatesPort, 'assess'>,
  subject: Subject,
  context: GateContext,
  read: Read = readScript,
): Promise<AnswerWithScripts> {
  const known = new Map<string, ScriptOnDisk>();
  let answer = await gates.assess(subject, context);
  let total = 0;
  for (let round = 0; ; round++) {
    const fresh = (answer.wanted ?? []).filter((path) => !known.has(path));
    if (fresh.length === 0) return { answer, scripts: [...known.values()] };
    const room = round < MAX_ROUNDS && total <= MAX_TOTAL ? MAX_SCRIPTS - known.size : 0;
    const found = await Promise.all(fresh.slice(0, room).map(read));
    // What is not looked at any more says so, and counts as what it may be.
    for (const path of fresh.slice(room)) found.push({ path, state: 'too-many' });
    for (const script of found) {
      known.set(script.path, script);
      total += script.text?.length ?? 0;
    }
    answer = await gates.assess(subject, { ...context, scripts: [...known.values()].map(forGates) });
    // Beyond the last round each further path would be the start of another one.
    if (round > MAX_ROUNDS) return { answer, scripts: [...known.values()] };
  }
}

function forGates({ path, state, text }: ScriptOnDisk): ScriptFile {
  return { path, state, ...(text === undefined ? {} : { text }) };
}

/** What a verdict remembers of a script: enough to see that it changed. */
export interface ScriptSeen {
  readonly path: string;
  readonly state: ScriptOnDisk['state'];
  readonly digest: string | null;
}

export function seen({ path, state, digest }: ScriptOnDisk): ScriptSeen {
  return { path, state, digest: digest ?? null };
}

/** Whether every script is still what it was when the verdict was given. */
export async function unchanged(scripts: readonly ScriptSeen[], read: Read = readScript): Promise<boolean> {
  const now = await Promise.all(scripts.map(({ path, state }) => (state === 'too-many' ? undefined : read(path))));
  return scripts.every((script, index) => {
    const found = now[index];
    return found === undefined || (found.state === script.state && (found.digest ?? null) === script.digest);
  });
}

/** Words with which a script is run; where none stands, no audit needs to wait for the gates to find one. */
const RUNNERS =
  /(?:^|[\s;&|('"`/\\])(?:(?:ba|z|da|k|fi)?sh|source|\.|npm|npx|pnpm|yarn|bunx?|make|node|deno|tsx|ts-node|python[\d.]{0,8}|perl|ruby|php|pwsh|powershell)(?:\.exe)?(?:[\s"']|$)|\.(?:sh|bash|zsh|ps1|bat|cmd)\b|(?:^|[\s;&|("'])\.{0,2}\/\w/;

/** Whether the subject may run a script; when in doubt, it may. */
export function mayRunScripts(subject: Subject): boolean {
  return (subject.kind === 'command' || subject.kind === 'tool') && RUNNERS.test(subjectText(subject));
}

/** Units of one script, and of all, that an auditor is shown. */
const MAX_SHOWN = 20_000;
const MAX_SHOWN_TOTAL = 60_000;

/** The scripts as an auditor reads them behind the command; what is too long is named. */
export function shownToAuditor(scripts: readonly ScriptOnDisk[]): string {
  let total = 0;
  return scripts
    .map(({ path, text }) => {
      if (text === undefined) return '';
      const fits = text.length <= MAX_SHOWN && total + text.length <= MAX_SHOWN_TOTAL;
      if (fits) total += text.length;
      return fits ? `\n\n[script that it runs: ${path}]\n${text}` : `\n\n[script that it runs, too long to be shown: ${path}]`;
    })
    .join('');
}
