import { type PolicyFolder } from './folder.ts';
import type { PreparedFile } from './prepared.ts';
/**
 * Reads the built-in folders for the build: every pattern is compiled and every example expanded, so
 * that the product need not do so again before its first answer.
 * @throws Error with each problem on its line
 */
export declare function preparePolicies(folders: readonly PolicyFolder[]): PreparedFile;
