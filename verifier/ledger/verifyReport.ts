/** What is checked, each independently of the others. */
export const CHECKS = {
  form: 'every line is an entry of a known format',
  'canonical form': 'every line is RFC 8785 JSON',
  'content digest': 'salt and event fit the content digest',
  'entry hash': "the header fits the entry's hash",
  'one chain': 'all entries belong to the chain that the file is named after',
  'genesis first': 'the chain begins with its genesis entry',
  sequence: 'sequence numbers count up from 0 without a gap',
  'chain link': 'every entry names the hash of the one before',
  sessions: 'sessions open and close in pairs and leave nothing undecided',
  binding: 'decisions and outcomes are bound to the assessment they name',
  'single use': 'no assessment, decision or outcome comes twice',
  'time order': 'time does not run backwards',
  'last line': 'the last line is finished',
  'known events': 'every event is of a type that this version knows',
  'whole chain': 'the chain was read from its beginning',
} as const;
export type CheckName = keyof typeof CHECKS;

/** `noted`: worth knowing, but an honest ledger can show it (a clock set back, a crash). */
export interface CheckResult {
  readonly check: CheckName;
  readonly result: 'held' | 'failed' | 'noted';
  /** How many lines it concerns. */
  readonly count: number;
  readonly first?: { readonly file: string; readonly line: number; readonly seq: number | null; readonly message: string };
}

/** The first bad entry and what was done there, as far as the file can tell. Lines count from 1, `seq` from 0. */
export interface Tampering {
  /** `inconsistent`: the entries are intact, but what they say together cannot have happened. */
  readonly kind: 'edited' | 'removed' | 'reordered' | 'inserted' | 'duplicated' | 'truncated' | 'inconsistent';
  readonly file: string;
  readonly line: number;
  readonly seq: number | null;
  readonly message: string;
}

export interface ChainReport {
  /** The chain's files, in the order of their entries. */
  readonly files: readonly string[];
  readonly chain: string | null;
  readonly ok: boolean;
  readonly entries: number;
  /** Entries whose salt and event were erased: their place is proved, what they said is not. */
  readonly erased: number;
  readonly sessions: number;
  /** A session is open at the end: its writer is alive, or the next start closes it. */
  readonly sessionOpen: boolean;
  /** Assessments and decisions at the end that still wait. */
  readonly unsettled: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly checks: readonly CheckResult[];
  readonly tampering: Tampering | null;
}

export interface VerifyReport {
  /** True if at least one chain was found and nothing failed in any. */
  readonly ok: boolean;
  readonly path: string;
  readonly chains: readonly ChainReport[];
  /** What no checker of these files alone can show. */
  readonly limits: readonly string[];
}

/** Said in every report, so that "verified" is not read as more than it is. */
export const LIMITS: readonly string[] = [
  'Whoever can write these files can also rewrite a whole chain with new hashes; only heads that were anchored or kept elsewhere show that.',
  'Entries removed from the end since the last anchored head cannot be seen, nor a chain that was removed as a whole.',
];

const SIGNS = { held: 'ok    ', failed: 'FAILED', noted: 'note  ' } as const;

function chainText(report: ChainReport): string[] {
  const span = report.firstTime === null ? '' : `, ${report.firstTime} to ${report.lastTime}`;
  const lines = [`${report.ok ? 'Verified' : 'NOT VERIFIED'}: ${report.files.join(', ')}`, `  ${report.entries} entries${span}`];
  if (report.head !== null) lines.push(`  head: sequence ${report.head.seq}, hash ${report.head.hash}`);
  if (report.erased > 0) lines.push(`  ${report.erased} erased: their place in the chain is proved, what they said is not`);
  lines.push(
    `  ${report.sessions} sessions${report.sessionOpen ? ', the last one open' : ''}; ${report.unsettled} waiting for a decision or outcome`,
  );
  for (const each of report.checks) {
    const first =
      each.first === undefined
        ? ''
        : ` — ${each.count}, first at ${report.files.length > 1 ? `${each.first.file}:` : 'line '}${each.first.line}: ${each.first.message}`;
    lines.push(`  ${SIGNS[each.result]} ${CHECKS[each.check]}${first}`);
  }
  const found = report.tampering;
  if (found !== null) lines.push(`  First bad entry: ${found.file}:${found.line}: ${found.kind}: ${found.message}`);
  return lines;
}

/** The report as text for a person. */
export function reportText(report: VerifyReport): string {
  const lines = report.chains.flatMap((chain) => [...chainText(chain), '']);
  if (report.chains.length === 0) lines.push(`No chain was found in ${report.path}: nothing was verified.`, '');
  lines.push('What this cannot show:', ...report.limits.map((limit) => `  - ${limit}`));
  return `${lines.join('\n')}\n`;
}
