/** The day before which content is to be erased: a date as `2026-01-31`, or an age in days. Midnight UTC; undefined: not understood. */
export function erasureDate(text: string, now: number): Date | undefined {
  const given = text.trim();
  const days = /^\d{1,5}$/.test(given) ? Number(given) : undefined;
  const day = days === undefined ? given : new Date(now - days * 86_400_000).toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const date = new Date(`${day}T00:00:00.000Z`);
  // A day that does not exist would otherwise become another one.
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day) || date.getTime() > now ? undefined : date;
}
