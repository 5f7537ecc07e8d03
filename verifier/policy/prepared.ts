import { z } from 'zod';
import { sha256 } from '../protocol/digest.ts';

/**
 * Policy texts that the build has read and found valid: the value of each YAML text by the SHA-256 of
 * the text. A text of the same bytes need not be parsed again, and its patterns are known to compile;
 * one that was edited since is unknown here and read in full.
 */
export type PreparedTexts = ReadonlyMap<string, unknown>;

export const NOTHING_PREPARED: PreparedTexts = new Map();

/** The file in which the build keeps them. */
export const PreparedFile = z.strictObject({ schema: z.literal(1), texts: z.record(z.string().regex(/^[0-9a-f]{64}$/), z.unknown()) });
export type PreparedFile = z.infer<typeof PreparedFile>;

export const PREPARED_FILE_NAME = 'policies.json';

/** What was prepared of a YAML text, if anything. */
export function preparedValue(prepared: PreparedTexts, yamlText: string): unknown {
  return prepared.size === 0 ? undefined : prepared.get(sha256(yamlText));
}
