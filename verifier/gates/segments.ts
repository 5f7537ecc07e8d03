import type { Segment } from '../policy/facts.ts';
import { type Subject, subjectText } from '../protocol/subject.ts';
import { fileSegments } from './fileSegments.ts';
import { markdownSegments } from './markdown.ts';
import { commandsMentioned } from './mentions.ts';
import { toolSegments } from './toolSegments.ts';

/** Cuts a subject into parts, each with its own language, so that every rule sees only what it is about. */
export function segmentsOf(subject: Subject): Segment[] {
  switch (subject.kind) {
    case 'command':
      return [{ zone: 'shell', language: subject.language ?? 'shellscript', text: subject.text, offset: 0 }];
    case 'prompt':
      return [{ zone: 'prompt', text: subject.text, offset: 0 }];
    case 'response':
      return markdownSegments(subject.text);
    case 'file':
      return fileSegments(subject.text, subject.path, subject.language);
    case 'tool':
      return toolSegments(subject, subjectText(subject));
  }
}

/**
 * Command texts found in prose or a prompt: inline code, and places where the name of a program that
 * can do harm starts what reads like a command.
 */
export function mentionedCommands(segment: Segment): { text: string; offset: number }[] {
  return segment.zone === 'prose' || segment.zone === 'prompt' ? commandsMentioned(segment.text) : [];
}
