import type { SecretKind } from '../../policy/facts.ts';
import { Regexp } from '../../policy/regexp.ts';
import { checksum62 } from '../../policy/templates.ts';

/** A token that is known by how it begins. */
export interface TokenFormat {
  readonly kind: SecretKind;
  readonly format: string;
  /** One of these begins the token; compared without case first, then by the pattern with it. */
  readonly prefixes: readonly string[];
  /** Must match from the prefix on. */
  readonly re: Regexp;
  /** The prefix is short or wordlike: the rest must look random, and no word may run into it. */
  readonly wary: boolean;
  /** True where a checksum within the token holds, which no placeholder does by chance. */
  readonly proven: (value: string) => boolean;
}

interface Options {
  readonly wary?: boolean;
  readonly proven?: (value: string) => boolean;
}

function token(kind: SecretKind, format: string, prefixes: readonly string[], pattern: string, options: Options = {}): TokenFormat {
  const { wary = false, proven = () => false } = options;
  return { kind, format, prefixes, re: new Regexp(pattern), wary, proven };
}

/** GitHub's and npm's tokens end with a checksum of what stands between it and the prefix. */
const checksummed = (value: string): boolean => {
  const body = value.slice(value.indexOf('_') + 1);
  return body.length === 36 && checksum62(body.slice(0, 30)) === body.slice(30);
};

const W = '[A-Za-z0-9_-]';
const A = '[A-Za-z0-9]';
const H = '[0-9a-fA-F]';

/** Sources: each provider's own documentation of its token prefixes. */
export const TOKEN_FORMATS: readonly TokenFormat[] = [
  token('cloud-key', 'aws-access-key-id', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], 'A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}'),
  token('cloud-key', 'azure-client-secret', ['8Q~'], `8Q~[A-Za-z0-9_.~-]{31,34}`),
  token('cloud-key', 'google-oauth-token', ['ya29.'], `ya29\\.${W}{20,}`),
  token('cloud-key', 'google-oauth-secret', ['GOCSPX-'], `GOCSPX-${W}{20,}`),
  token('cloud-key', 'digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], `do[opr]_v1_${H}{40,}`),
  token('cloud-key', 'vault-token', ['hvs.', 'hvb.', 'hvr.'], `hv[sbr]\\.${W}{20,}`, { wary: true }),
  token('cloud-key', 'terraform-token', ['.atlasv1.'], `\\.atlasv1\\.${W}{40,}`),
  token('cloud-key', 'databricks-token', ['dapi'], `dapi${H}{32}`, { wary: true }),
  token('cloud-key', 'doppler-token', ['dp.pt.', 'dp.st.', 'dp.ct.'], `dp\\.[psc]t\\.[A-Za-z0-9_.-]{30,}`),
  token('cloud-key', 'grafana-token', ['glsa_', 'glc_'], `gl(?:sa|c)_[A-Za-z0-9_=+/-]{30,}`),
  token('cloud-key', 'planetscale-token', ['pscale_'], `pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,}`),
  token('cloud-key', 'supabase-token', ['sbp_'], `sbp_${H}{40}`),
  token('cloud-key', 'new-relic-key', ['NRAK-'], `NRAK-[A-Z0-9]{27}`),
  token('cloud-key', 'sentry-token', ['sntrys_', 'sntryu_'], `sntry[su]_[A-Za-z0-9_=+/-]{40,}`),
  token('vcs-token', 'github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], `gh[pousr]_${A}{30,255}`, { proven: checksummed }),
  token('vcs-token', 'github-fine-grained-token', ['github_pat_'], `github_pat_[A-Za-z0-9_]{40,255}`),
  token(
    'vcs-token',
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glimt-', 'glagent-'],
    `gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent)-${W}{20,}`,
  ),
  token('vcs-token', 'atlassian-token', ['ATATT3', 'ATBB', 'ATCTT3'], `AT(?:ATT3|BB|CTT3)[A-Za-z0-9_=-]{24,}`),
  token('vcs-token', 'linear-key', ['lin_api_'], `lin_api_${A}{32,}`),
  token(
    'chat-token',
    'slack-token',
    ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxe.', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    `(?:xox[abcdeoprs]|xapp)[.-][A-Za-z0-9.%-]{10,}`,
  ),
  token('chat-token', 'slack-webhook', ['hooks.slack.com/'], `hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/-]{20,}`),
  token('chat-token', 'discord-webhook', ['/api/webhooks/'], `/api/webhooks/[0-9]{15,22}/${W}{50,}`),
  token('chat-token', 'teams-webhook', ['webhook.office.com/'], `webhook\\.office\\.com/webhookb2/[A-Za-z0-9@/-]{60,}`),
  token('chat-token', 'telegram-token', [':AA'], `:AA${W}{33}`),
  token('chat-token', 'twilio-key', ['SK'], `SK[0-9a-f]{32}`, { wary: true }),
  token('chat-token', 'sendgrid-key', ['SG.'], `SG\\.${W}{16,32}\\.${W}{16,64}`),
  token('payment-key', 'stripe-key', ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'], `[rs]k_(?:live|test)_${A}{16,}`),
  token('payment-key', 'stripe-webhook-secret', ['whsec_'], `whsec_[A-Za-z0-9+/=]{24,}`),
  token('payment-key', 'square-token', ['sq0atp-', 'sq0csp-', 'sq0idp-'], `sq0(?:atp|csp|idp)-${W}{22,}`),
  token('payment-key', 'shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], `shp(?:at|ca|pa|ss)_${H}{32}`),
  token('payment-key', 'braintree-token', ['access_token$'], `access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[0-9a-f]{32}`),
  token('ai-key', 'anthropic-key', ['sk-ant-'], `sk-ant-${W}{24,}`),
  token('ai-key', 'openai-key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], `sk-(?:proj|svcacct|admin|None)-${W}{24,}`),
  token('ai-key', 'openrouter-key', ['sk-or-v1-'], `sk-or-v1-${H}{40,}`),
  token('ai-key', 'openai-key', ['sk-'], `sk-${A}{32,}`, { wary: true }),
  token('ai-key', 'google-api-key', ['AIza'], `AIza${W}{35}`),
  token('ai-key', 'huggingface-token', ['hf_', 'api_org_'], `(?:hf|api_org)_${A}{30,}`),
  token('ai-key', 'groq-key', ['gsk_'], `gsk_${A}{40,}`),
  token('ai-key', 'replicate-token', ['r8_'], `r8_${A}{36,}`, { wary: true }),
  token('ai-key', 'xai-key', ['xai-'], `xai-${A}{60,}`),
  token('ai-key', 'perplexity-key', ['pplx-'], `pplx-${A}{40,}`),
  token('package-token', 'npm-token', ['npm_'], `npm_${A}{36}`, { proven: checksummed }),
  token('package-token', 'pypi-token', ['pypi-'], `pypi-Ag${W}{40,}`),
  token('package-token', 'rubygems-key', ['rubygems_'], `rubygems_${H}{48}`),
  token('package-token', 'docker-token', ['dckr_pat_', 'dckr_oat_'], `dckr_[po]at_${W}{24,}`),
  token('package-token', 'nuget-key', ['oy2'], `oy2[a-z0-9]{43}`, { wary: true }),
  token('package-token', 'postman-key', ['PMAK-'], `PMAK-${H}{24}-${H}{34}`),
  token('private-key', 'age-secret-key', ['AGE-SECRET-KEY-1'], `AGE-SECRET-KEY-1[A-Z0-9]{50,}`),
];
