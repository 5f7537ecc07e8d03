import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadShellGrammar } from '../../verifier/gates/shell/grammar.ts';
import { builtInGates } from '../policies/builtIn.ts';
import { Baseline, baselineOf, regressions } from './baseline.ts';
import { floorLines } from './floors.ts';
import { mutate } from './mutation/mutate.ts';
import { hasBash } from './mutation/syntax.ts';
import { flaggedTable, flawTable, measurePackages, missedTable, packagesTable } from './packages/measure.ts';
import { withPart } from './publish.ts';
import { mutationTable, type QualityReport, readable } from './report.ts';
import { outcomesOf, setFigures } from './scoring.ts';
import { readOwnCases, readSharedCases, sharedFolder } from './sets.ts';
import { floorTable, markdownTable, plainTable, setTable } from './table.ts';

const root = join(import.meta.dirname, '../..');
const BASELINE = join(import.meta.dirname, 'baseline.json');
const ACCURACY = join(root, 'ACCURACY.md');

const { values: asked } = parseArgs({
  options: {
    /** Print everything for machines. */
    json: { type: 'boolean', default: false },
    /** Take the figures as the baseline of later runs. */
    update: { type: 'boolean', default: false },
    /** Put the figures into ACCURACY.md. */
    write: { type: 'boolean', default: false },
    /** Fetch ten well-known packages and look at their sources, with and without flaws put into them. */
    packages: { type: 'boolean', default: false },
    'no-mutation': { type: 'boolean', default: false },
  },
});

const { set, gates } = await builtInGates();
const grammar = await loadShellGrammar();
const shared = readSharedCases(sharedFolder(root));
const skipped = 'skipped' in shared ? [shared.skipped] : [];
const outcomes = outcomesOf(gates, [...('skipped' in shared ? [] : shared), ...readOwnCases(set)]);
const sets = setFigures(outcomes);

const bash = hasBash();
if (!bash) skipped.push('SKIPPED: checking that each rewrite is valid: there is no bash on this machine.');
const mutation = asked['no-mutation'] ? [] : mutate(gates, grammar, outcomes, bash);

const packages = asked.packages ? measurePackages(gates) : undefined;
if (packages === undefined) skipped.push('SKIPPED: ten well-known packages; --packages fetches them from the registry.');

// Rewrites of fewer commands are other figures: they are compared where all cases are there.
if ('skipped' in shared) skipped.push('SKIPPED: the comparison of rewrites, whose baseline is made with the independent cases.');
const now = baselineOf(sets, 'skipped' in shared ? [] : mutation);
const then = existsSync(BASELINE) ? Baseline.parse(JSON.parse(readFileSync(BASELINE, 'utf8'))) : undefined;
if (then === undefined && !asked.update) skipped.push('SKIPPED: the comparison: there is no baseline yet; --update makes it.');
const report: QualityReport = {
  skipped,
  sets,
  floors: floorLines(sets),
  mutation,
  regressions: then === undefined || asked.update ? [] : regressions(now, then),
};

if (asked.json) console.log(JSON.stringify({ ...report, packages }));
else for (const line of readable(report, outcomes)) console.log(line);
if (packages !== undefined && !asked.json)
  for (const table of [packagesTable, flaggedTable, flawTable, missedTable]) console.log(`\n${plainTable(table(packages))}`);

if (asked.update) {
  // What was not measured this time keeps its figures.
  const kept: Baseline = { sets: { ...then?.sets, ...now.sets }, rewrites: { ...then?.rewrites, ...now.rewrites } };
  writeFileSync(BASELINE, `${JSON.stringify(kept, null, 2)}\n`);
}
if (asked.write) {
  let text = readFileSync(ACCURACY, 'utf8');
  text = withPart(text, 'sets', markdownTable(setTable(sets, false)));
  if (report.floors.length > 0) text = withPart(text, 'floors', markdownTable(floorTable(report.floors)));
  if (mutation.length > 0) text = withPart(text, 'rewrites', markdownTable(mutationTable(mutation)));
  if (packages !== undefined) {
    text = withPart(text, 'packages', markdownTable(packagesTable(packages)));
    text = withPart(text, 'flaws', markdownTable(flawTable(packages)));
    text = withPart(text, 'missed', markdownTable(missedTable(packages)));
  }
  writeFileSync(ACCURACY, text);
}
process.exitCode = report.regressions.length > 0 ? 1 : 0;
