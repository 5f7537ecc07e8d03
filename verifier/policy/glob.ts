import { RE2JS } from 're2js';

/** Compiling costs far more than running, and the same few are asked for on every save. */
const COMPILED = new Map<string, RE2JS>();
const MAX_COMPILED = 1000;

/**
 * A path glob as a regular expression: `**` any folders, `*` any letters within a name (a leading dot
 * included), `?` one letter. Everything else stands for itself. Linear time (RE2): globs come from repositories.
 */
export function pathGlob(glob: string): RE2JS {
  const known = COMPILED.get(glob);
  if (known !== undefined) return known;
  const body = glob.replaceAll('\\', '/').replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : RE2JS.quote(part);
  });
  const compiled = RE2JS.compile(`^(?:${body})$`, RE2JS.DOTALL);
  if (COMPILED.size >= MAX_COMPILED) COMPILED.clear();
  COMPILED.set(glob, compiled);
  return compiled;
}
