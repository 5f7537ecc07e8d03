/** What became of an entry or a memo. */
export const AUDIT_CLASSES = {
  matched: 'in the ledger and on chain, the same',
  covered: 'without a memo of its own; a matching checkpoint on chain covers it',
  waiting: 'not on chain yet; later than everything that is',
  missing: 'must be on chain and is not',
  gone: 'on chain, but gone from the ledger',
  altered: 'on chain and in the ledger, but not the same',
  duplicated: 'more than once on chain, the same each time',
  'out of order': 'on chain after a later one',
  'unknown version': 'written in a form that this version can not read',
  'unknown key': 'names a key that the chain does not have',
} as const;
export type AuditClass = keyof typeof AUDIT_CLASSES;

/** These say that somebody changed something; of the rest, these that something is not there yet. */
const TAMPERED: readonly AuditClass[] = ['gone', 'altered', 'unknown key'];
const INCOMPLETE: readonly AuditClass[] = ['waiting', 'missing', 'unknown version'];

/** One thing that an auditor should look at. */
export interface AuditFinding {
  readonly class: AuditClass;
  readonly chain: string;
  /** Sequence number, or a checkpoint's size. */
  readonly seq: number | null;
  readonly what: 'entry' | 'checkpoint' | 'memo';
  readonly signature: string | null;
  readonly detail: string;
}

export interface AuditReport {
  readonly verdict: 'clean' | 'incomplete' | 'tampered';
  readonly authority: string;
  readonly counts: Readonly<Record<AuditClass, number>>;
  /** Memos in transactions that merely name the address. */
  readonly strangers: number;
  /** At most {@link MOST_FINDINGS}; `counts` has them all. */
  readonly findings: readonly AuditFinding[];
  /** Whether the ledger holds by itself; null where none was given. */
  readonly ledgerHolds: boolean | null;
  /** For each chain, up to which entry it is whole as far as the chain can tell; null where nothing is anchored. */
  readonly completeUpTo: Readonly<Record<string, number | null>>;
}

export const MOST_FINDINGS = 1_000;
export const AUDIT_EXIT = { clean: 0, incomplete: 1, tampered: 2 } as const;

export function verdictOf(counts: AuditReport['counts'], ledgerHolds: boolean | null): AuditReport['verdict'] {
  if (ledgerHolds === false || TAMPERED.some((one) => counts[one] > 0)) return 'tampered';
  return INCOMPLETE.some((one) => counts[one] > 0) ? 'incomplete' : 'clean';
}

/** A report for people. The three claims stay apart. */
export function auditText({ verdict, authority, counts, strangers, findings, ledgerHolds, completeUpTo }: AuditReport): string {
  const classes = Object.entries(AUDIT_CLASSES).map(([name, text]) => [name, text] as const);
  const rows = classes.map(
    ([name, text]) => `  ${name.padEnd(16)}${String(Object.entries(counts).find(([key]) => key === name)?.[1] ?? 0).padStart(8)}  ${text}`,
  );
  const shown = findings.slice(0, 50).map(({ class: one, chain, seq, what, detail, signature }) => {
    const where = seq === null ? chain : `${chain} ${what} ${seq}`;
    return `  ${one}: ${where}: ${detail}${signature === null ? '' : ` (${signature})`}`;
  });
  const complete = Object.entries(completeUpTo).map(([chain, seq]) =>
    seq === null
      ? `  chain ${chain}: nothing is anchored, so entries at its end could be gone without a trace`
      : `  chain ${chain}: up to entry ${seq}; later ones could be gone without a trace`,
  );
  const integrity =
    ledgerHolds === null
      ? 'no ledger was given'
      : ledgerHolds
        ? 'the ledger holds by itself'
        : 'the ledger does NOT hold; run "sentinel ledger verify"';
  return [
    `${verdict.toUpperCase()}: authority ${authority}`,
    '',
    ...rows,
    ...(strangers === 0 ? [] : [`  ${'ignored'.padEnd(16)}${String(strangers).padStart(8)}  memos of others that name the address`]),
    ...(shown.length === 0 ? [] : ['', ...shown]),
    ...(findings.length > shown.length ? [`  … and ${findings.length - shown.length} more (--json lists them)`] : []),
    '',
    `Integrity: ${integrity}.`,
    'Completeness up to the last anchor:',
    ...(complete.length === 0 ? ['  no chain was given'] : complete),
    'Coverage: whether everything passed the guard is nothing that a record can prove; see the heartbeats and notices in it.',
    '',
  ].join('\n');
}
