/** A process that audits with the settings it is given, each way once, and must then end by itself. */
import { createAuditor } from '../../verifier/audit/create.ts';
import { AuditSettings } from '../../verifier/protocol/handshake.ts';
import { request, unchanged } from './samples.ts';

const settings = AuditSettings.parse(JSON.parse(process.argv[2] ?? ''));
const states: string[] = [];
for (const deadlineMs of [600_000, 200, 200]) {
  const auditor = createAuditor({ ...settings, deadlineMs }, { redact: unchanged });
  states.push((await auditor.audit(request(), new AbortController().signal)).state);
}
console.log(states.join(' '));
