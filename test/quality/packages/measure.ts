import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gates } from '../../../verifier/gates/gates.ts';
import { counted, type Table } from '../table.ts';
import { type Count, sum } from '../wilson.ts';
import { flaggedFiles, type PackageFigures } from './benign.ts';
import { fetchPackage, PACKAGES } from './fetch.ts';
import { type FlawCell, findFlaws, injectedFlaws, readFlaws } from './injected.ts';

export interface PackagesReport {
  readonly packages: readonly PackageFigures[];
  readonly flaws: readonly FlawCell[];
}

/** Fetches the packages into a folder that is removed again. @throws Error where the registry can't be reached */
export function measurePackages(gates: Gates): PackagesReport {
  const folder = mkdtempSync(join(tmpdir(), 'quality-packages-'));
  try {
    const fetched = Object.entries(PACKAGES).map(([name, version]) => fetchPackage(name, version, join(folder, name)));
    const files = fetched.flatMap((one) => one.files);
    return { packages: flaggedFiles(gates, fetched), flaws: findFlaws(gates, injectedFlaws(readFlaws(), files)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function packagesTable({ packages }: PackagesReport): Table {
  const all = sum(packages.map(({ flagged }) => flagged));
  return [
    ['package', 'version', 'files held'],
    ...packages.map(({ name, version, flagged }) => [name, version, counted(flagged)]),
    ['all', '', counted(all)],
  ];
}

export function flaggedTable({ packages }: PackagesReport): Table {
  const rows = packages.flatMap(({ files }) =>
    files.flatMap(({ path, findings }) =>
      findings.map(({ rule, line, excerpt }) => [`${path}:${line}`, rule, `\`${excerpt.replaceAll('`', "'")}\``]),
    ),
  );
  return [['file', 'rule', 'what it saw'], ...rows];
}

/** CWE down, language across; found of injected in each cell. */
export function flawTable({ flaws }: PackagesReport): Table {
  const languages = [...new Set(flaws.map(({ language }) => language))];
  const cwes = [...new Set(flaws.map(({ cwe }) => cwe))].sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
  const shown = ({ hits, of }: Count): string => (of === 0 ? '' : `${hits}/${of}`);
  const cell = (cwe: string | undefined, language: string | undefined): Count =>
    sum(flaws.filter((one) => (cwe ?? one.cwe) === one.cwe && (language ?? one.language) === one.language).map(({ found }) => found));
  return [
    ['CWE', ...languages, 'all'],
    ...cwes.map((cwe) => [cwe, ...languages.map((language) => shown(cell(cwe, language))), shown(cell(cwe, undefined))]),
    ['all', ...languages.map((language) => shown(cell(undefined, language))), counted(cell(undefined, undefined))],
  ];
}

export function missedTable({ flaws }: PackagesReport): Table {
  const rows = flaws.flatMap(({ cwe, language, missed }) =>
    missed.map((code) => [cwe, language, `\`${code.replaceAll('\n', ' ').replaceAll('`', "'")}\``]),
  );
  return [['CWE', 'language', 'not found'], ...rows];
}
