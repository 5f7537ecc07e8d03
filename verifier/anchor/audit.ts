import { fromBase58 } from '../ledger/base58.ts';
import { keyIdOf } from '../ledger/identity.ts';
import { MerkleTree } from '../ledger/merkle.ts';
import { type AnchorMode, hasEntryMemos, isAnchoredAlone } from '../protocol/anchor.ts';
import { sha256Bytes } from '../protocol/digest.ts';
import type { LedgerEntry } from '../protocol/ledgerEntry.ts';
import type { AuditClass, AuditFinding, AuditReport } from './auditReport.ts';
import { MOST_FINDINGS, verdictOf } from './auditReport.ts';
import type { FoundMemo } from './chainPort.ts';
import { entryMemo } from './entryMemo.ts';
import { decodeMemo, encodeMemo, type Memo, NOTHING, OTHER_RULES, requestLabel } from './memo.ts';

/** One chain of a ledger, as an audit reads it. */
export interface AuditedChain {
  readonly chain: string;
  /** Whether all its entries are there; of a part, nothing can be missed. */
  readonly whole: boolean;
  /** Sequence numbers whose memos still wait in the outbox, where that is known. */
  readonly waiting: ReadonlySet<number>;
  /** Roots of its sealed checkpoints, by size. */
  readonly roots: ReadonlyMap<number, string>;
  entries(): AsyncIterable<LedgerEntry>;
}

interface Anchored {
  readonly memo: Memo;
  readonly found: FoundMemo;
}

/** Compares what a key has put on chain with a ledger, or by itself where there is none. */
export class Audit {
  readonly #authority: string;
  readonly #counts: Record<AuditClass, number>;
  readonly #findings: AuditFinding[] = [];
  readonly #completeUpTo: Record<string, number | null> = {};
  /** By chain; then `e` or `c` and the number. */
  readonly #anchored = new Map<string, Map<string, Anchored[]>>();
  #strangers = 0;

  constructor(authority: string, memos: readonly FoundMemo[]) {
    this.#authority = authority;
    this.#counts = {
      matched: 0,
      covered: 0,
      waiting: 0,
      missing: 0,
      gone: 0,
      altered: 0,
      duplicated: 0,
      'out of order': 0,
      'unknown version': 0,
      'unknown key': 0,
    };
    for (const found of memos) this.#sort(found);
    for (const [chain, ofChain] of this.#anchored) this.#conflicts(chain, ofChain);
  }

