import type { AuditSettings } from '../protocol/handshake.ts';

/** `thinkingConfig` of the v1beta API; giving both fields is refused by the service. */
export type ThinkingConfig = { readonly thinkingLevel: 'minimal' | 'low' | 'high' } | { readonly thinkingBudget: number };

export interface Sampling {
  /** Absent for models that do not think. */
  readonly thinking?: ThinkingConfig;
  /** Thoughts count against it, so it grows with them. */
  readonly maxOutputTokens: number;
  /** 0 where it is heeded; models from 3 on ask to be left at their default. */
  readonly temperature?: number;
}

const TOKENS = { off: 8_192, low: 16_384, high: 32_768 } as const;

/**
 * How much a model may think, in its generation's own terms (ai.google.dev, "Gemini thinking"): from 3
 * on a level, of which only the lite models know `minimal` throughout; 2.5 a token budget, which 2.5
 * Pro can't set to 0. Model ids without a version are taken for current ones.
 */
export function thinkingFor(model: string, amount: AuditSettings['thinking']): Sampling {
  const maxOutputTokens = TOKENS[amount];
  if (model.includes('gemini-2.5')) {
    const least = model.includes('pro') ? 128 : 0;
    return { thinking: { thinkingBudget: { off: least, low: 1_024, high: 16_384 }[amount] }, maxOutputTokens, temperature: 0 };
  }
  if (model.includes('gemini-2.') || model.includes('gemini-1.')) return { maxOutputTokens: TOKENS.off, temperature: 0 };
  const least = model.includes('flash-lite') ? 'minimal' : 'low';
  return { thinking: { thinkingLevel: amount === 'off' ? least : amount }, maxOutputTokens };
}
