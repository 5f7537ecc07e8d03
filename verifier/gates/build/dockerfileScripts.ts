import type { Segment } from '../../policy/facts.ts';
import { execWords } from './execWords.ts';
import { type Instruction, instructions } from './instructions.ts';

const RUNS = new Set(['RUN', 'CMD', 'ENTRYPOINT']);

/** Commands of a Dockerfile: RUN, CMD, ENTRYPOINT and HEALTHCHECK, each for the shell that SHELL names. */
export function dockerfileScripts(text: string, offset: number): Segment[] {
  const segments: Segment[] = [];
  let language = 'shellscript';
  for (const instruction of instructions(text)) {
    if (instruction.name === 'FROM') language = 'shellscript';
    else if (instruction.name === 'SHELL') language = shellLanguage(instruction.text);
    else if (RUNS.has(instruction.name)) {
      const place = instruction.name === 'RUN' ? { throwaway: true as const } : {};
      for (const script of scripts(instruction, language, offset)) segments.push({ ...script, ...place });
    }
  }
  return segments;
}

function shellLanguage(words: string): string {
  if (/\b(?:powershell|pwsh)\b/i.test(words)) return 'powershell';
  return /"cmd\b/i.test(words) ? 'bat' : 'shellscript';
}

function* scripts({ text, start, documents }: Instruction, language: string, offset: number): Generator<Segment> {
  const lead = /^(?:\s{0,40}--[\w-]{1,40}(?:=\S{0,400})?(?:[ \t]|\\\r?\n){1,40}){0,8}/.exec(text)?.[0] ?? '';
  const body = text.slice(lead.length).trimEnd();
  const place = offset + start + lead.length;
  const document = /^<<-?["']?\w+["']?$/.test(body.trim()) ? documents[0] : undefined;
  if (document !== undefined) {
    // A document of another interpreter says so in its first line.
    if (!/^#!(?!.*\b(?:ba|da|k|z)?sh\b)/.test(document.text))
      yield { zone: 'shell', language, text: document.text, offset: offset + document.start };
    return;
  }
  const whole = [body, ...documents.map((one) => one.text)].join('\n');
  yield { zone: 'shell', language, text: body.startsWith('[') ? execWords(body) : whole, offset: place };
}
