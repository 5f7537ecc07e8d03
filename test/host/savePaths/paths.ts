import { PERSON_PATHS } from './personPaths.ts';
import { PROGRAM_PATHS } from './programPaths.ts';
import type { SavePath } from './savePath.ts';

/** The rows of the table. */
export const SAVE_PATHS: readonly SavePath[] = [...PERSON_PATHS, ...PROGRAM_PATHS];
