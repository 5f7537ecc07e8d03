import type { CompiledRule } from '../policy/compile.ts';
import type { Evidence, Finding } from '../protocol/assessment.ts';
import { sha256 } from '../protocol/digest.ts';
import type { Source } from './evidence.ts';

/** A finding on its way: with the content by which a baseline may know it; its evidence is costly, and not all are kept. */
export interface Draft {
  readonly finding: Omit<Finding, 'evidence'>;
  readonly content: string;
  readonly evidence: () => Evidence;
  /** The credential that the finding is about, without the layout that it may have. */
  readonly secret?: string;
  /** The rule that fired, and on what; absent for what the gates themselves have to say. */
  readonly by?: { readonly rule: CompiledRule; readonly note: string };
}

/** What the gates themselves have to say; not a rule of any policy. */
export function ownFinding(ruleId: `${'gate' | 'guard'}.${string}`, message: string, source: Source, start: number, end: number): Draft {
  const found = end > start;
  const finding: Draft['finding'] = {
    ruleId,
    policy: ruleId.slice(0, ruleId.indexOf('.')),
    layer: 'gates',
    severity: 'medium',
    verdict: 'review',
    message,
    ...(found ? { location: source.locate(start, end) } : {}),
    isNew: true,
  };
  return {
    finding,
    content: found ? source.content(start, end) : message,
    evidence: () => (found ? source.evidence(start, end) : { excerpt: '', digest: sha256('') }),
  };
}
