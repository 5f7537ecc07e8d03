import type { BuildFact, BuildTrait, Segment } from '../../policy/facts.ts';
import { expressions, isOutsideText } from './outsideText.ts';
import { child, words, type YamlNode, type YamlReader } from './yamlNodes.ts';

/** Triggers that run with the repository's rights on what strangers do. */
const PRIVILEGED = new Set(['pull_request_target', 'workflow_run', 'issue_comment', 'issues', 'discussion', 'discussion_comment']);
const HEAD_OF_STRANGER =
  /github\.event\.pull_request\.head\.|\bgithub\.head_ref\b|github\.event\.workflow_run\.head_(?:sha|branch|commit)|refs\/pull\/|github\.event\.(?:issue|pull_request)?\.?number|pull_request\.merge_commit_sha/;
const FETCHES_HEAD =
  /\bgh\s{1,8}pr\s{1,8}checkout\b|\bgit\s{1,8}(?:fetch|pull)\s[^\n]{0,120}(?:\bpull\/|refs\/pull|head_ref|head\.(?:ref|sha))/;
/** Makers of actions that many workflows use by version, as their own documentation says. */
const KNOWN_PUBLISHERS = new Set(
  'docker aws-actions azure google-github-actions hashicorp microsoft pypa ruby gradle pnpm astral-sh oven-sh denoland dtolnay slsa-framework'.split(
    ' ',
  ),
);
const SHELLS: ReadonlyMap<string, { zone: Segment['zone']; language: string }> = new Map([
  ['pwsh', { zone: 'shell', language: 'powershell' }],
  ['powershell', { zone: 'shell', language: 'powershell' }],
  ['cmd', { zone: 'shell', language: 'bat' }],
  ['python', { zone: 'code', language: 'python' }],
]);

/** A step and the values of `env` that it sees. */
interface Scope {
  /** Names of variables that hold text of strangers, or secrets. */
  readonly outside: ReadonlySet<string>;
  readonly secret: ReadonlySet<string>;
}

/** What a workflow or an action says. */
export function workflowFacts(yaml: YamlReader): BuildFact[] {
  return new Workflow(yaml).facts;
}

class Workflow {
  readonly facts: BuildFact[] = [];
  readonly #triggers: ReadonlySet<string>;
  readonly #uploadsSeen = new Set<YamlNode>();
  readonly #scopes = new Map<YamlNode, Scope>();

  constructor({ nodes }: YamlReader) {
    this.#triggers = new Set(words(nodes.find(({ key, parent }) => key === 'on' && parent === undefined)));
    for (const node of nodes) this.#read(node);
  }

  #say(kind: BuildFact['kind'], { valueStart, valueEnd }: YamlNode, traits: readonly BuildTrait[] = []): void {
    this.facts.push({ kind, traits, start: valueStart, end: valueEnd });
  }

  #read(node: YamlNode): void {
    switch (node.key) {
      case 'uses':
        this.#uses(node);
        return;
      case 'run':
        if (node.parent?.key === '') this.#script(node);
        return;
      case 'script':
        if (node.parent?.key === 'with' && /^actions\/github-script@/.test(child(node.parent.parent, 'uses')?.value ?? ''))
          this.#script(node);
        return;
      case 'permissions':
        if (node.value === 'write-all') this.#say('workflow-token', node, ['write-all']);
        return;
      case 'runs-on':
        if (this.#onPullRequests() && words(node).includes('self-hosted')) {
          const place = node.children.find(({ value }) => value === 'self-hosted') ?? node;
          this.#say('own-runner', place);
        }
        return;
      case 'ACTIONS_ALLOW_UNSECURE_COMMANDS':
        if (/^(?:true|1)$/i.test(node.value)) this.#say('unsafe-commands', node);
        return;
      default:
        if (/\btojson\(\s{0,4}secrets\s{0,4}\)/i.test(node.value) && !node.block) this.#say('logged-secret', node);
        return;
    }
  }

  #onPullRequests(): boolean {
    return this.#triggers.has('pull_request') || this.#triggers.has('pull_request_target');
  }

  #privileged(): boolean {
    return [...this.#triggers].some((trigger) => PRIVILEGED.has(trigger));
  }

  #uses(node: YamlNode): void {
    const [, owner, ref] = /^([\w.-]{1,60})\/[\w./-]{1,120}@([^\s]{1,120})$/.exec(node.value) ?? [];
    if (owner === undefined || ref === undefined) return;
    const step = node.parent;
    if (!/^[0-9a-f]{40}$/i.test(ref)) {
      const traits: BuildTrait[] = ['floating'];
      if (!/^(?:release\/)?v?\d|^(?:stable|nightly)$/.test(ref)) traits.push('branch');
      if (owner === 'actions' || owner === 'github') traits.push('first-party');
      if (KNOWN_PUBLISHERS.has(owner.toLowerCase())) traits.push('known-publisher');
      this.#say('action', node, traits);
    }
    if (/^actions\/checkout@/.test(node.value) && step !== undefined) this.#checkout(child(step, 'with'), step);
  }

  #checkout(given: YamlNode | undefined, step: YamlNode): void {
    const ref = child(given, 'ref') ?? child(given, 'repository');
    if (ref !== undefined && this.#privileged() && HEAD_OF_STRANGER.test(ref.value)) this.#say('outside-code', ref);
    if (child(given, 'persist-credentials')?.value === 'false' || child(given, 'path') !== undefined) return;
    // One checkout is enough to put the token where an upload takes it.
    if (step.parent === undefined || this.#uploadsSeen.has(step.parent)) return;
    this.#uploadsSeen.add(step.parent);
    for (const other of step.parent.children) {
      if (!/^actions\/upload-artifact@/.test(child(other, 'uses')?.value ?? '')) continue;
      const path = child(child(other, 'with'), 'path');
      // Newer versions leave hidden files, and with them the token, out.
      const old =
        /@v[1-3]\b/.test(child(other, 'uses')?.value ?? '') || child(child(other, 'with'), 'include-hidden-files')?.value === 'true';
      if (path !== undefined && old && /^(?:\.\/?|\$\{\{\s*github\.workspace\s*\}\}\/?)$/.test(path.value.trim()))
        this.#say('workflow-token', path, ['left-in-artifact']);
    }
  }

  #script(node: YamlNode): void {
    const step = node.key === 'script' ? node.parent?.parent : node.parent;
    const scope = this.#scope(step);
    const text = node.value;
    for (const { text: expression, start, end } of expressions(text)) {
      if (!isOutsideText(expression, scope.outside)) continue;
      const exact = node.valueEnd - node.valueStart === text.length;
      this.facts.push({
        kind: 'outside-text',
        traits: [],
        start: node.valueStart + (exact ? start : 0),
        end: exact ? node.valueStart + end : node.valueEnd,
      });
    }
    if (this.#privileged() && FETCHES_HEAD.test(text)) this.#say('outside-code', node);
    let at = 0;
    for (const line of text.split('\n')) {
      if (logsSecret(line, scope.secret))
        this.facts.push({
          kind: 'logged-secret',
          traits: [],
          start: node.valueStart + at,
          end: Math.min(node.valueEnd, node.valueStart + at + line.length),
        });
      at += line.length + 1;
    }
  }

  /** Variables of the step, its job and the workflow. */
  #scope(node: YamlNode | undefined): Scope {
    if (node === undefined) return { outside: new Set(), secret: new Set() };
    const known = this.#scopes.get(node);
    if (known !== undefined) return known;
    const outer = this.#scope(node.parent);
    const values = child(node, 'env')?.children ?? [];
    const names = (fits: (value: string) => boolean): string[] => values.filter(({ value }) => fits(value)).map(({ key }) => key);
    const outside = names((value) => [...expressions(value)].some(({ text }) => isOutsideText(text, outer.outside)));
    const secret = names((value) => /^\s*\$\{\{\s*secrets\.\w+\s*\}\}\s*$/.test(value));
    const scope =
      values.length === 0 ? outer : { outside: new Set([...outer.outside, ...outside]), secret: new Set([...outer.secret, ...secret]) };
    this.#scopes.set(node, scope);
    return scope;
  }
}

