/** A moment of the ledger (RFC 3339) as a time of day, the way this person reads clocks. */
export function timeOfDay(time: string): string {
  return new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
