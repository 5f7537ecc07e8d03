/** A process that audits at the address it is given, each way once, and must then end by itself. */
import { createAuditor } from '../../verifier/audit/create.ts';
import { request, settings, unchanged } from './samples.ts';

const [, , url = '', apiKey = ''] = process.argv;
const states: string[] = [];
for (const deadlineMs of [600_000, 200, 200]) {
  const auditor = createAuditor(settings(url, { apiKey, deadlineMs }), { redact: unchanged });
  states.push((await auditor.audit(request(), new AbortController().signal)).state);
}
console.log(states.join(' '));
