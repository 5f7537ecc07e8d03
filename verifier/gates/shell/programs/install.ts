import type { EffectTrait } from '../../../policy/facts.ts';
import type { Call, ProgramReader } from '../call.ts';
import { has, type Options, readOptions, valuesOf } from '../options.ts';
import { isKnown, UNKNOWN, type Value } from '../value.ts';
import { runProgramFile } from './interpreters.ts';
import { isLocalHost } from './network.ts';
import { runPackageScripts } from './packageScripts.ts';

const ADDRESS = /^(?:git\+|git:|github:|gitlab:|bitbucket:|https?:\/\/|ssh:\/\/|git@)|\.git(?:#|@|$)/i;
/** A git address that names a commit or tag is pinned. */
const PINNED_GIT = /(?:#|@|\?rev=|\?tag=)(?:[0-9a-f]{7,40}|v?\d[\w.-]*|semver:[\w.^~-]+)$/i;

function packageTraits(packages: readonly Value[]): Set<EffectTrait> {
  const traits = new Set<EffectTrait>();
  for (const { text } of packages) {
    if (!ADDRESS.test(text) || isLocalHost(text)) continue;
    traits.add('unknown-source');
    if (/^(?:git\+)?http:\/\//i.test(text)) traits.add('plain-http');
    if (/git/i.test(text) && !PINNED_GIT.test(text)) traits.add('unpinned');
  }
  return traits;
}

function report(call: Call, packages: readonly Value[], traits: Set<EffectTrait>): void {
  call.effect('install', {
    targetText: packages
      .map((name) => name.text)
      .join(' ')
      .slice(0, 160),
    traits: [...traits],
  });
}

function fromIndex(values: readonly Value[], official: RegExp, traits: Set<EffectTrait>): void {
  for (const { text } of values) {
    if (isLocalHost(text)) continue;
    if (/^http:\/\//i.test(text)) traits.add('plain-http');
    if (!official.test(text)) traits.add('unknown-source');
  }
}

const NPM_OFFICIAL = /^https?:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)/;

/** npm, pnpm, yarn, bun: adds packages; settings that switch checks off. */
const node: ProgramReader = (call) => {
  const options = readOptions(call.args, 'registry w C prefix filter dir workspace cache userconfig cwd');
  const [verb, ...packages] = options.operands;
  const name = verb?.text ?? '';
  const all = call.args.map((arg) => arg.text).join(' ');
  if (/(?:strict-ssl[= ]false|--no-strict-ssl|enableStrictSsl false)/.test(all))
    call.effect('disable-protection', { targetText: 'strict-ssl', traits: ['unverified'] });
  if (name === 'config' || name === 'set') {
    const address = /registry[= ](\S+)/.exec(all)?.[1];
    if (address !== undefined && /^http:\/\//.test(address) && !isLocalHost(address))
      call.effect('install', { targetText: address, traits: ['plain-http', 'unknown-source'] });
    return UNKNOWN;
  }
  runScripts(call, options);
  if (name === 'exec' || name === 'dlx' || name === 'x') return runPackage(call, packages, options);
  if (name === 'unpublish' || name === 'deprecate')
    call.effect('destroy-infrastructure', { targetText: `${call.program} ${all}`.slice(0, 160), traits: ['remote'] });
  if (!/^(?:i|in|ins|inst|install|add|isntall|ci|update|upgrade|up|global|create|init|link)$/.test(name)) return UNKNOWN;
  const traits = packageTraits(packages);
  fromIndex(valuesOf(options, 'registry'), NPM_OFFICIAL, traits);
  report(call, packages, traits);
  return UNKNOWN;
};

/** What installing runs of the project itself (npm docs, scripts). */
const INSTALLING = /^(?:i|in|ins|inst|install|isntall|ci)$/;
const LIFECYCLE = ['install', 'prepublish', 'prepare'];

/** Entries of the project's manifest that a call runs: `run name`, npm's own `test` and `start`, yarn's bare names, life cycles. */
function runScripts(call: Call, options: Options): void {
  const folder = valuesOf(options, 'prefix', 'C', 'dir', 'cwd')[0];
  const [verb, ...rest] = options.operands;
  // Bare `yarn` installs.
  if (verb === undefined && call.program === 'yarn' && !has(options, 'v', 'version')) runPackageScripts(call, LIFECYCLE, [], folder);
  if (verb === undefined || !isKnown(verb)) return;
  if (/^(?:run|run-script|rum|urn)$/.test(verb.text)) {
    const [script, ...args] = rest;
    if (script === undefined || !isKnown(script)) return;
    const ran = runPackageScripts(call, [script.text], args, folder);
    if (ran === undefined && call.program === 'bun' && /[./]/.test(script.text)) runProgramFile(call, script);
  } else if (INSTALLING.test(verb.text)) {
    // With packages named, the project's own entries do not run.
    if (rest.length === 0 && !has(options, 'ignore-scripts')) runPackageScripts(call, LIFECYCLE, [], folder);
  } else if (/^(?:t|tst|test|start|stop|restart)$/.test(verb.text)) {
    runPackageScripts(call, [/^t(?:st)?$/.test(verb.text) ? 'test' : verb.text], rest, folder);
  } else if (call.program !== 'npm') {
    const ran = runPackageScripts(call, [verb.text], rest, folder);
    if (ran === undefined && call.program === 'bun' && /\.[cm]?[jt]sx?$/.test(verb.text)) runProgramFile(call, verb);
  }
}

/** npx and its kin: fetches and runs at once. */
function runPackage(call: Call, packages: readonly Value[], options: Options): Value {
  const name = packages[0];
  if (name === undefined) return UNKNOWN;
  const traits = packageTraits(packages.slice(0, 1));
  const pinned = /.@\d/.test(name.text) || traits.size > 0 || /^[./]/.test(name.text);
  if (!pinned && (has(options, 'y', 'yes') || /@latest$|@next$/.test(name.text) || call.program === 'pnpm' || call.args[0]?.text === 'dlx'))
    traits.add('unpinned');
  fromIndex(valuesOf(options, 'registry'), NPM_OFFICIAL, traits);
  if (traits.size > 0) report(call, [name], traits);
  return UNKNOWN;
}

const npx: ProgramReader = (call) => {
  const options = readOptions(call.args, 'p package c call registry', true);
  const asked = [...valuesOf(options, 'p', 'package'), ...options.operands.slice(0, 1)];
  for (const code of valuesOf(options, 'c', 'call')) call.session.runText(code, { ...call.how, depth: call.how.depth + 1 });
  // `npx rimraf /`: the package is the program.
  if (options.operands.length > 0) call.session.runWords(options.operands, call.how);
  return runPackage(call, asked, options);
};

const PIP_VALUES =
  'r c e i f t index-url extra-index-url trusted-host requirement constraint editable find-links target python-version platform cert proxy upgrade-strategy python';
const pip: ProgramReader = (call) => {
  const options = readOptions(call.args, PIP_VALUES);
  const words = options.operands;
  const at = words.findIndex((word) => /^(?:install|download|wheel|add|sync|inject|tool|run)$/.test(word.text));
  const uninstall = words[0]?.text === 'uninstall';
  if (uninstall && has(options, 'y', 'yes'))
    call.effect('delete', { target: 'outside', targetText: words.map((word) => word.text).join(' '), traits: ['force'] });
  if (at < 0) return UNKNOWN;
  const packages = [
    ...words.slice(at + 1),
    ...valuesOf(options, 'e', 'editable', 'r', 'requirement').filter((value) => ADDRESS.test(value.text)),
  ];
  const traits = packageTraits(packages);
  fromIndex(valuesOf(options, 'i', 'index-url', 'f', 'find-links'), /^https?:\/\/(?:pypi\.org|files\.pythonhosted\.org)/, traits);
  fromIndex(valuesOf(options, 'extra-index-url'), /^https?:\/\/pypi\.org/, traits);
  if (valuesOf(options, 'trusted-host').some((host) => !isLocalHost(host.text))) {
    traits.add('unverified');
    call.effect('disable-protection', { targetText: '--trusted-host', traits: ['unverified'] });
  }
  report(call, packages, traits);
  return UNKNOWN;
};

/** gem, cargo, go, composer, brew and others: a verb and packages. */
function installer(verb: RegExp, valued: string, source: readonly string[], official: RegExp): ProgramReader {
  return (call) => {
    const options = readOptions(call.args, valued);
    const [name, ...packages] = options.operands;
    if (name === undefined || !verb.test(name.text)) return UNKNOWN;
    const sources = valuesOf(options, ...source);
    const traits = packageTraits(packages);
    fromIndex(sources, official, traits);
    if (valuesOf(options, 'git').length > 0 && !has(options, 'rev', 'tag', 'branch')) traits.add('unpinned');
    if (has(options, 'insecure', 'no-verify', 'no-gpg-checks', 'no-check-publisher')) traits.add('unverified');
    if (packages.some((value) => /@(?:latest|master|main|HEAD)$/.test(value.text))) traits.add('unpinned');
    report(call, packages, traits);
    return UNKNOWN;
  };
}

/** apt, dnf, apk …: packages of the system; signatures and sources. */
const system: ProgramReader = (call) => {
  const options = readOptions(call.args, 'o t c repo repository X setopt target-release', false);
  const text = call.args.map((arg) => arg.text).join(' ');
  const traits = new Set<EffectTrait>();
  if (
    /--allow-unauthenticated|--allow-untrusted|--nogpgcheck|--no-gpg-checks|--force-yes|--allow-insecure-repositories|AllowUnauthenticated=true|gpgcheck=0|Verify-Peer=false|--nosignature|--nodigest/i.test(
      text,
    )
  )
    traits.add('unverified');
  const [name, ...packages] = options.operands;
  for (const trait of packageTraits(packages)) traits.add(trait);
  if (traits.has('unverified'))
    call.effect('disable-protection', { targetText: `${call.program} ${text}`.slice(0, 160), traits: ['unverified'] });
  const removes =
    /^(?:remove|purge|erase|autoremove|uninstall|del|dist-clean)$/.test(name?.text ?? '') ||
    /^-(?:R\w*|e|P|-purge|-remove)$/.test(call.args[0]?.text ?? '');
  if (removes)
    call.effect('delete', {
      target: 'system',
      targetText: `${call.program} ${text}`.slice(0, 160),
      traits: [has(options, 'force', 'force-all', 'nodeps') && 'force'],
    });
  else if (
    /^(?:install|add|in|localinstall|reinstall|full-upgrade|i)$/.test(name?.text ?? '') ||
    /^(?:-S|-U|-i|-Uvh|-ivh|-S[yu]+)$/.test(call.args[0]?.text ?? '')
  )
    report(call, packages, traits);
  return UNKNOWN;
};

const aptKey: ProgramReader = (call) => {
  const text = call.args.map((arg) => arg.text).join(' ');
  if (/^(?:add|adv)\b|^-y /.test(text))
    call.effect('install', { targetText: `${call.program} ${text}`.slice(0, 160), traits: ['unknown-source'] });
  return UNKNOWN;
};

const goTool = installer(/^(?:install|get)$/, 'mod', [], /^/);

export const INSTALL_PROGRAMS = {
  npm: node,
  pnpm: node,
  yarn: node,
  bun: node,
  npx,
  bunx: npx,
  pnpx: npx,
  pip,
  pipx: pip,
  uv: pip,
  conda: installer(/^(?:install|create)$/, 'c channel n name', ['c', 'channel'], /^(?!https?:)/),
  gem: installer(/^(?:install|i)$/, 's source v version', ['s', 'source', 'clear-sources'], /^https:\/\/rubygems\.org/),
  cargo: installer(/^(?:install|add)$/, 'git rev tag branch version registry index path features', ['git', 'index'], /^$/),
  go: goTool,
  composer: installer(/^(?:require|global)$/, 'repository', ['repository'], /^https:\/\/repo\.packagist\.org/),
  brew: installer(/^(?:install|tap|reinstall|uninstall)$/, '', [], /^/),
  apt: system,
  'apt-get': system,
  aptitude: system,
  dpkg: system,
  yum: system,
  dnf: system,
  rpm: system,
  zypper: system,
  apk: system,
  pacman: system,
  'apt-key': aptKey,
  'add-apt-repository': aptKey,
} satisfies Record<string, ProgramReader>;
