import { z } from 'zod';
/**
 * Policy texts that the build has read and found valid: the value of each YAML text by the SHA-256 of
 * the text. A text of the same bytes need not be parsed again, and its patterns are known to compile;
 * one that was edited since is unknown here and read in full.
 */
export type PreparedTexts = ReadonlyMap<string, unknown>;
export declare const NOTHING_PREPARED: PreparedTexts;
/** The file in which the build keeps them. */
export declare const PreparedFile: z.ZodObject<{
    schema: z.ZodLiteral<1>;
    texts: z.ZodRecord<z.ZodString, z.ZodUnknown>;
}, z.core.$strict>;
export type PreparedFile = z.infer<typeof PreparedFile>;
export declare const PREPARED_FILE_NAME = "policies.json";
/** What was prepared of a YAML text, if anything. */
export declare function preparedValue(prepared: PreparedTexts, yamlText: string): unknown;
