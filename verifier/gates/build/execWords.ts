/** The JSON form of a command (`["sh", "-c", "…"]`) as a shell would write it; anything else stays. */
export function execWords(text: string): string {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    return text;
  }
  if (!Array.isArray(words)) return text;
  return words.map((word) => `'${String(word).replaceAll("'", "'\\''")}'`).join(' ');
}
