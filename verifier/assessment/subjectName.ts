import { isAbsolute, relative, sep } from 'node:path';
import type { Subject } from '../protocol/subject.ts';

/** What a person would call the subject: a file's path, a tool's name. Not yet redacted. */
export function subjectName(subject: Subject, roots: readonly string[] = []): string | undefined {
  if (subject.kind === 'tool') return subject.name;
  return subject.kind === 'file' ? pathWithin(subject.path, roots) : undefined;
}

/** A path from the root that holds it; as it is where none does. */
export function pathWithin(path: string, roots: readonly string[]): string {
  for (const root of roots) {
    const inside = relative(root, path);
    if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside;
  }
  return path;
}
