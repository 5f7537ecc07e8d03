import { linesOf } from './textLines.ts';

/** What a frame holds. Labels come from this list alone: nothing of the content stands outside its frame. */
export type FrameLabel = 'subject' | 'removed' | 'name' | 'language' | 'intent' | 'workspace-policy';

export interface FramePart {
  readonly label: FrameLabel;
  readonly text: string;
  /** The number of each line, where only some lines of a whole are held; else they count from 1. */
  readonly lineNumbers?: readonly number[];
}

/** Gives `size` unpredictable bytes; a parameter, so that tests can fix it. */
export type RandomBytes = (size: number) => Uint8Array;

export interface Framed {
  /** 32 lower-case hexadecimal digits that occur nowhere in the content. */
  readonly boundary: string;
  readonly text: string;
}

const BOUNDARY_BYTES = 16;
const DRAWS = 8;

/**
 * Sets untrusted parts off from instructions: each stands between a begin and an end line that carry
 * a boundary drawn for this request alone, and each of its lines is numbered. Content can't know the
 * boundary, and no line of it starts at the margin, so it can't close its frame, open another
 * or pretend that lines were left out.
 *
 * @throws Error when the random source keeps giving boundaries that occur in the content.
 */
export function frame(parts: readonly FramePart[], randomBytes: RandomBytes): Framed {
  const boundary = drawBoundary(parts, randomBytes);
  return { boundary, text: parts.map((part) => framePart(part, boundary)).join('\n') };
}

function framePart({ label, text, lineNumbers }: FramePart, boundary: string): string {
  let before = 0;
  // A lone surrogate can't be sent as UTF-8: it would make the service refuse the whole request.
  const numbered = linesOf(text.toWellFormed()).flatMap((line, i) => {
    const number = lineNumbers?.[i] ?? i + 1;
    const gap = number > before + 1 ? [`[[[ ${boundary} left out ${before + 1}-${number - 1} ]]]`] : [];
    before = number;
    return [...gap, `${number}| ${line}`];
  });
  return [`[[[ ${boundary} begin ${label} ]]]`, ...numbered, `[[[ ${boundary} end ${label} ]]]`].join('\n');
}

function drawBoundary(parts: readonly FramePart[], randomBytes: RandomBytes): string {
  const content = parts.map((part) => part.text.toLowerCase());
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const boundary = Buffer.from(randomBytes(BOUNDARY_BYTES)).toString('hex');
    if (boundary.length === BOUNDARY_BYTES * 2 && !content.some((text) => text.includes(boundary))) return boundary;
  }
  throw new Error('The random source gives no boundary that is absent from the content.');
}
