import { isAbsolute, relative, sep } from 'node:path';
import type { Subject } from '../protocol/subject.ts';

/** What a person would call the subject: a file's path, a tool's name. Not yet redacted. */
export function subjectName(subject: Subject, roots: readonly string[] = []): string | undefined {
  if (subject.kind === 'tool') return subject.name;
  if (subject.kind !== 'file') return undefined;
  for (const root of roots) {
    const inside = relative(root, subject.path);
    if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside;
  }
  return subject.path;
}
