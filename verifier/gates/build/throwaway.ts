import type { Effect, EffectKind } from '../../policy/facts.ts';

/** What changes files that are made anew each time: nobody's machine is touched. */
const ON_FILES: ReadonlySet<EffectKind> = new Set(['delete', 'overwrite', 'persist', 'destroy-history']);

/** Of what a command does in an image or on a hosted runner, that which reaches beyond, or weakens what comes out. */
export function beyondThrowaway(effects: readonly Effect[]): Effect[] {
  return effects.flatMap((effect) => {
    if (ON_FILES.has(effect.kind)) {
      const stays = effect.target !== 'root' && effect.target !== 'device' && !effect.traits.includes('remote');
      return stays ? [] : [effect];
    }
    if (effect.kind === 'privilege' && effect.program === 'setcap') return [];
    if (effect.kind !== 'permission') return [effect];
    const open = effect.traits.includes('world-writable') || effect.traits.includes('setuid');
    return open ? [{ ...effect, target: effect.target === 'system' ? 'outside' : effect.target }] : [];
  });
}
