import type { Subject } from '../protocol/subject.ts';
import type { PolicySet } from './load.ts';

/** The part of the gates that examples need: which rules fire on a subject. */
export interface ExampleGates {
  assess(
    subject: Subject,
    context: { workspaceRoots: readonly string[]; home: string },
  ): { readonly findings: readonly { ruleId: string }[] };
}

/** An example that its rule does not treat as it says. */
export interface ExampleFault {
  readonly ruleId: string;
  readonly side: 'match' | 'ignore';
  /** Zero-based, within its side. */
  readonly index: number;
  readonly message: string;
}

/** Where the subjects of examples and cases stand. */
export const EXAMPLE_CONTEXT = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };

/** Runs each rule's examples through the gates: it must find the one side and leave the other alone. */
export function checkExamples(set: Pick<PolicySet, 'rules'>, gates: ExampleGates): ExampleFault[] {
  const faults: ExampleFault[] = [];
  for (const rule of set.rules) {
    for (const side of ['match', 'ignore'] as const) {
      for (const [index, subject] of rule.examples[side].entries()) {
        const fired = gates.assess(subject, EXAMPLE_CONTEXT).findings.map((finding) => finding.ruleId);
        if (fired.includes(rule.id) === (side === 'match')) continue;
        const others = fired.length > 0 ? `; what fired: ${fired.join(', ')}` : '';
        const message = `${rule.id}: example ${side}[${index}] ${side === 'match' ? 'is not matched' : 'is matched'}${others}`;
        faults.push({ ruleId: rule.id, side, index, message });
      }
    }
  }
  return faults;
}
