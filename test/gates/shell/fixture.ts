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
