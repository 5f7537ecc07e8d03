import type { EffectTrait } from '../../../policy/facts.ts';
import type { Call, ProgramReader } from '../call.ts';
import { has, readOptions } from '../options.ts';
import { literal, NOTHING, UNKNOWN } from '../value.ts';
import { sendGrave } from './transfer.ts';

/** Verbs by which command-line tools of clouds and services destroy things. */
const DESTROYS =
  /^(?:delete|destroy|terminate|purge|remove|rm|rmdir|rb|del|erase|drop|wipe|uninstall|deregister|unregister|decommission|revoke|disable|unsubscribe|forget|prune|cleanup|detach|deprovision)(?:$|[-_:])|^(?:force-)?(?:delete|destroy|purge|remove|terminate)[-_]|[:.](?:delete|destroy|remove|drop|purge|reset)$|^(?:doDelete|clear_\w+|repo-delete)$/i;
/** The same verbs on these are everyday work. */
const EVERYDAY = /^(?:cache|tag|tags|label|labels|alias|comment|profile|plugin|plugins|session|log-events|message|messages|annotations?)$/i;
const DRY = /^(?:--dry-?run(?:=(?:true|client|server|all))?|--dryrun|--what-?if|--plan|--check|--help|-h|help|--simulate|--no-execute)$/;

/**
 * One of the many tools whose words are nouns and verbs (`gcloud compute instances delete x`).
 * @param depth words among which the verb may be.
 */
function verbs(depth: number, traits: readonly EffectTrait[] = ['remote']): ProgramReader {
  return (call) => {
    const { operands } = readOptions(
      call.args,
      's p n c project region profile output namespace config env vault account bootstrap-server subscription resource-group',
    );
    const words = operands.slice(0, depth).map((operand) => operand.text);
    if (call.args.some((arg) => DRY.test(arg.text))) return NOTHING;
    const verb = words.findIndex((word) => DESTROYS.test(word));
    if (verb < 0 || (verb > 0 && EVERYDAY.test(words[verb - 1] ?? '') && call.program !== 'gh')) return UNKNOWN;
    note(call, traits);
    return UNKNOWN;
  };
}

function note(call: Call, traits: readonly (EffectTrait | false)[]): void {
  const text = call.args.map((arg) => arg.text).join(' ');
  const all = call.args.some((arg) =>
    /^(?:--all(?:-\w+)?|-a|\*|--recursive|--force-delete-without-recovery|--skip-final-snapshot)$/.test(arg.text),
  );
  const forced = call.args.some((arg) => /^(?:--force|-f|-y|--yes|--auto-approve|--quiet|-q|--confirm)$/.test(arg.text));
  call.effect('destroy-infrastructure', {
    targetText: `${call.program} ${text}`.slice(0, 160),
    traits: [...traits, all && 'all', forced && 'force'],
  });
}

const aws: ProgramReader = (call) => {
  const { operands, flags } = readOptions(call.args, 'region profile output endpoint-url query exclude include');
  const [service, verb, from, to] = operands.map((operand) => operand.text);
  if (call.args.some((arg) => DRY.test(arg.text) || arg.text === '--generate-cli-skeleton')) return NOTHING;
  if (verb !== undefined && (DESTROYS.test(verb) || (service === 's3' && verb === 'sync' && flags.has('delete')))) note(call, ['remote']);
  if (service === 's3' && /^(?:cp|mv|sync)$/.test(verb ?? '') && from !== undefined && to?.startsWith('s3://') && !from.startsWith('s3://'))
    sendGrave(call, [literal(from)], literal(to));
  if (service === 'secretsmanager' && verb === 'get-secret-value')
    call.effect('read-credential', { target: 'outside', targetText: 'aws secretsmanager', traits: ['remote'] });
  if (/^(?:stop-logging|delete-trail|disable-|put-bucket-acl)/.test(verb ?? ''))
    call.effect('disable-protection', { targetText: `aws ${service ?? ''} ${verb ?? ''}`, traits: ['remote'] });
  return UNKNOWN;
};

const terraform: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'chdir');
  const text = call.args.map((arg) => arg.text).join(' ');
  const verb = operands[0]?.text;
  const destroys =
    verb === 'destroy' ||
    (verb === 'apply' && /(?:^|\s)-?-destroy\b/.test(text)) ||
    /^(?:state rm|workspace delete|force-unlock)\b/.test(operands.map((operand) => operand.text).join(' '));
  if (destroys) note(call, ['remote', /auto-approve/.test(text) && 'force']);
  return UNKNOWN;
};

