import type { Finding } from '../protocol/assessment.ts';

/** Findings that stand for a layer itself: it did not run, or the content kept it from running. */
const OWN = {
  'gate.not-run': {
    policy: 'gate',
    layer: 'gates',
    message: 'The gates did not run, so nothing is known about this.',
    remediation: 'Read it yourself before approving, or restart the verifier and try again.',
  },
  'audit.not-run': {
    policy: 'audit',
    layer: 'audit',
    message: 'The audit could not be prepared: secrets could not be removed from the text first, so nothing was sent.',
    remediation: 'Read it yourself before approving, or restart the verifier and try again.',
  },
  'audit.refused': {
    policy: 'audit',
    layer: 'audit',
    message: 'The auditor gave no usable answer because of the content itself.',
    remediation: 'Read it yourself: content can be written so that an auditor fails on it.',
  },
} as const;

/** A finding about a layer; always `review`, so that a missing layer never passes. */
export function layerFinding(ruleId: keyof typeof OWN, subjectDigest: string): Finding {
  return { ruleId, ...OWN[ruleId], severity: 'medium', verdict: 'review', evidence: { excerpt: '', digest: subjectDigest }, isNew: true };
}

/** The finding of an attached text, marked with the attachment's (redacted) name. */
export function inReference(finding: Finding, name: string): Finding {
  return { ...finding, message: `In the attached ${name}: ${finding.message}`.slice(0, 600) };
}
