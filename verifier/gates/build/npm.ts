import type { BuildFact, BuildTrait } from '../../policy/facts.ts';
import type { JsonLeaf } from './json.ts';
import { looksLikeOther } from './lookAlikes.ts';

const DEPENDENCIES = new Set(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);
const INSTALL_SCRIPTS = new Set(['preinstall', 'install', 'postinstall', 'preuninstall', 'postuninstall', 'prepare']);
const FETCHES = /\b(?:curl|wget|nc|ncat|Invoke-WebRequest|iwr|DownloadString|certutil|bitsadmin)\b|https?:\/\/|\/dev\/tcp|\bnslookup\b/i;
const HIDES =
  /\b(?:ba|z)?sh\s+-c\b|\b(?:node|nodejs|bun|deno)\s+(?:-e|-p|--eval|eval)\b|\b(?:python3?|perl|ruby|php)\s+-[cer]\b|\bbase64\b|\beval\b|\batob\(|fromCharCode|\\x[0-9a-f]{2}|powershell[^\n]*\s-e(?:nc\w*)?\s/i;

const at = ({ start, end }: JsonLeaf, kind: BuildFact['kind'], traits: readonly BuildTrait[]): BuildFact => ({ kind, traits, start, end });

/** What package.json says of packages and of what runs at install time. */
export function npmManifestFacts(leaves: readonly JsonLeaf[]): BuildFact[] {
  return leaves.flatMap((leaf): BuildFact[] => {
    const [section = '', name = '', rest] = leaf.path;
    if (rest !== undefined) return [];
    if (section === 'scripts' && INSTALL_SCRIPTS.has(name)) return installScript(leaf, name);
    return DEPENDENCIES.has(section) ? dependency(leaf, name, section) : [];
  });
}

function installScript(leaf: JsonLeaf, name: string): BuildFact[] {
  const traits: BuildTrait[] = [];
  if (FETCHES.test(leaf.value)) traits.push('fetches');
  // `prepare` runs at the developer's, where one-liners are common.
  if (HIDES.test(leaf.value) && name !== 'prepare') traits.push('hidden');
  return traits.length === 0 ? [] : [at(leaf, 'install-script', traits)];
}

function dependency(leaf: JsonLeaf, name: string, section: string): BuildFact[] {
  const traits: BuildTrait[] = [];
  const { value } = leaf;
  if (looksLikeOther('npm', name)) traits.push('look-alike');
  if (section === 'dependencies' && !name.startsWith('@') && /^(?:\*|latest|x|>=?\s*0(?:\.0){0,2}|)$/.test(value)) traits.push('floating');
  if (
    /^(?:https?:\/\/|git(?:\+\w+)?:\/\/|git@|(?:github|gitlab|bitbucket|gist):|[\w.-]+\/[\w.-]+(?:#|$))/.test(value) &&
    !/#(?:[0-9a-f]{40}$|semver:)/.test(value)
  )
    traits.push('from-address');
  if (/^(?:http|git\+http|git):\/\//.test(value)) traits.push('plain-http');
  return traits.length === 0 ? [] : [at(leaf, 'dependency', traits)];
}

const REGISTRIES =
  /^(?:registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|registry\.npmmirror\.com|codeload\.github\.com|github\.com|localhost)$/;

/** Where a lock file says that packages come from. */
export function npmLockFacts(leaves: readonly JsonLeaf[]): BuildFact[] {
  const resolved = leaves.flatMap((leaf) => {
    if (leaf.path.at(-1) !== 'resolved') return [];
    const [, scheme = '', host = ''] = /^(\w[\w+]*):\/\/(?:[^@/]*@)?([^/:]+)/.exec(leaf.value) ?? [];
    return host === '' ? [] : [{ leaf, scheme, host: host.toLowerCase() }];
  });
  const counts = new Map<string, number>();
  for (const { host } of resolved) counts.set(host, (counts.get(host) ?? 0) + 1);
  const named = new Set(leaves.filter(({ path }) => path.at(-1) === 'name').map(({ path }) => path.slice(0, -1).join('\n')));
  return resolved.flatMap(({ leaf, scheme, host }): BuildFact[] => {
    const traits: BuildTrait[] = [];
    if (scheme === 'http' && !/^(?:localhost|127\.)/.test(host)) traits.push('plain-http');
    // A registry of one's own serves most of the packages; one that serves a few is foreign.
    const few = (counts.get(host) ?? 0) * 5 < resolved.length;
    if (!REGISTRIES.test(host) && few && scheme.startsWith('http')) traits.push('foreign-host');
    if (REGISTRIES.test(host) && !named.has(leaf.path.slice(0, -1).join('\n')) && servesOther(leaf)) traits.push('foreign-host');
    return traits.length === 0 ? [] : [at(leaf, 'locked-source', traits)];
  });
}

/** Whether the address is that of a package of another name than the entry's. */
function servesOther({ path, value }: JsonLeaf): boolean {
  const own = (path.at(-2) ?? '').replace(/^.*node_modules\//, '');
  const served = /^https?:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\/((?:@[^/]+\/|@[^/]+%2f)?[^/]+)\/-\//i
    .exec(value)?.[1]
    ?.replace(/%2f/i, '/');
  // Only entries of `node_modules/…` name what they are; others are folders or aliases.
  return served !== undefined && path.at(-2)?.includes('node_modules/') === true && served !== own;
}

/** composer.json: packages of any version or of a branch, checks that are off, repositories. */
export function composerFacts(leaves: readonly JsonLeaf[]): BuildFact[] {
  return leaves.flatMap((leaf): BuildFact[] => {
    const [section = '', name = ''] = leaf.path;
    const { value } = leaf;
    if (section === 'config' && ((name === 'secure-http' && value === 'false') || (name === 'disable-tls' && value === 'true')))
      return [at(leaf, 'check-off', [])];
    if (section === 'repositories' && leaf.path.at(-1) === 'url' && /^http:\/\/(?!localhost|127\.)/.test(value))
      return [at(leaf, 'registry', ['plain-http'])];
    if (section === 'scripts' && /^(?:pre|post)-(?:install|update)-cmd$/.test(name) && FETCHES.test(value))
      return [at(leaf, 'install-script', ['fetches'])];
    if (section === 'require' && name.includes('/') && /^(?:\*|dev-(?:master|main)|@dev)$/.test(value))
      return [at(leaf, 'dependency', ['floating'])];
    return [];
  });
}
