import { t } from '@vscode/l10n';
import type { SuppressionCounts } from '../../verifier/protocol/suppression.ts';
import type { LayerState } from '../../verifier/protocol/vocabulary.ts';
import { anchorLine } from './anchoring.ts';
import type { BlindSpot } from './blindSpots.ts';
import { describeLayer } from './dialogText.ts';
import type { SaveHook } from './settings.ts';
import type { SidecarState } from './sidecar.ts';

/** The effective state of the guard, as the status bar shows it. */
export interface GuardState {
  readonly level: 'ok' | 'warning' | 'error';
  /** A few words. */
  readonly summary: string;
  /** One line for each layer. */
  readonly lines: readonly string[];
}

export interface GuardFacts {
  readonly enabled: boolean;
  readonly sidecar: SidecarState;
  readonly saveHook: SaveHook;
  readonly settingProblems: readonly string[];
  /** Files on disk that wait for a decision. */
  readonly undecided: number;
  /** Files of this session that changed on disk and could not be assessed. */
  readonly gaps: number;
  readonly blindSpots: readonly BlindSpot[];
  /** The model that a chat was last seen on, where VS Code lets that be known. */
  readonly model?: { readonly name: string; readonly guarded: boolean } | undefined;
}

const hookLines = (): Record<SaveHook, string> => ({
  always: t('save guard: active'),
  'explicit-only': t('save guard: only on explicit saves (editor.codeActionsOnSave was changed)'),
  off: t('save guard: switched off by editor.codeActionsOnSave; saves are checked only afterwards'),
});

const WITHOUT_AUDIT: readonly LayerState[] = ['off', 'unavailable', 'failed'];

export function guardState(facts: GuardFacts): GuardState {
  if (!facts.enabled) return { level: 'error', summary: t('off'), lines: [t('The guard is switched off (sentinelai.enabled).')] };
  const { sidecar } = facts;
  const lines = [verifierLine(sidecar)];
  if (sidecar.name === 'healthy') {
    const { layers, ledger, policyProblems, suppressions, anchor } = sidecar.health;
    lines.push(describeLayer('gates', layers.gates), describeLayer('audit', layers.audit), t('ledger: entry {0}', ledger.seq));
    if (anchor !== undefined) lines.push(anchorLine(anchor));
    if (suppressions !== undefined) lines.push(suppressionsLine(suppressions));
    lines.push(...policyProblems.map((problem) => t('policy problem: {0}', problem)));
  }
  if (facts.model) lines.push(modelLine(facts.model));
  lines.push(hookLines()[facts.saveHook], ...facts.settingProblems, ...facts.blindSpots.map(blindSpotLine));
  if (facts.undecided > 0) lines.push(t('written without an assessment, waiting for a decision: {0}', facts.undecided));
  if (facts.gaps > 0) lines.push(t('written, but could not be assessed (see the log): {0}', facts.gaps));
  if (sidecar.name === 'down' || sidecar.name === 'stopped') return { level: 'error', summary: t('verifier down'), lines };
  if (facts.saveHook === 'off') return { level: 'error', summary: t('save guard off'), lines };
  if (sidecar.name === 'starting') return { level: 'warning', summary: t('starting'), lines };
  if (sidecar.health.layers.gates.state === 'failed') return { level: 'error', summary: t('gates failed'), lines };
  if (facts.undecided > 0) return { level: 'warning', summary: t('{0} undecided', facts.undecided), lines };
  const impaired =
    facts.saveHook !== 'always' ||
    facts.settingProblems.length > 0 ||
    sidecar.health.policyProblems.length > 0 ||
    facts.blindSpots.some(({ byWorkspace }) => byWorkspace);
  if (impaired) return { level: 'warning', summary: t('limited'), lines };
  return { level: 'ok', summary: WITHOUT_AUDIT.includes(sidecar.health.layers.audit.state) ? t('on, gates only') : t('on'), lines };
}

/** What was met in this session; a suppression without effect is no cause for alarm, but its reader should know. */
function suppressionsLine({ active, accepted, expired, notAccepted, forbidden }: SuppressionCounts): string {
  return t(
    'suppressions: {0} in force, {1} accepted on this machine; without effect: {2} expired, {3} not accepted here, {4} forbidden',
    active,
    accepted,
    expired,
    notAccepted,
    forbidden,
  );
}

function modelLine({ name, guarded }: NonNullable<GuardFacts['model']>): string {
  if (guarded) return t('model: {0} (guarded)', name);
  return t('model: {0}, not guarded: only what is addressed to @sentinelai-guard is checked', name);
}

function blindSpotLine({ pattern, byWorkspace }: BlindSpot): string {
  return byWorkspace
    ? t('changes by other programs are not seen in {0} (files.watcherExclude of this workspace)', pattern)
    : t('changes by other programs are not seen in {0} (files.watcherExclude of yours)', pattern);
}

function verifierLine(state: SidecarState): string {
  if (state.name === 'down') return t('verifier: down ({0})', state.why.shown);
  if (state.name === 'healthy') return t('verifier: running (version {0})', state.health.version);
  return state.name === 'starting' ? t('verifier: starting') : t('verifier: stopped');
}
