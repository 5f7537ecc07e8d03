import type { BuildFact, BuildFormat, BuildTrait } from '../../policy/facts.ts';
import { looksLikeOther } from './lookAlikes.ts';
import type { Registry } from './popularPackages.ts';

const LOCAL = /^https?:\/\/(?:[^@/]*@)?(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)/;
/** A line longer than this is no line of a manifest that people write. */
const MAX_LINE = 2_000;

interface Line {
  readonly text: string;
  readonly start: number;
}

function* linesOf(text: string, comment: RegExp): Generator<Line> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + MAX_LINE));
    if (!comment.test(line) && line.trim() !== '') yield { text: line, start };
    start = end + 1;
  }
}

function fact({ text, start }: Line, kind: BuildFact['kind'], traits: readonly BuildTrait[] = []): BuildFact {
  const bare = text.trim();
  const from = start + text.indexOf(bare);
  return { kind, traits, start: from, end: from + bare.length };
}

const isPlain = (address: string): boolean => /^http:\/\//.test(address) && !LOCAL.test(address);

/** requirements.txt and constraints. */
export function requirementsFacts(text: string): BuildFact[] {
  const facts: BuildFact[] = [];
  for (const line of linesOf(text, /^\s*#/)) {
    const index = /^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links)[\s=]+(\S+)/.exec(line.text)?.[1];
    if (index !== undefined && isPlain(index)) facts.push(fact(line, 'registry', ['plain-http']));
    if (/^\s*--trusted-host[\s=]/.test(line.text)) facts.push(fact(line, 'check-off'));
    const name = /^\s*([A-Za-z0-9][\w.-]{0,100})\s*(?:\[|[=<>!~;@#]|$)/.exec(line.text)?.[1];
    if (name !== undefined && looksLikeOther('pypi', name)) facts.push(fact(line, 'dependency', ['look-alike']));
  }
  return facts;
}

/** A key of a settings file with the heading that it stands under. */
interface Entry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: Line;
}

function* entries(text: string): Generator<Entry> {
  let section = '';
  let list = '';
  for (const line of linesOf(text, /^\s*[#;]/)) {
    const heading = /^\s*\[{1,2}\s*([^\]]{1,200}?)\s*\]{1,2}\s*(?:#.*)?$/.exec(line.text)?.[1];
    if (heading !== undefined && list === '') {
      section = heading.replaceAll('"', '');
      continue;
    }
    if (list !== '') {
      if (/^\s*\]/.test(line.text)) list = '';
      else yield { section, key: list, value: line.text.trim(), line };
      continue;
    }
    const [, key, value] = /^\s*("?[@\w./:-]{1,200}"?)\s*=\s*(.*?)\s*$/.exec(line.text) ?? [];
    if (key === undefined || value === undefined) continue;
    yield { section, key: key.replaceAll('"', ''), value, line };
    if (/^\[[^\]]*$/.test(value)) list = key;
  }
}

const POETRY = /^tool\.poetry\.(?:dependencies|dev-dependencies|group\.[\w-]+\.dependencies)$/;
const CARGO = /^(?:workspace\.)?(?:dev-|build-)?dependencies$|^target\..*dependencies$/;

/** `.npmrc`, `pip.conf`, `pyproject.toml`, `Pipfile`, `Cargo.toml` and its config: keys under headings. */
export function settingsFacts(text: string, format: BuildFormat): BuildFact[] {
  return [...entries(text)].flatMap((entry) => settingFacts(entry, format));
}

function settingFacts({ section, key, value, line }: Entry, format: BuildFormat): BuildFact[] {
  const plain = value.replace(/^["']|["'],?$/g, '');
  if (checkOff(key, plain)) return [fact(line, 'check-off')];
  if (/^(?:.*registry|(?:extra-)?index-url|find-links|index|proxy-registry)$/.test(key) && isPlain(plain))
    return [fact(line, 'registry', ['plain-http'])];
  if (key === 'url' && /\bsource\b|\bindex\b/.test(section) && isPlain(plain)) return [fact(line, 'registry', ['plain-http'])];
  if (/^(?:registry|index)$/.test(key) && /^source\.|^registries\./.test(section) && isPlain(plain.replace(/^sparse\+/, '')))
    return [fact(line, 'registry', ['plain-http'])];
  const cargo = format === 'cargo' && CARGO.test(section);
  if (cargo || (format === 'pyproject' && POETRY.test(section)) || (format === 'pipfile' && /^(?:dev-)?packages$/.test(section)))
    return dependency(key, value, line, cargo ? 'crates' : 'pypi');
  if (format === 'pyproject' && section === 'project' && key === 'dependencies') {
    const named = [...value.matchAll(/["']([A-Za-z0-9][\w.-]{0,100})/g)].map(([, found]) => found ?? '');
    if (named.some((found) => looksLikeOther('pypi', found))) return [fact(line, 'dependency', ['look-alike'])];
  }
  return [];
}

function checkOff(key: string, value: string): boolean {
  return (
    (/^(?:strict-ssl|verify_ssl|package-lock-verify)$/.test(key) && value === 'false') ||
    (/^(?:trusted-host|trusted_host)$/.test(key) && value !== '') ||
    (key === 'check-revoke' && value === 'false')
  );
}

function dependency(name: string, value: string, line: Line, registry: Registry): BuildFact[] {
  const traits: BuildTrait[] = [];
  if (name !== 'python' && looksLikeOther(registry, name)) traits.push('look-alike');
  if (registry === 'crates' && /^"\*"|\bversion\s*=\s*"\*"/.test(value)) traits.push('floating');
  const address = /\b(?:git|url)\s*=\s*"([^"]*)"/.exec(value)?.[1];
  if (address !== undefined && !/\b(?:rev|ref)\s*=\s*"[0-9a-f]{7,40}"|\btag\s*=|\bsha256=|\bhash(?:es)?\s*=/.test(value))
    traits.push('from-address');
  if (address !== undefined && /^(?:git\+)?http:\/\/|^git:\/\//.test(address)) traits.push('plain-http');
  return traits.length === 0 ? [] : [fact(line, 'dependency', traits)];
}

/** `yarn.lock`: where packages come from. */
export function yarnLockFacts(text: string): BuildFact[] {
  return [...linesOf(text, /^\s*#/)].flatMap((line) => {
    const address = /^\s+resolved\s+"([^"]+)"/.exec(line.text)?.[1];
    return address !== undefined && isPlain(address) ? [fact(line, 'locked-source', ['plain-http'])] : [];
  });
}

/** `.yarnrc.yml` and `.yarnrc`. */
export function yarnSettingsFacts(text: string): BuildFact[] {
  return [...linesOf(text, /^\s*#/)].flatMap((line): BuildFact[] => {
    const [, key = '', value = ''] = /^\s*"?([\w-]+)"?:?\s+["']?([^"'\s]+)/.exec(line.text) ?? [];
    if (/^(?:enableStrictSsl|strict-ssl)$/.test(key) && value === 'false') return [fact(line, 'check-off')];
    return /^(?:npmRegistryServer|registry)$/.test(key) && isPlain(value) ? [fact(line, 'registry', ['plain-http'])] : [];
  });
}

/** `Gemfile`: where gems come from. */
export function gemfileFacts(text: string): BuildFact[] {
  return [...linesOf(text, /^\s*#/)].flatMap((line) => {
    const address = /^\s*source\s*\(?\s*["']([^"']+)/.exec(line.text)?.[1];
    return address !== undefined && isPlain(address) ? [fact(line, 'registry', ['plain-http'])] : [];
  });
}

/** `go.mod`: a module that is replaced by one of somebody else at no fixed version. */
export function goModuleFacts(text: string): BuildFact[] {
  return [...linesOf(text, /^\s*\/\//)].flatMap((line) =>
    /^\s*(?:replace\s+)?\S+(?:\s+v\S+)?\s+=>\s+[\w.-]+\.\w+\/\S+\s+(?:latest|master|main|HEAD)\b/.test(line.text)
      ? [fact(line, 'dependency', ['floating'])]
      : [],
  );
}

/** `pom.xml`, `*.csproj`, `NuGet.config`: versions that float and sources over plain HTTP. */
export function xmlProjectFacts(text: string): BuildFact[] {
  const plain = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const facts: BuildFact[] = [];
  let repository = 0;
  for (const line of linesOf(plain, /^\s*$/)) {
    if (/<(?:plugin)?[Rr]epository>/.test(line.text)) repository = 12;
    else repository--;
    if (/<version>\s*(?:LATEST|RELEASE)\s*<\/version>|<PackageReference\b[^>]*\bVersion="\*(?:-\*)?"/.test(line.text))
      facts.push(fact(line, 'dependency', ['floating']));
    const address = /<url>\s*(http:\/\/[^<\s]+)/.exec(line.text)?.[1] ?? /<add\s[^>]*\bvalue="(http:\/\/[^"]+)"[^>]*>/.exec(line.text)?.[1];
    if (address !== undefined && isPlain(address) && (repository > 0 || line.text.includes('<add')))
      facts.push(fact(line, 'registry', ['plain-http']));
  }
  return facts;
}
