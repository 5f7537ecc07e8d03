import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Finding } from '../../verifier/protocol/assessment.ts';
import { PathMap } from '../core/pathKey.ts';
import type { Problems } from '../core/ports.ts';
import { uriOf } from './paths.ts';

/** Named on each of the guard's diagnostics. */
export const SOURCE = 'Sentinel AI';
const SEVERITY = { block: vscode.DiagnosticSeverity.Error, review: vscode.DiagnosticSeverity.Warning } as const;

/** Findings as squiggles and in the problems view. Known ones are left out: they are the file's past. */
export class Diagnostics implements Problems {
  readonly #collection = vscode.languages.createDiagnosticCollection('sentinelai');

  readonly #findings = new PathMap<readonly Finding[]>();

  set(path: string, findings: readonly Finding[]): void {
    this.#remember(path, findings);
    this.#collection.set(
      uriOf(path),
      findings.filter((finding) => finding.isNew).map((finding) => diagnostic(finding)),
    );
  }

  /** As errors, all of them: where `files.autoSaveWhenNoErrors` is on, an error is what auto save waits for. */
  setHeld(path: string, findings: readonly Finding[], why: string): void {
    this.#remember(path, findings);
    const shown = findings.filter((finding) => finding.isNew).map((finding) => diagnostic(finding, vscode.DiagnosticSeverity.Error));
    const general = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1000), why, vscode.DiagnosticSeverity.Error);
    general.source = SOURCE;
    this.#collection.set(uriOf(path), shown.length > 0 ? shown : [general]);
  }

  /** The finding behind what is shown, though its line may have moved since. */
  findingAt({ path, ruleId, line }: { readonly path: string; readonly ruleId: string; readonly line: number }): Finding | undefined {
    const distance = ({ location }: Finding): number => Math.abs((location?.startLine ?? 1) - line);
    const ofRule = (this.#findings.get(path) ?? []).filter((finding) => finding.ruleId === ruleId);
    return ofRule.toSorted((a, b) => distance(a) - distance(b))[0];
  }

  #remember(path: string, findings: readonly Finding[]): void {
    if (findings.length === 0) this.#findings.delete(path);
    else this.#findings.set(path, findings);
  }

  dispose(): void {
    this.#collection.dispose();
  }
}

function diagnostic(finding: Finding, severity: vscode.DiagnosticSeverity = SEVERITY[finding.verdict]): vscode.Diagnostic {
  const { location, remediation } = finding;
  const startLine = (location?.startLine ?? 1) - 1;
  const endLine = (location?.endLine ?? 1) - 1;
  const range = new vscode.Range(startLine, (location?.startColumn ?? 1) - 1, endLine, (location?.endColumn ?? 1000) - 1);
  const message = remediation ? `${finding.message}\n${t('Safer: {0}', remediation)}` : finding.message;
  const shown = new vscode.Diagnostic(range, message, severity);
  shown.source = SOURCE;
  shown.code = finding.ruleId;
  return shown;
}
