import type { SuppressionCounts } from '../../verifier/protocol/suppression.ts';
import type { LayerState } from '../../verifier/protocol/vocabulary.ts';
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

const HOOK: Record<SaveHook, string> = {
  always: 'save guard: active',
  'explicit-only': 'save guard: only on explicit saves (editor.codeActionsOnSave was changed)',
  off: 'save guard: switched off by editor.codeActionsOnSave; saves are checked only afterwards',
};

const WITHOUT_AUDIT: readonly LayerState[] = ['off', 'unavailable', 'failed'];

export function guardState(facts: GuardFacts): GuardState {
  if (!facts.enabled) return { level: 'error', summary: 'off', lines: ['The guard is switched off (sentinelai.enabled).'] };
  const { sidecar } = facts;
  const lines = [verifierLine(sidecar)];
  if (sidecar.name === 'healthy') {
    const { layers, ledger, policyProblems, suppressions } = sidecar.health;
    lines.push(describeLayer('gates', layers.gates), describeLayer('audit', layers.audit), `ledger: entry ${ledger.seq}`);
    if (suppressions !== undefined) lines.push(suppressionsLine(suppressions));
    lines.push(...policyProblems.map((problem) => `policy problem: ${problem}`));
  }
  if (facts.model) lines.push(modelLine(facts.model));
  lines.push(HOOK[facts.saveHook], ...facts.settingProblems, ...facts.blindSpots.map(blindSpotLine));
  if (facts.undecided > 0) lines.push(`written without an assessment, waiting for a decision: ${facts.undecided}`);
  if (facts.gaps > 0) lines.push(`written, but could not be assessed (see the log): ${facts.gaps}`);
  if (sidecar.name === 'down' || sidecar.name === 'stopped') return { level: 'error', summary: 'verifier down', lines };
  if (facts.saveHook === 'off') return { level: 'error', summary: 'save guard off', lines };
  if (sidecar.name === 'starting') return { level: 'warning', summary: 'starting', lines };
  if (sidecar.health.layers.gates.state === 'failed') return { level: 'error', summary: 'gates failed', lines };
  if (facts.undecided > 0) return { level: 'warning', summary: `${facts.undecided} undecided`, lines };
  const impaired =
    facts.saveHook !== 'always' ||
    facts.settingProblems.length > 0 ||
    sidecar.health.policyProblems.length > 0 ||
    facts.blindSpots.some(({ byWorkspace }) => byWorkspace);
  if (impaired) return { level: 'warning', summary: 'limited', lines };
  return { level: 'ok', summary: WITHOUT_AUDIT.includes(sidecar.health.layers.audit.state) ? 'on, gates only' : 'on', lines };
}

/** What was met in this session; a suppression without effect is no cause for alarm, but its reader should know. */
function suppressionsLine({ active, accepted, expired, notAccepted, forbidden }: SuppressionCounts): string {
  const without = `${expired} expired, ${notAccepted} not accepted here, ${forbidden} forbidden`;
  return `suppressions: ${active} in force, ${accepted} accepted on this machine; without effect: ${without}`;
}

function modelLine({ name, guarded }: NonNullable<GuardFacts['model']>): string {
  if (guarded) return `model: ${name} (guarded)`;
  return `model: ${name}, not guarded: only what is addressed to @sentinelai-guard is checked`;
}

function blindSpotLine({ pattern, byWorkspace }: BlindSpot): string {
  return `changes by other programs are not seen in ${pattern} (files.watcherExclude of ${byWorkspace ? 'this workspace' : 'yours'})`;
}

function verifierLine(state: SidecarState): string {
  if (state.name === 'down') return `verifier: down (${state.why})`;
  return state.name === 'healthy' ? `verifier: running (version ${state.health.version})` : `verifier: ${state.name}`;
}
