import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import { NOTHING, UNKNOWN, type Value } from '../value.ts';
import { runInContainer } from './remote.ts';

const RUN_VALUES =
  'e v p w u m c h l t i a name network volume mount env env-file publish workdir user entrypoint platform memory cpus hostname label add-host link restart log-driver log-opt ulimit device cap-add cap-drop security-opt shm-size tmpfs pull gpus ip dns expose pid ipc userns runtime cidfile network-alias';
// `-it` and friends are flags in run and exec, unlike elsewhere.
const FLAGS_ONLY = /\b[tia]\b/;
const runValues = RUN_VALUES.split(' ')
  .filter((name) => !FLAGS_ONLY.test(name) || name.length > 1)
  .join(' ');

const docker: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'H host c context l log-level config f file p project-name', true);
  const [verb, ...rest] = operands;
  if (verb === undefined) return NOTHING;
  const text = operands.map((operand) => operand.text).join(' ');
  if (verb.text === 'exec' || (verb.text === 'compose' && rest[0]?.text === 'exec')) {
    const args = readOptions(verb.text === 'exec' ? rest : rest.slice(1), 'e u w env env-file user workdir detach-keys', true).operands;
    return runInContainer(call, args.slice(1));
  }
  if (verb.text === 'run' || verb.text === 'create' || (verb.text === 'container' && rest[0]?.text === 'run')) return run(call, rest);
  const destroys = destruction(verb.text, rest, text);
  if (destroys !== undefined) call.effect('destroy-infrastructure', { targetText: text.slice(0, 160), traits: destroys });
  return UNKNOWN;
};

/** A container that is given the host: its root mounted, all privileges. */
function run(call: Call, args: readonly Value[]): Value {
  const options = readOptions(args, runValues, true);
  const mounts = [...(options.values.get('v') ?? []), ...(options.values.get('volume') ?? []), ...(options.values.get('mount') ?? [])];
  const root = mounts.some((mount) => /^\/:|(?:source|src)=\/(?:,|$)/.test(mount.text));
  const socket = mounts.some((mount) => mount.text.includes('docker.sock'));
  if (root || socket || has(options, 'privileged') || (options.values.get('pid') ?? []).some((value) => value.text === 'host')) {
    const what = root ? 'host root mounted' : socket ? 'docker socket mounted' : 'privileged container';
    call.effect('privilege', { target: root ? 'root' : 'none', targetText: what });
  }
  return runInContainer(call, options.operands.slice(1));
}

function destruction(verb: string, rest: readonly Value[], text: string): ('all' | 'force' | 'unrecoverable' | 'broad')[] | undefined {
  const sub = rest[0]?.text ?? '';
  const options = readOptions(rest);
  const force = has(options, 'f', 'force');
  const computed = rest.some((value) => value.text.includes('\uFFFC'));
  if (sub === 'prune')
    return verb === 'volume' || has(options, 'a', 'all', 'volumes') ? ['all', 'unrecoverable'] : verb === 'system' ? ['broad'] : undefined;
  if (/^(?:rm|rmi|kill|stop)$/.test(verb) || (/^(?:container|image|volume|network)$/.test(verb) && /^(?:rm|remove|kill)$/.test(sub))) {
    if (verb === 'volume') return ['unrecoverable'];
    return computed && verb !== 'stop' ? ['all', ...(force ? (['force'] as const) : [])] : undefined;
  }
  if (/^(?:compose )?down\b.*(?:\s-v\b|--volumes|--rmi)/.test(text)) return ['unrecoverable'];
  if (/^(?:stack|service|swarm|secret|config|node) (?:rm|remove|leave)\b/.test(text)) return ['unrecoverable'];
  return undefined;
}

const compose: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'f file p project-name profile env-file', true);
  const text = operands.map((operand) => operand.text).join(' ');
  if (operands[0]?.text === 'exec' || operands[0]?.text === 'run')
    return runInContainer(call, readOptions(operands.slice(1), 'e u w', true).operands.slice(1));
  if (/^down\b.*(?:\s-v\b|--volumes|--rmi)/.test(text))
    call.effect('destroy-infrastructure', { targetText: text, traits: ['unrecoverable'] });
  return UNKNOWN;
};

const KUBE_VALUES =
  'n f l o c k R namespace context kubeconfig filename selector output container cluster user as grace-period timeout field-selector template';
const kubectl: ProgramReader = (call) => {
  const options = readOptions(call.args, KUBE_VALUES);
  const [verb, sub] = options.operands;
  const dashes = call.args.findIndex((arg) => arg.text === '--');
  if (verb?.text === 'exec' || verb?.text === 'run')
    return runInContainer(call, dashes < 0 ? options.operands.slice(2) : call.args.slice(dashes + 1));
  if (call.args.some((arg) => /^--dry-run(?:=(?:client|server))?$/.test(arg.text))) return NOTHING;
  const text = options.operands.map((operand) => operand.text).join(' ');
  const all =
    has(options, 'all', 'all-namespaces', 'A') ||
    /^(?:namespaces?|ns|nodes?|pvc?|persistentvolumes?|crds?|customresourcedefinitions?)(?:\/|$)/.test(sub?.text ?? '');
  if (verb?.text === 'delete')
    call.effect('destroy-infrastructure', {
      targetText: text.slice(0, 160),
      traits: ['remote', all && 'all', has(options, 'force') && 'force'],
    });
  else if (verb?.text === 'drain' || (verb?.text === 'replace' && has(options, 'force')))
    call.effect('destroy-infrastructure', { targetText: text.slice(0, 160), traits: ['remote', 'force'] });
  else if (verb?.text === 'scale' && call.args.some((arg) => arg.text === '--replicas=0'))
    call.effect('destroy-infrastructure', { targetText: text.slice(0, 160), traits: ['remote'] });
  else if (/^create clusterrolebinding/.test(text) && call.args.some((arg) => arg.text.includes('cluster-admin')))
    call.effect('privilege', { targetText: text.slice(0, 160), traits: ['remote'] });
  return UNKNOWN;
};

const enter: ProgramReader = (call) => {
  const dashes = call.args.findIndex((arg) => arg.text === '--');
  const verb = call.args[0]?.text;
  if (verb === 'exec' && dashes >= 0) return runInContainer(call, call.args.slice(dashes + 1));
  if (verb === 'delete' || verb === 'destroy')
    call.effect('destroy-infrastructure', {
      targetText: call.args
        .map((arg) => arg.text)
        .join(' ')
        .slice(0, 160),
    });
  return UNKNOWN;
};

export const CONTAINER_PROGRAMS = {
  docker,
  'docker-compose': compose,
  'podman-compose': compose,
  kubectl,
  oc: kubectl,
  k3s: ((call) => (call.args[0]?.text === 'kubectl' ? kubectl(call) : UNKNOWN)) satisfies ProgramReader,
  lxc: enter,
  incus: enter,
} satisfies Record<string, ProgramReader>;
