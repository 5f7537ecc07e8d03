import { checksum62 } from '../../../policy/templates.ts';
import { token } from '../tokenFormat.ts';

/** GitHub's and npm's tokens end with a checksum of what stands between it and the prefix. */
const checksummed = (value: string): boolean => {
  const body = value.slice(value.indexOf('_') + 1);
  return body.length === 36 && checksum62(body.slice(0, 30)) === body.slice(30);
};

/** Tokens of version control, package registries and pipelines, as their documentation describes them. */
export const DEVELOPMENT_FORMATS = [
  token('vcs-token', 'github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh[pousr]_[A-Za-z0-9]{30,255}', { proven: checksummed }),
  token('vcs-token', 'github-fine-grained-token', ['github_pat_'], 'github_pat_[A-Za-z0-9_]{40,255}'),
  token(
    'vcs-token',
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glrtr-', 'glptt-', 'glft-', 'glsoat-', 'glimt-', 'glagent-', 'glffct-', 'gloas-', 'glwt-'],
    'gl(?:pat|dt|rtr?|ptt|ft|soat|imt|agent|ffct|oas|wt)-[A-Za-z0-9_-]{20,}(?:\\.[0-9a-z.]{9,12})?',
  ),
  token('vcs-token', 'gitlab-job-token', ['glcbt-'], 'glcbt-(?:[0-9a-zA-Z]{1,5}_)?[A-Za-z0-9_-]{20,}'),
  token('vcs-token', 'gitlab-runner-registration-token', ['GR1348941'], 'GR1348941[A-Za-z0-9_-]{20}'),
  token('vcs-token', 'gitlab-session-cookie', ['_gitlab_session='], '_gitlab_session=[0-9a-z]{32}'),
  token('vcs-token', 'atlassian-token', ['ATATT3', 'ATBB', 'ATCTT3'], 'AT(?:ATT3|BB|CTT3)[A-Za-z0-9_=-]{24,}'),
  token('vcs-token', 'bitbucket-data-center-token', ['BBDC-'], 'BBDC-[A-Za-z0-9+/@_-]{40,}'),
  token('vcs-token', 'azure-devops-token', ['AZDO'], 'AZDO[A-Za-z0-9]{4}', { lead: { re: /^[A-Za-z0-9]{76}$/, reach: 76 } }),
  token('vcs-token', 'gitea-token', ['gta_'], 'gta_[A-Za-z0-9]{32,}', { wary: true }),
  token(
    'vcs-token',
    'sourcegraph-token',
    ['sgp_', 'slk_', 'sgd_'],
    '(?:sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}|(?:slk|sgd)_[a-f0-9]{64})',
  ),
  token('vcs-token', 'linear-key', ['lin_api_', 'lin_oauth_', 'lin_wh_'], 'lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,}'),
  token('package-token', 'npm-token', ['npm_'], 'npm_[A-Za-z0-9]{36}', { proven: checksummed }),
  token('package-token', 'pypi-token', ['pypi-'], 'pypi-Ag[A-Za-z0-9_-]{40,}'),
  token('package-token', 'rubygems-key', ['rubygems_'], 'rubygems_[0-9a-f]{48}'),
  token('package-token', 'crates-token', ['cio'], 'cio[A-Za-z0-9]{32}', { wary: true }),
  token('package-token', 'nuget-key', ['oy2'], 'oy2[a-z0-9]{43}', { wary: true }),
  token('package-token', 'clojars-token', ['CLOJARS_'], 'CLOJARS_[A-Za-z0-9]{60}'),
  token('package-token', 'hex-key', ['hexpm_'], 'hexpm_[A-Za-z0-9]{32,}'),
  token('package-token', 'jsr-token', ['jsrp_', 'jsrd_'], 'jsr[pd]_[A-Za-z0-9]{40,}'),
  token('package-token', 'docker-token', ['dckr_pat_', 'dckr_oat_'], 'dckr_[po]at_[A-Za-z0-9_-]{24,}'),
  token(
    'package-token',
    'docker-swarm-token',
    ['SWMTKN-1-', 'SWMKEY-1-'],
    'SWM(?:TKN-1-[a-z0-9]{50}-[a-z0-9]{25}|KEY-1-[A-Za-z0-9+/]{43})',
  ),
  token('package-token', 'artifactory-key', ['AKCp'], 'AKCp[A-Za-z0-9]{69}'),
  token('package-token', 'artifactory-reference-token', ['cmVmd'], 'cmVmd[A-Za-z0-9]{59}'),
  token('package-token', 'cloudsmith-key', ['ghcs_'], 'ghcs_[A-Za-z0-9]{36}'),
  token('package-token', 'postman-key', ['PMAK-'], 'PMAK-[0-9a-fA-F]{24}-[0-9a-fA-F]{34}'),
  token('package-token', 'sonar-token', ['squ_', 'sqp_', 'sqa_'], 'sq[upa]_[a-f0-9]{40}'),
  token('package-token', 'circleci-token', ['CCIPAT_', 'CCIPRJ_'], 'CCI(?:PAT|PRJ)_[A-Za-z0-9]{18,24}_[a-fA-F0-9]{40}'),
  token('package-token', 'buildkite-token', ['bkua_', 'bkct_', 'bkaj_', 'bkat_'], 'bk(?:ua|ct|aj|at)_[A-Za-z0-9]{36,}'),
  token('package-token', 'snyk-token', ['snyk_uat.', 'snyk_sat.'], 'snyk_[us]at\\.[A-Za-z0-9_-]{8}\\.[A-Za-z0-9_.-]{30,}'),
  token('package-token', 'harness-token', ['pat.', 'sat.'], '[ps]at\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}'),
  token('package-token', 'octopus-key', ['API-'], 'API-[A-Z0-9]{25,32}', { wary: true }),
  token('package-token', 'teamcity-token', ['eyJ0eXAiOiAiVENWMiJ9.'], 'eyJ0eXAiOiAiVENWMiJ9\\.[A-Za-z0-9_-]{36}\\.[A-Za-z0-9_-]{48}'),
  token('package-token', 'semgrep-token', ['sgp_app_'], 'sgp_app_[A-Za-z0-9]{40,}'),
  token('package-token', 'chromatic-token', ['chpt_'], 'chpt_[a-z0-9]{12,}', { wary: true }),
  token('package-token', 'nx-cloud-token', ['nxc_'], 'nxc_[A-Za-z0-9]{32,}', { wary: true }),
  token('package-token', 'trunk-token', ['trunk_'], 'trunk_[A-Za-z0-9]{40,}', { wary: true }),
  token('private-key', 'age-secret-key', ['AGE-SECRET-KEY-1'], 'AGE-SECRET-KEY-1[A-Z0-9]{50,}', {
    // Bech32 (BIP 173) leaves out what is easily mistaken.
    possible: (value) => !/[1BIO]/.test(value.slice('AGE-SECRET-KEY-1'.length)) || value.length > 74,
  }),
  token('private-key', 'age-secret-key', ['AGE-SECRET-KEY-PQ-1'], 'AGE-SECRET-KEY-PQ-1[A-Z0-9]{50,}'),
  token('private-key', 'wireguard-key', ['PrivateKey = '], 'PrivateKey = [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]='),
  token('private-key', 'json-web-key', ['"d":'], '"d": ?"[A-Za-z0-9_-]{42,700}"', { near: /"kty"/ }),
  token('private-key', 'bitcoin-private-key', ['xprv9'], 'xprv9[1-9A-HJ-NP-Za-km-z]{106}'),
];
