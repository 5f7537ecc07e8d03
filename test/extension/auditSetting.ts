import { AuditAfter } from '../../extension/core/auditAfter.ts';
import { AuditAhead } from '../../extension/core/auditAhead.ts';
import type { CallOptions } from '../../extension/core/client.ts';
import { Settings } from '../../extension/core/settings.ts';
import { VerifierError } from '../../extension/core/verifierError.ts';
import type { Assessment } from '../../verifier/protocol/assessment.ts';
import type { Verify } from '../../verifier/protocol/routes.ts';
import type { LayerState } from '../../verifier/protocol/vocabulary.ts';
import { finding } from './fakes.ts';
import { type SaveSetting, setting } from './saveSetting.ts';

/** What only the auditor sees. */
export const WRONG = 'SLY';

/** The save guard with an auditor beside it, which objects to {@link WRONG} and answers when it is let. */
export function auditSetting(answers: (string | undefined)[] = [], options: SaveSetting = {}) {
  let ready = true;
  let state: LayerState = 'ran';
  let gate: Promise<void> | undefined;
  const audits: Verify[] = [];
  /** Verdicts that are in, as the verifier keeps them. */
  const kept = new Set<string>();
  const question = (asked: Verify) => JSON.stringify(asked.subject);
  const on = setting(answers, {
    ...options,
    audit: { depthFor: (...asked) => after.depthFor(...asked), saved: (save) => after.saved(save) },
  });
  const { documents, baselines, clock, log, desk, writes, verifier } = on;
  const gates = verifier.verify;

  const read = (asked: Verify, assessment: Assessment): Assessment => {
    const known = asked.subject.kind === 'file' ? (asked.subject.baseline ?? '') : '';
    const text = asked.subject.kind === 'file' ? asked.subject.text : '';
    const objects = state === 'ran' && text.split('\n').some((line) => line.includes(WRONG) && !known.split('\n').includes(line));
    const layers = { ...assessment.layers, audit: { state, ms: 1 } };
    if (!objects) return { ...assessment, layers };
    return { ...assessment, layers, verdict: 'review', findings: [{ ...finding('review', 'Sly.'), layer: 'audit' }] };
  };
  verifier.verify = async (asked: Verify, { signal }: CallOptions = {}) => {
    const wantsAudit = asked.depth === 'full' && (asked.orGates !== true || kept.has(question(asked)));
    const assessment = await gates(asked);
    if (!wantsAudit) return { ...assessment, layers: { ...assessment.layers, audit: { state: 'skipped', ms: 0 } } };
    if (!kept.has(question(asked))) {
      audits.push(asked);
      const gone = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new VerifierError('cancelled', 'The request was cancelled.')));
      });
      await Promise.race([gate ?? Promise.resolve(), gone]);
      if (state === 'ran') kept.add(question(asked));
    }
    return read(asked, assessment);
  };

  const connect = async () => {
    if (verifier.failure) throw verifier.failure;
    return verifier;
  };
  const parts = { connect, documents, baselines, clock, log, desk, sessionId: 's', isReady: () => ready };
  const ahead = new AuditAhead({ ...parts, settings: () => Settings.parse({}).save });
  const after = new AuditAfter({ ...parts, ahead, writes: () => writes });
  return {
    ...on,
    audits,
    ahead,
    after,
    /** Types without saving. */
    edit: (path: string, text: string) => {
      documents.edit(path, text);
      ahead.edited(path);
    },
    withdraw: () => {
      ready = false;
    },
    /** From now on audits end like this. */
    audit: (now: { state?: LayerState; gate?: Promise<void> | undefined }) => {
      if (now.state !== undefined) state = now.state;
      if ('gate' in now) gate = now.gate;
    },
  };
}
