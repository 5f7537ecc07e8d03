import { RE2JS } from 're2js';

/**
 * A path glob as a regular expression: `**` any folders, `*` any letters within a name (a leading dot
 * included), `?` one letter. Everything else stands for itself. Linear time (RE2): globs come from repositories.
 */
export function pathGlob(glob: string): RE2JS {
  const body = glob.replaceAll('\\', '/').replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : RE2JS.quote(part);
  });
  return RE2JS.compile(`^(?:${body})$`, RE2JS.DOTALL);
}