const helm: ProgramReader = (call) => {
  const options = readOptions(call.args, 'n namespace');
  if (has(options, 'dry-run')) return NOTHING;
  if (/^(?:uninstall|delete|del|un)$/.test(options.operands[0]?.text ?? '')) note(call, ['remote']);
  return UNKNOWN;
};

/** Options, not words, carry the verb: `kafka-topics --delete`. */
function optionVerbs(...names: string[]): ProgramReader {
  return (call) => {
    if (call.args.some((arg) => names.includes(arg.text)) || names.length === 0) note(call, ['remote']);
    return UNKNOWN;
  };
}

const rclone: ProgramReader = (call) => {
  const options = readOptions(call.args, 'config transfers');
  if (has(options, 'dry-run', 'n', 'interactive', 'i')) return NOTHING;
  const verb = options.operands[0]?.text ?? '';
  if (/^(?:purge|delete|deletefile|rmdirs?|cleanup|sync|move|dedupe)$/.test(verb)) note(call, ['remote']);
  if (/^(?:copy|copyto|sync|move|moveto|rcat)$/.test(verb) && options.operands[2] !== undefined)
    sendGrave(call, options.operands.slice(1, 2), options.operands[2]);
  return UNKNOWN;
};

const backup: ProgramReader = (call) => {
  const options = readOptions(call.args, 'r repo');
  if (has(options, 'n', 'dry-run')) return NOTHING;
  if (
    /^(?:delete|prune|compact|forget|purge|r(?:epo-)?delete|remove|drop|break-lock)$/.test(options.operands[0]?.text ?? '') ||
    /^(?:key|cache) remove/.test(options.operands.map((o) => o.text).join(' '))
  )
    note(call, ['unrecoverable']);
  return UNKNOWN;
};

const gh: ProgramReader = (call) => {
  const options = readOptions(call.args, 'X R f F H q t method repo');
  const method = (options.values.get('X') ?? options.values.get('method'))?.[0]?.text.toUpperCase();
  if (options.operands[0]?.text === 'api' && method === 'DELETE') note(call, ['remote']);
  else if (options.operands[0]?.text === 'repo' && options.operands[1]?.text === 'archive') note(call, ['remote']);
  else if (options.operands[0]?.text !== 'api') return three(call);
  return UNKNOWN;
};

const java: ProgramReader = (call) => {
  const jar = call.args.findIndex((arg) => arg.text === '-jar');
  if (jar >= 0 && /jenkins-cli/.test(call.args[jar + 1]?.text ?? '')) {
    const verb = call.args.slice(jar + 2).find((arg) => /^(?:delete|disable|remove|quiet-down|safe-shutdown|shutdown)/.test(arg.text));
    if (verb !== undefined) note(call, ['remote']);
  }
  return UNKNOWN;
};

const two = verbs(2);
const three = verbs(3);
const five = verbs(5);

export const INFRASTRUCTURE_PROGRAMS = {
  aws,
  terraform,
  tofu: terraform,
  terragrunt: terraform,
  helm,
  rclone,
  gh,
  java,
  restic: backup,
  borg: backup,
  duplicity: backup,
  kopia: three,
  gcloud: five,
  gsutil: three,
  az: five,
  azcopy: two,
  doctl: five,
  hcloud: three,
  oci: five,
  ibmcloud: three,
  aliyun: three,
  heroku: two,
  flyctl: three,
  fly: three,
  vercel: two,
  netlify: two,
  railway: two,
  render: two,
  firebase: two,
  supabase: three,
  wrangler: three,
  pulumi: two,
  cdk: two,
  serverless: two,
  sls: two,
  eksctl: two,
  kops: two,
  minikube: two,
  kind: two,
  k3d: two,
  vagrant: two,
  virsh: verbs(1),
  multipass: two,
  vault: three,
  consul: three,
  nomad: three,
  boundary: three,
  doppler: two,
  op: two,
  bw: two,
  velero: two,
  argocd: three,
  flux: two,
  istioctl: two,
  nats: three,
  rabbitmqctl: two,
  rabbitmqadmin: two,
  circleci: two,
  glab: two,
  'gitlab-runner': two,
  mc: two,
  s3cmd: two,
  s5cmd: two,
  influx: three,
  ceph: five,
  rbd: two,
  cf: two,
  'kafka-topics': optionVerbs('--delete'),
  'kafka-consumer-groups': optionVerbs('--delete', '--delete-offsets', '--reset-offsets'),
  'kafka-configs': optionVerbs('--delete-config'),
  'kafka-acls': optionVerbs('--remove'),
  'kafka-delete-records': optionVerbs(),
} satisfies Record<string, ProgramReader>;