  /** Compares one chain. */
  async chain(chain: AuditedChain): Promise<void> {
    const ofChain = this.#anchored.get(chain.chain) ?? new Map<string, Anchored[]>();
    this.#anchored.delete(chain.chain);
    const left = new Map(ofChain);
    const keys = new Set<string>();
    const sessions = new Map<string, AnchorMode>();
    const requests = new Map<string, string>();
    const tree = new MerkleTree(sha256Bytes);
    const unanchored: { readonly seq: number; readonly event: string }[] = [];
    let last = -1;
    let coveredBelow = 0;
    for await (const entry of chain.entries()) {
      const { event, seq } = entry;
      last = seq;
      if (entry.key !== null) keys.add(entry.key);
      if (event?.type === 'session-open') sessions.set(event.session, event.anchor?.mode ?? 'off');
      if (event?.type === 'assessment') requests.set(event.assessmentId, requestLabel(event.requestId));
      const own = left.get(`e${seq}`);
      left.delete(`e${seq}`);
      const mode = event !== null && 'session' in event ? (sessions.get(event.session) ?? (chain.whole ? 'off' : 'events')) : 'off';
      if (own !== undefined) this.#compare(entry, own, requests);
      else if (isAnchoredAlone(entry) && hasEntryMemos(mode)) unanchored.push({ seq, event: event?.type ?? '' });
      if (!chain.whole) continue;
      tree.append(Buffer.from(entry.hash, 'hex'));
      const sealed = left.get(`c${tree.size}`);
      left.delete(`c${tree.size}`);
      if (sealed !== undefined && this.#compareRoot(chain.chain, Buffer.from(tree.root()).toString('hex'), sealed))
        coveredBelow = tree.size;
    }
    if (!chain.whole) coveredBelow = this.#partRoots(chain, left);
    this.#rest(chain, left, keys, last);
    const highest = Math.max(
      -1,
      coveredBelow - 1,
      ...[...ofChain.keys()].filter((id) => id.startsWith('e')).map((id) => Number(id.slice(1))),
    );
    this.#completeUpTo[chain.chain] = highest < 0 ? null : Math.min(highest, last);
    for (const { seq, event } of unanchored) {
      if (seq < coveredBelow) this.#counts.covered += 1;
      else if (chain.waiting.has(seq) || seq > highest)
        this.#note('waiting', chain.chain, seq, 'entry', null, `a ${event} that is not on chain yet`);
      else this.#note('missing', chain.chain, seq, 'entry', null, `a ${event} whose memo must be on chain, for a later one is`);
    }
  }

  /** @param ledgerHolds whether the ledger is in order by itself; null where there is none */
  report(ledgerHolds: boolean | null): AuditReport {
    for (const [chain, ofChain] of this.#anchored) {
      if (ledgerHolds === null) this.#alone(chain, ofChain);
      else for (const [id, all] of ofChain) this.#gone(chain, id, all, 'the ledger has no such chain');
    }
    this.#anchored.clear();
    const counts = this.#counts;
    return {
      verdict: verdictOf(counts, ledgerHolds),
      authority: this.#authority,
      counts,
      strangers: this.#strangers,
      findings: this.#findings,
      ledgerHolds,
      completeUpTo: this.#completeUpTo,
    };
  }

  #sort(found: FoundMemo): void {
    if (!found.signed) {
      this.#strangers += 1;
      return;
    }
    const read = decodeMemo(found.text);
    if ('problem' in read) {
      if (read.problem === 'unknown version') this.#note('unknown version', '', null, 'memo', found.signature, found.text.slice(0, 20));
      if (read.problem === 'malformed')
        this.#note('altered', '', null, 'memo', found.signature, 'it begins like a memo of ours, but is none');
      return;
    }
    const { memo } = read;
    const ofChain = this.#anchored.get(memo.chain) ?? new Map<string, Anchored[]>();
    this.#anchored.set(memo.chain, ofChain);
    const id = `${memo.event === 'checkpoint' ? 'c' : 'e'}${memo.seq}`;
    const all = ofChain.get(id) ?? [];
    all.push({ memo, found });
    ofChain.set(id, all);
  }

