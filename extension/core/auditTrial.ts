import { execFile } from 'node:child_process';
import { t } from '@vscode/l10n';
import type { z } from 'zod';
import { type AuditTrial, TrialModels, TrialPreview, TrialReport } from '../../verifier/protocol/auditTrial.ts';
import { sidecarEnvironment } from './sidecarProcess.ts';

/** Longer than any deadline that the settings allow. */
const LIMIT_MS = 150_000;

/** Where an auditor is tried out: in a process of its own, outside the editor. */
export interface TrialRunner {
  models(trial: AuditTrial, signal: AbortSignal): Promise<TrialModels>;
  preview(trial: AuditTrial, signal: AbortSignal): Promise<TrialPreview>;
  test(trial: AuditTrial, signal: AbortSignal): Promise<TrialReport>;
}

/**
 * Runs `sentinel audit …` with the settings, the key among them, on its standard input.
 * Rejects where the program gave no report; `signal` ends it.
 */
export function trialRunner(cli: string): TrialRunner {
  const run = <T>(command: string, report: z.ZodType<T>, trial: AuditTrial, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        process.execPath,
        [cli, 'audit', command],
        { env: sidecarEnvironment(process.env), timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024, windowsHide: true, signal },
        // It ends with 1 where the service failed, and still reports.
        (error, stdout, stderr) => {
          const parsed = report.safeParse(parse(stdout));
          if (parsed.success) resolve(parsed.data);
          else
            reject(new Error(stderr.trim() || t('The trial gave no report. See that the extension is installed whole.'), { cause: error }));
        },
      );
      // A child that ended early breaks the pipe; what it said is reported above.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(`${JSON.stringify(trial)}\n`);
    });
  return {
    models: (trial, signal) => run('models', TrialModels, trial, signal),
    preview: (trial, signal) => run('preview', TrialPreview, trial, signal),
    test: (trial, signal) => run('test', TrialReport, trial, signal),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
