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
  'signing keys': 'keys are introduced with their own signature, and one follows another only where both signed it',
  checkpoints: 'every checkpoint is one of this chain, over more entries than the one before',
  'checkpoint signatures': 'every checkpoint is signed by the key that its last entry names',
  tree: 'the tree over the entries has the root of every checkpoint',
  'all covered': 'every entry under a key is covered by a checkpoint',
  'kept checkpoints': 'the entries are those of the checkpoints that were kept elsewhere',
  'trusted keys': 'every key is enrolled in the trust file, and valid when it was used',
  'session gaps': 'no session was broken off',
  heartbeats: 'no open session was silent for longer than its heartbeats allow',
  'guard on': 'the guard was not switched off',
  'policy digests': 'every assessment was judged by the policies that were in force',
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

/** What needs something besides the ledger, and is left out where that was not given. */
export const OPTIONAL_CHECKS: ReadonlySet<CheckName> = new Set(['kept checkpoints', 'trusted keys']);

/** The first bad entry and what was done there, as far as the file can tell. Lines count from 1, `seq` from 0. */
export interface Tampering {
  /**
   * `inconsistent`: the entries are intact, but what they say together cannot have happened. `rewritten`: they fit each
   * other, but not what a checkpoint was sealed over. `forged`: a checkpoint that is none. `foreign`: another's key.
   */
  readonly kind: TamperingKind;
  readonly file: string;
  readonly line: number;
  readonly seq: number | null;
  readonly message: string;
}

export type TamperingKind =
  | ('edited' | 'removed' | 'reordered' | 'inserted' | 'duplicated' | 'truncated' | 'inconsistent')
  | ('rewritten' | 'forged' | 'foreign');

/** A key that entries of a chain name. */
export interface ChainKey {
  readonly keyId: string;
  /** The 32 raw bytes in base64; null where the chain does not say. */
  readonly publicKey: string | null;
  readonly firstSeq: number;
  readonly firstTime: string;
  readonly lastTime: string;
  readonly entries: number;
  /** For whom the trust file enrols it. */
  readonly person: string | null;
  readonly machine: string | null;
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
  readonly keys: readonly ChainKey[];
  /** How many entries, from the first on, the largest checkpoint that fits covers. */
  readonly covered: number;
  readonly checks: readonly CheckResult[];
  readonly tampering: Tampering | null;
}

/** What is checked of all chains together. */
export const FOLDER_CHECKS = {
  'overlapping writers': 'no two chains were written at the same time, and none holds a session of another',
  'policy texts': 'the policies that entries name are kept with their texts, and no text was changed',
  'missing chains': 'every chain of which a checkpoint was kept is there',
} as const;

export interface FolderResult {
  readonly check: keyof typeof FOLDER_CHECKS;
  readonly result: 'held' | 'failed' | 'noted';
  readonly message?: string;
}

export interface VerifyReport {
  /** True if at least one chain was found and nothing failed in any. */
  readonly ok: boolean;
  readonly path: string;
  readonly chains: readonly ChainReport[];
  readonly folder: readonly FolderResult[];
  /** What no checker of these files alone can show. */
  readonly limits: readonly string[];
}

/** Said in every report, so that "verified" is not read as more than it is. */
export const LIMITS: readonly string[] = [
  'Integrity: whoever can write these files and holds the key can rewrite a whole chain with new hashes and checkpoints; only a checkpoint that was anchored or kept elsewhere shows that.',
  'Completeness: entries removed from the end since the last checkpoint that was anchored or kept elsewhere cannot be seen, nor a chain that was removed as a whole.',
  'Coverage: an action that no door of the guard saw has no entry.',
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
  for (const key of report.keys) lines.push(`  key ${key.keyId}: ${key.entries} entries from ${key.firstSeq} on${whose(key)}`);
  if (report.keys.length > 0) lines.push(`  covered by checkpoints: ${report.covered} of ${report.entries} entries`);
  for (const each of report.checks) {
    const first =
      each.first === undefined
        ? ''
        : ` — ${each.count}, first at ${report.files.length === 1 && each.first.file === report.files[0] ? 'line ' : `${each.first.file}:`}${each.first.line}: ${each.first.message}`;
    lines.push(`  ${SIGNS[each.result]} ${CHECKS[each.check]}${first}`);
  }
  const found = report.tampering;
  if (found !== null) lines.push(`  First bad entry: ${found.file}:${found.line}: ${found.kind}: ${found.message}`);
  return lines;
}

function whose({ person, machine }: ChainKey): string {
  if (person === null) return '';
  return machine === null ? `, enrolled for ${person}` : `, enrolled for ${person} on ${machine}`;
}

/** The report as text for a person. */
export function reportText(report: VerifyReport): string {
  const lines = report.chains.flatMap((chain) => [...chainText(chain), '']);
  if (report.chains.length === 0) lines.push(`No chain was found in ${report.path}: nothing was verified.`, '');
  const folder = report.folder.map(({ check, result, message }) => {
    return `  ${SIGNS[result]} ${FOLDER_CHECKS[check]}${message === undefined ? '' : ` — ${message}`}`;
  });
  if (folder.length > 0) lines.push(`All chains in ${report.path}`, ...folder, '');
  lines.push('What this cannot show:', ...report.limits.map((limit) => `  - ${limit}`));
  return `${lines.join('\n')}\n`;
}
