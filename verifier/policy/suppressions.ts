import type { CompiledRule } from './compile.ts';

/** Credentials are never suppressed: one that leaked must be replaced, whatever anybody writes beside it. */
const NEVER = 'secrets';

/** Whether a person may suppress this rule at a place. */
export function isSuppressible(rule: Pick<CompiledRule, 'policy' | 'secrets'>): boolean {
  return rule.policy !== NEVER && rule.secrets.length === 0;
}
