import type { SessionSpan } from './activityCheck.ts';
import type { FolderResult } from './verifyReport.ts';

/** What is compared of each chain in a folder. */
export interface ChainSpans {
  readonly chain: string | null;
  readonly spans: readonly SessionSpan[];
}

/** Two chains that were written at once are two windows, or two machines. A session that two chains hold was copied. */
export function overlaps(chains: readonly ChainSpans[]): FolderResult {
  const check = 'overlapping writers';
  const owners = new Map<string, string | null>();
  for (const { chain, spans } of chains) {
    for (const { session } of spans) {
      const other = owners.get(session);
      if (other !== undefined && other !== chain)
        return {
          check,
          result: 'failed',
          message: `chains ${other} and ${chain} both hold session ${session}: one was copied from the other`,
        };
      owners.set(session, chain);
    }
  }
  const all = chains.flatMap(({ chain, spans }) => spans.map((span) => ({ ...span, chain })));
  all.sort((a, b) => (a.from < b.from ? -1 : 1));
  let latest = all[0];
  for (const span of all.slice(1)) {
    if (latest !== undefined && span.from < latest.to && span.chain !== latest.chain) {
      const message = `chains ${latest.chain} and ${span.chain} were written at the same time at ${span.from}: two windows, or two machines`;
      return { check, result: 'noted', message };
    }
    if (latest === undefined || span.to > latest.to) latest = span;
  }
  return { check, result: 'held' };
}

/** A chain of which a checkpoint was kept is gone as a whole. */
export function missing(found: readonly ChainSpans[], kept: ReadonlySet<string>): FolderResult {
  const gone = [...kept].filter((chain) => !found.some((one) => one.chain === chain));
  const check = 'missing chains';
  if (gone.length === 0) return { check, result: 'held' };
  return { check, result: 'failed', message: `a checkpoint was kept of ${gone.join(', ')}, which is not here` };
}
