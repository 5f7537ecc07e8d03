import * as vscode from 'vscode';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import type { Problems } from '../core/ports.ts';

const SEVERITY = { block: vscode.DiagnosticSeverity.Error, review: vscode.DiagnosticSeverity.Warning } as const;

/** Findings as squiggles and in the problems view. Known ones are left out: they are the file's past. */
export class Diagnostics implements Problems {
  readonly #collection = vscode.languages.createDiagnosticCollection('sentinelai');

  set(path: string, findings: readonly Finding[]): void {
    this.#collection.set(
      vscode.Uri.file(path),
      findings.filter((finding) => finding.isNew).map((finding) => diagnostic(finding)),
    );
  }

  dispose(): void {
    this.#collection.dispose();
  }
}

function diagnostic(finding: Finding): vscode.Diagnostic {
  const { location, remediation } = finding;
  const startLine = (location?.startLine ?? 1) - 1;
  const endLine = (location?.endLine ?? 1) - 1;
  const range = new vscode.Range(startLine, (location?.startColumn ?? 1) - 1, endLine, (location?.endColumn ?? 1000) - 1);
  const message = remediation ? `${finding.message}\nSafer: ${remediation}` : finding.message;
  const shown = new vscode.Diagnostic(range, message, SEVERITY[finding.verdict]);
  shown.source = 'Sentinel AI';
  shown.code = finding.ruleId;
  return shown;
}
