import { CODE_SINKS, type CodeSink } from '../../policy/facts.ts';

/** Sinks for which a value is harmless. */
export type Clean = ReadonlySet<CodeSink>;

export const NOTHING: Clean = new Set();
export const EVERYTHING: Clean = new Set(CODE_SINKS);

export const of = (...sinks: CodeSink[]): Clean => new Set(sinks);
