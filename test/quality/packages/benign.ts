import type { Gates } from '../../../verifier/gates/gates.ts';
import { CONTEXT } from '../../policies/builtIn.ts';
import type { Count } from '../wilson.ts';
import type { FetchedPackage } from './fetch.ts';

/** A file of a well-known package that is held. */
export interface FlaggedFile {
  readonly path: string;
  readonly findings: readonly { readonly rule: string; readonly line: number; readonly excerpt: string }[];
}

export interface PackageFigures {
  readonly name: string;
  readonly version: string;
  readonly flagged: Count;
  readonly files: readonly FlaggedFile[];
}

const EXCERPT = 120;

/** Examines each source file of the packages by itself, as if somebody saved it. */
export function flaggedFiles(gates: Gates, packages: readonly FetchedPackage[]): PackageFigures[] {
  return packages.map(({ name, version, files }) => {
    const flagged = files.flatMap(({ path, text }): FlaggedFile[] => {
      const { verdict, findings } = gates.assess({ kind: 'file', path, text }, CONTEXT);
      if (verdict === 'pass') return [];
      const told = findings.map(({ ruleId, location, evidence }) => ({
        rule: ruleId,
        line: location?.startLine ?? 1,
        excerpt: (evidence?.excerpt ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, EXCERPT),
      }));
      return [{ path, findings: told }];
    });
    return { name, version, flagged: { hits: flagged.length, of: files.length }, files: flagged };
  });
}