  /** What contradicts itself on chain, whatever the ledger says. */
  #conflicts(chain: string, ofChain: ReadonlyMap<string, readonly Anchored[]>): void {
    const highest = { e: -1, c: -1 };
    for (const [id, all] of ofChain) {
      const kind = id.startsWith('c') ? 'c' : 'e';
      const seq = Number(id.slice(1));
      const [first, ...others] = all;
      for (const { found } of others) {
        const same = found.text === first?.found.text;
        if (same) this.#note('duplicated', chain, seq, 'memo', found.signature, 'sent again; it counts once');
        else this.#note('altered', chain, seq, 'memo', found.signature, `another memo, ${first?.found.signature}, said something else`);
      }
      if (seq < highest[kind])
        this.#note('out of order', chain, seq, 'memo', first?.found.signature ?? null, `it came after that of ${highest[kind]}`);
      highest[kind] = Math.max(highest[kind], seq);
    }
  }

  #compare(entry: LedgerEntry, all: readonly Anchored[], requests: ReadonlyMap<string, string>): void {
    const different = all
      .map(({ memo, found }) => ({ found, what: difference(entry, memo, requests) }))
      .filter(({ what }) => what !== undefined);
    for (const { found, what } of different) this.#note('altered', entry.chain, entry.seq, 'entry', found.signature, `${what} differs`);
    if (different.length === 0) this.#counts.matched += 1;
  }

  #compareRoot(chain: string, root: string, all: readonly Anchored[]): boolean {
    let same = true;
    for (const { memo, found } of all) {
      if (memo.hash === root) continue;
      same = false;
      this.#note('altered', chain, memo.seq, 'checkpoint', found.signature, 'the entries before it are not those that it was sealed over');
    }
    if (same) this.#counts.matched += 1;
    return same;
  }

  /** Of a part of a chain the tree can't be grown: its checkpoints, which its proofs lead to, are compared. */
  #partRoots(chain: AuditedChain, left: Map<string, Anchored[]>): number {
    let below = 0;
    for (const [size, root] of chain.roots) {
      const all = left.get(`c${size}`);
      left.delete(`c${size}`);
      if (all !== undefined && this.#compareRoot(chain.chain, root, all)) below = Math.max(below, size);
    }
    return below;
  }

  #rest({ chain, whole }: AuditedChain, left: ReadonlyMap<string, readonly Anchored[]>, keys: ReadonlySet<string>, last: number): void {
    const known = new Set([...keys, keyIdOf(fromBase58(this.#authority) ?? new Uint8Array())]);
    for (const [id, all] of left) {
      const stranger = all.find(({ memo }) => !known.has(memo.keyId));
      if (stranger !== undefined) {
        this.#note('unknown key', chain, stranger.memo.seq, 'memo', stranger.found.signature, `it names key ${stranger.memo.keyId}`);
      } else if (whole) {
        this.#gone(chain, id, all, `the ledger ends at entry ${last}`);
      }
    }
  }

  #gone(chain: string, id: string, all: readonly Anchored[], why: string): void {
    const what = id.startsWith('c') ? 'checkpoint' : 'entry';
    this.#note('gone', chain, Number(id.slice(1)), what, all[0]?.found.signature ?? null, why);
  }

  /** What the chain says of itself: neighbours must lead to each other, and each checkpoint to the one before. */
  #alone(chain: string, ofChain: ReadonlyMap<string, readonly Anchored[]>): void {
    const firsts = [...ofChain].flatMap(([id, [first]]) => (first === undefined ? [] : [{ id, ...first }]));
    const byId = new Map(firsts.map((one) => [one.id, one.memo]));
    let sealed: Memo | undefined;
    for (const { memo, found } of firsts) {
      const before = memo.event === 'checkpoint' ? sealed : byId.get(`e${memo.seq - 1}`);
      if (memo.event === 'checkpoint') sealed = memo;
      if (before === undefined || before.hash === memo.prev) this.#counts.matched += 1;
      else this.#note('altered', chain, memo.seq, 'memo', found.signature, 'it does not follow the one before it');
    }
    this.#completeUpTo[chain] = Math.max(...firsts.map(({ memo }) => (memo.event === 'checkpoint' ? memo.seq - 1 : memo.seq)));
  }

  #note(one: AuditClass, chain: string, seq: number | null, what: AuditFinding['what'], signature: string | null, detail: string): void {
    this.#counts[one] += 1;
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ class: one, chain, seq, what, signature, detail });
  }
}

/** The first field in which a memo is not what would be published of the entry; undefined where there is none. */
function difference(entry: LedgerEntry, memo: Memo, requests: ReadonlyMap<string, string>): string | undefined {
  const { hash, prev, key, time, event } = entry;
  if (memo.hash !== hash) return 'its hash';
  if (memo.prev !== prev) return 'the hash before it';
  if (memo.keyId !== key) return 'its key';
  if (memo.time !== time) return 'its time';
  // Erased: what it said is known to nobody any more, but the hash still stands for it.
  if (event === null) return undefined;
  const named = new Set(memo.rules);
  const due = entryMemo(entry, { requestOf: (id) => requests.get(id) ?? memo.request, isPublic: (id) => named.has(id) });
  if (due === undefined) return 'its kind';
  // A rule that is not named may be one of an organisation's own, which is published as one word.
  const cut = memo.cut && memo.rules.every((rule) => rule === OTHER_RULES || due.rules.includes(rule));
  const expected: Memo = {
    ...due,
    rules: cut ? memo.rules : due.rules,
    cut: memo.cut,
    request: memo.request === NOTHING ? NOTHING : due.request,
  };
  return encodeMemo(expected) === encodeMemo(memo) ? undefined : 'what it says';
}
