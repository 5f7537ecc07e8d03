import type { BuildFormat } from '../../policy/facts.ts';

const BY_NAME: ReadonlyMap<string, BuildFormat> = new Map([
  ['package.json', 'npm-manifest'],
  ['package-lock.json', 'npm-lock'],
  ['npm-shrinkwrap.json', 'npm-lock'],
  ['yarn.lock', 'yarn-lock'],
  ['composer.json', 'composer'],
  ['.npmrc', 'settings'],
  ['pip.conf', 'settings'],
  ['pip.ini', 'settings'],
  ['pyproject.toml', 'pyproject'],
  ['pipfile', 'pipfile'],
  ['cargo.toml', 'cargo'],
  ['.yarnrc', 'yarn-settings'],
  ['.yarnrc.yml', 'yarn-settings'],
  ['gemfile', 'gemfile'],
  ['go.mod', 'go-module'],
  ['pom.xml', 'xml-project'],
  ['nuget.config', 'xml-project'],
]);

/** The name of a file in small letters, without its folders. */
function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
}

/** Which structure a file has; undefined where none is read. Where there is no path, as in a fence, the text must tell. */
export function buildFormat(text: string, language: string, path: string): BuildFormat | undefined {
  const name = fileName(path);
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  if (language === 'dockerfile') return 'dockerfile';
  if (/(?:^|[\\/])\.cargo[\\/]config(?:\.toml)?$/.test(path)) return 'cargo';
  if (/^(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)$/.test(name) || language === 'pip-requirements')
    return 'pip-requirements';
  if (/\.(?:cs|fs|vb)proj$/.test(name)) return 'xml-project';
  if (language === 'json' && name === '' && /"(?:dependencies|devDependencies)"\s*:/.test(text)) return 'npm-manifest';
  if (language !== 'yaml' && language !== 'dockercompose' && language !== 'github-actions-workflow') return undefined;
  if (/(?:^|[\\/])\.github[\\/]workflows[\\/]/.test(path) || /^action\.ya?ml$/.test(name)) return 'workflow';
  if (/^(?:docker-)?compose(?:[-_.].*)?\.ya?ml$/.test(name)) return 'compose';
  if (/^\s*(?:-\s+)?uses:\s+["']?[\w.-]+\/[\w./-]+@/m.test(text) || (/^jobs:/m.test(text) && /^\s+runs-on:/m.test(text))) return 'workflow';
  return /^services:\s*$/m.test(text) && /^\s+(?:image|build):/m.test(text) ? 'compose' : undefined;
}
