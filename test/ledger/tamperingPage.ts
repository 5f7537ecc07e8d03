import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TAMPERINGS, type TamperingCase } from './tamperings.ts';

function cell(verdict: TamperingCase['alone']): string {
  if ('hidden' in verdict) return `**not detectable**: ${verdict.hidden}`;
  if ('found' in verdict) return `told by "${verdict.found}"`;
  return verdict.seq === null ? `detected: ${verdict.kind}` : `detected: ${verdict.kind}, entry ${verdict.seq}`;
}

/** docs/tampering.md: each tampering, by whom, and what can be told of it. */
export function tamperingPage(): string {
  const rows = TAMPERINGS.map(({ name, key, alone, kept }) => `| ${name} | ${key ? 'yes' : 'no'} | ${cell(alone)} | ${cell(kept)} |`);
  return `# What tampering shows

Made from the cases of \`test/ledger/tamperings.ts\`, each of which is done to a ledger of 19 entries (0 to 18) with
checkpoints over 7, 11 and 19 of them, and tested. "With an earlier checkpoint": somebody kept the one over 11 entries, as a
chain would, and gives it to \`sentinel ledger verify --checkpoint\`. Write it anew with \`node test/ledger/tamperingPage.ts\`.

| what is done | needs the key | with the ledger alone | with an earlier checkpoint |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../../docs/tampering.md'), tamperingPage());
