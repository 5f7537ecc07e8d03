import { readFileSync } from 'node:fs';
import type { Effect } from '../../../verifier/policy/facts.ts';

/** Lines of a fixture under their `[group]` headings. */
export function linesOf(name: string): { group: string; line: string }[] {
  let group = '';
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('## '))
    .flatMap((line) => {
      const heading = /^\[([a-z ]+)\]$/.exec(line)?.[1];
      group = heading ?? group;
      return heading === undefined ? [{ group, line: line.replaceAll('⏎', '\n') }] : [];
    });
}

/** An effect in short: `kind:target:trait,trait`. */
export function shown(effect: Effect): string {
  return `${effect.kind}:${effect.target}:${effect.traits.join(',')}`;
}

/** Whether an effect is of the kind, and of the target and traits where they are given. */
export function fits(effect: Effect, wanted: string): boolean {
  const [kind, target, traits] = wanted.split(':');
  return (
    effect.kind === kind &&
    (target === undefined || effect.target === target) &&
    (traits === undefined || traits.split(',').every((trait) => effect.traits.some((has) => has === trait)))
  );
}

/** What policies hold back: everything but everyday changes within the workspace and ordinary installs. */
export function isGrave(effect: Effect): boolean {
  switch (effect.kind) {
    case 'delete':
    case 'overwrite':
    case 'permission':
      return (
        !['workspace', 'build-output', 'temporary', 'outside', 'none'].includes(effect.target) || effect.traits.includes('world-writable')
      );
    case 'install':
      return effect.traits.length > 0;
    case 'destroy-history':
      return effect.traits.join() !== 'remote';
    // An `eval` of a text that nobody knows: rules may hold it, the built-in ones let it be.
    case 'unresolved':
      return effect.target !== 'none';
    default:
      return true;
  }
}
