import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Depth } from '../../verifier/protocol/vocabulary.ts';
import type { DocumentText } from './ports.ts';

/** A text that the guard let through, and that VS Code has written. */
export interface WrittenSave {
  readonly document: DocumentText;
  /** What "new" was measured against. */
  readonly baseline: string | undefined;
  readonly assessment: Assessment;
  /** False where VS Code saved by itself: then nobody is asked in mid-typing. */
  readonly explicit: boolean;
}

/** The auditor's side of a save. A save never waits for an auditor. */
export interface SaveAudit {
  /** `full` where the auditor's verdict on exactly this text against this baseline is in. */
  depthFor(document: DocumentText, baseline: string | undefined): Depth;
  /** The auditor reads it now, where it had not before. */
  saved(save: WrittenSave): void;
}
