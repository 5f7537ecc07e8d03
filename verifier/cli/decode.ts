export interface Decoded {
  readonly text: string;
  /** What was unusual about the bytes, for the trace. */
  readonly note?: string;
}

/**
 * Bytes as text. What is not UTF-8 is examined all the same: UTF-16 with a byte order mark as such,
 * anything else byte by byte (Latin-1), so that nothing is hidden by an encoding.
 */
export function decode(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // Node's TextDecoder reads `latin1` as windows-1252, which is not byte by byte; Buffer's is.
    return { text: Buffer.from(bytes).toString('latin1'), note: 'The input is not valid UTF-8; it was examined byte by byte as Latin-1.' };
  }
}