/** Whether a line prints a secret where the log keeps it: not into a file, another program, or a mask. */
function logsSecret(line: string, variables: ReadonlySet<string>): boolean {
  const printed = /^\s*(?:echo|printf|Write-(?:Host|Output)|print\()(.{0,1000})$/i.exec(line.replace(/^\s*(?:sudo|-\s)?/, ''))?.[1];
  if (printed === undefined || /::add-mask::|[^-\w]>|^>|<<</.test(printed)) return false;
  // Encodings are what the mask over secrets does not know.
  const piped = /\|\s*(.{0,200})$/.exec(printed)?.[1];
  if (piped !== undefined && !/^(?:base64(?!\s+(?:-d|--decode|-D))|rev|xxd|hexdump|od|fold|sed)\b[^|>]*$/.test(piped)) return false;
  if (/\$\{\{\s*secrets\.\w/.test(printed) || /\btojson\(\s*secrets\s*\)/i.test(printed)) return true;
  return [...printed.matchAll(/\$(?:\{(\w{1,80})\}|env:(\w{1,80})|(\w{1,80}))/g)].some(([, braced, env, bare]) =>
    variables.has(braced ?? env ?? bare ?? ''),
  );
}

/** Scripts of steps as parts of their own, each in the language of its shell. */
export function workflowScripts({ nodes }: YamlReader, offset: number): Segment[] {
  const ownRunners = nodes.some(({ value }) => value === 'self-hosted');
  return nodes.flatMap((node): Segment[] => {
    if (node.key !== 'run' || node.parent?.key !== '' || node.value === '') return [];
    const shell = child(node.parent, 'shell')?.value ?? defaultShell(node.parent);
    const told = SHELLS.get(/^[\w-]*/.exec(shell)?.[0] ?? '') ?? { zone: 'shell', language: 'shellscript' };
    const place = onHosted(node.parent, ownRunners) ? { throwaway: true as const } : {};
    return [{ ...told, ...place, text: told.zone === 'code' ? dedented(node.value) : node.value, offset: offset + node.valueStart }];
  });
}

/** Whether a step's job runs on a machine that the platform makes for it. */
function onHosted(step: YamlNode, ownRunners: boolean): boolean {
  const told = child(step.parent?.parent, 'runs-on')?.value ?? '';
  return /^(?:ubuntu|windows|macos)-[\w.-]+$/.test(told) || (/^\$\{\{\s*matrix\./.test(told) && !ownRunners);
}

function defaultShell(step: YamlNode): string {
  for (let node: YamlNode | undefined = step; node !== undefined; node = node.parent) {
    const told = child(child(child(node, 'defaults'), 'run'), 'shell');
    if (told !== undefined) return told.value;
  }
  return '';
}

function dedented(text: string): string {
  const indent = /^ */.exec(text.replace(/^(?:[ \r]*\n)*/, ''))?.[0] ?? '';
  return text
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    .join('\n');
}
