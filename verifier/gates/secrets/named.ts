import type { SecretKind } from '../../policy/facts.ts';

/** A credential without a form of its own: known by its provider's name before it and by its shape. */
export interface NamedFormat {
  readonly kind: SecretKind;
  readonly format: string;
  /** One of these stands in the name to which the value is assigned; compared without case. */
  readonly names: readonly string[];
  /** What the whole value looks like. */
  readonly shape: RegExp;
}

const HEX32 = /^[0-9a-f]{32}$/i;
const HEX64 = /^[0-9a-f]{64}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const named = (kind: SecretKind, format: string, names: readonly string[], shape: RegExp): NamedFormat => ({ kind, format, names, shape });

/** Credentials by provider: lengths and alphabets as their documentation and their consoles show them. */
export const NAMED_FORMATS: readonly NamedFormat[] = [
  named(
    'cloud-key',
    'aws-secret-key',
    ['aws', 'secret_access_key', 'secretaccesskey', 'secret-access-key'],
    /^(?![0-9a-f]{40}$)[A-Za-z0-9/+]{40}$/,
  ),
  named(
    'cloud-key',
    'aws-session-token',
    ['aws_session_token', 'session_token', 'sessiontoken', 'security_token'],
    /^[A-Za-z0-9/+]{100,}={0,2}$/,
  ),
  named(
    'cloud-key',
    'azure-storage-key',
    ['accountkey', 'account_key', 'storage_key', 'storagekey', 'azure', 'cosmos'],
    /^[A-Za-z0-9+/]{86}==$/,
  ),
  named(
    'cloud-key',
    'azure-shared-access-key',
    ['sharedaccesskey', 'azure', 'primarykey', 'primary_key', 'accesskey'],
    /^[A-Za-z0-9+/]{43}=$/,
  ),
  named('cloud-key', 'azure-service-key', ['azure', 'ocp-apim', 'cognitive'], HEX32),
  named('cloud-key', 'alibaba-secret-key', ['alibaba', 'aliyun', 'alicloud'], /^[A-Za-z0-9]{30}$/),
  named('cloud-key', 'tencent-secret-key', ['tencent', 'secretkey'], /^[A-Za-z0-9]{32}$/),
  named('cloud-key', 'ibm-key', ['ibm', 'watson', 'bluemix', 'softlayer'], /^[A-Za-z0-9_-]{44}$|^[a-z0-9]{64}$/i),
  named('cloud-key', 'oracle-auth-token', ['oci', 'oracle'], /^[A-Za-z0-9/+=:~.#!?@_-]{20}$/),
  named('cloud-key', 'linode-token', ['linode'], HEX64),
  named('cloud-key', 'hetzner-token', ['hetzner', 'hcloud'], /^[A-Za-z0-9]{64}$/),
  named('cloud-key', 'scaleway-secret-key', ['scaleway', 'scw'], UUID),
  named('cloud-key', 'ovh-key', ['ovh'], /^[A-Za-z0-9]{16,32}$/),
  named('cloud-key', 'vultr-key', ['vultr'], /^[A-Z0-9]{36}$/),
  named('cloud-key', 'cloudflare-token', ['cloudflare', 'cf_'], /^[A-Za-z0-9_-]{40}$|^[0-9a-f]{37}$/),
  named('cloud-key', 'fastly-token', ['fastly'], /^[A-Za-z0-9_=-]{32}$/),
  named('cloud-key', 'heroku-key', ['heroku'], UUID),
  named('cloud-key', 'railway-token', ['railway'], UUID),
  named('cloud-key', 'netlify-token', ['netlify'], /^[A-Za-z0-9_=-]{40,46}$/),
  named('cloud-key', 'vercel-token', ['vercel', 'zeit'], /^[A-Za-z0-9]{24}$/),
  named('cloud-key', 'consul-nomad-token', ['consul', 'nomad'], UUID),
  named('cloud-key', 'vault-token', ['vault'], /^s\.[A-Za-z0-9]{24}$/),
  named('cloud-key', 'meraki-key', ['meraki'], /^[0-9a-f]{40}$/),
  named('cloud-key', 'snowflake-password', ['snowflake', 'snowsql'], /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9!@#%^&*_+=.~-]{10,64}$/),
  named('cloud-key', 'confluent-key', ['confluent'], /^[A-Z0-9]{16}$|^[A-Za-z0-9+/]{64}$/),
  named('cloud-key', 'mongodb-atlas-key', ['atlas', 'mongodb'], UUID),
  named('cloud-key', 'yandex-key', ['yandex'], /^(?:AQVN[A-Za-z0-9_-]{35,38}|YC[A-Za-z0-9_-]{38}|y[0-9]_[A-Za-z0-9_-]{50,60})$/),
  named('vcs-token', 'bitbucket-secret', ['bitbucket'], /^(?:[A-Za-z0-9]{32}|[A-Za-z0-9=_-]{64}|[A-Za-z0-9]{18,20})$/),
  named('vcs-token', 'gitea-token', ['gitea', 'forgejo', 'codeberg'], /^[0-9a-f]{40}$/),
  named('vcs-token', 'github-legacy-token', ['github', 'gh_token', 'ghe_token', 'gitlab'], /^[0-9a-f]{40}$|^[A-Za-z0-9_-]{20}$/),
  named('vcs-token', 'azure-devops-token', ['azure_devops', 'azuredevops', 'azdo', 'vsts', 'system_accesstoken'], /^[a-z2-7]{52}$/),
  named('vcs-token', 'sourcegraph-token', ['sourcegraph', 'src_access'], /^[0-9a-f]{40}$/),
  named('vcs-token', 'gitter-token', ['gitter'], /^[A-Za-z0-9_-]{40}$/),
  named(
    'chat-token',
    'discord-secret',
    ['discord'],
    /^(?:[0-9a-f]{64}|[A-Za-z0-9=_-]{32}|[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})$/,
  ),
  named('chat-token', 'telegram-token', ['telegram', 'tg_bot', 'bot_token'], /^\d{6,12}:[A-Za-z0-9_-]{35}$/),
  named('chat-token', 'mattermost-token', ['mattermost'], /^[a-z0-9]{26}$/),
  named('chat-token', 'slack-secret', ['slack'], HEX32),
  named('chat-token', 'twilio-token', ['twilio'], HEX32),
  named('chat-token', 'nexmo-secret', ['nexmo', 'vonage'], /^[A-Za-z0-9]{16}$/),
  named('chat-token', 'messagebird-key', ['messagebird', 'message_bird', 'message-bird'], /^[A-Za-z0-9]{25}$/),
  named('chat-token', 'sendbird-token', ['sendbird'], /^[0-9a-f]{40}$/),
  named('chat-token', 'postmark-token', ['postmark'], UUID),
  named('chat-token', 'mailgun-key', ['mailgun'], /^(?:[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}|pubkey-[0-9a-f]{32}|[0-9a-f]{32})$/),
  named('chat-token', 'mailjet-key', ['mailjet', 'mj_api'], HEX32),
  named('chat-token', 'sparkpost-key', ['sparkpost'], /^[0-9a-f]{40}$/),
  named('payment-key', 'plaid-secret', ['plaid'], /^[A-Za-z0-9]{30}$/),
  named('payment-key', 'braintree-key', ['braintree', 'bt_private'], HEX32),
  named('payment-key', 'paypal-secret', ['paypal'], /^[A-Za-z0-9_-]{80}$/),
  named('payment-key', 'razorpay-secret', ['razorpay'], /^[A-Za-z0-9]{24}$/),
  named('payment-key', 'coinbase-token', ['coinbase'], /^[A-Za-z0-9_-]{64}$|^[A-Za-z0-9]{32}$|^[A-Za-z0-9+/]{86}==$/),
  named('payment-key', 'exchange-key', ['kraken'], /^[A-Za-z0-9/=_+-]{56}$|^[A-Za-z0-9/=_+-]{80,90}$/),
  named('payment-key', 'exchange-key', ['binance', 'bybit'], /^[A-Za-z0-9]{18,64}$/),
  named(
    'payment-key',
    'exchange-key',
    ['bittrex', 'kucoin'],
    /^(?:[A-Za-z0-9]{32}|[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  ),
  named('payment-key', 'finicity-secret', ['finicity'], /^(?:[0-9a-f]{32}|[A-Za-z0-9]{20})$/),
  named('payment-key', 'freshbooks-token', ['freshbooks'], /^[A-Za-z0-9]{64}$/),
  named('payment-key', 'shopify-secret', ['shopify'], HEX32),
  named('payment-key', 'etsy-key', ['etsy'], /^[A-Za-z0-9]{24}$/),
  named('ai-key', 'cohere-key', ['cohere', 'co_api_key'], /^[A-Za-z0-9]{40}$/),
  named('ai-key', 'mistral-key', ['mistral', 'codestral'], /^[A-Za-z0-9]{32}$/),
  named('ai-key', 'together-key', ['together'], HEX64),
  named('ai-key', 'deepseek-key', ['deepseek', 'dashscope', 'moonshot'], /^sk-[0-9a-f]{32}$/),
  named('ai-key', 'pinecone-key', ['pinecone'], UUID),
  named('ai-key', 'wandb-key', ['wandb', 'weights_and_biases'], /^(?:local-)?[0-9a-f]{40}$/),
  named('ai-key', 'elevenlabs-key', ['elevenlabs', 'eleven_labs', 'xi-api-key', 'xi_api_key'], /^(?:sk_[0-9a-f]{48}|[0-9a-f]{32})$/),
  named('ai-key', 'deepgram-key', ['deepgram', 'assemblyai', 'assembly_ai'], /^[0-9a-f]{32}(?:[0-9a-f]{8})?$/),
  named('ai-key', 'azure-openai-key', ['openai', 'bing_search'], HEX32),
  named('ai-key', 'private-ai-key', ['private_ai', 'privateai', 'private-ai'], /^[a-z0-9]{32}$/),
  named('package-token', 'npm-legacy-token', ['_authtoken', 'npm_token'], UUID),
  named('package-token', 'jfrog-token', ['jfrog', 'artifactory', 'bintray', 'xray'], /^[A-Za-z0-9]{64}$|^[A-Za-z0-9]{73}$/),
  named('package-token', 'docker-hub-token', ['docker', 'dockerhub'], UUID),
  named('package-token', 'sonar-token', ['sonar'], /^[A-Za-z0-9_=-]{40}$/),
  named('package-token', 'circleci-token', ['circleci', 'circle_token', 'circle_ci'], /^[0-9a-f]{40}$/),
  named('package-token', 'travis-token', ['travis'], /^[A-Za-z0-9_-]{22}$/),
  named('package-token', 'drone-token', ['drone'], /^[A-Za-z0-9]{32}$/),
  named('package-token', 'codecov-token', ['codecov'], /^[A-Za-z0-9]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  named(
    'package-token',
    'coveralls-token',
    ['coveralls', 'codacy', 'code_climate', 'cc_test_reporter'],
    /^[A-Za-z0-9]{32,33}$|^[0-9a-f]{64}$/,
  ),
  named('package-token', 'snyk-token', ['snyk'], UUID),
  named('package-token', 'nuget-key', ['nuget'], /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[a-z0-9]{46}$/),
  named('package-token', 'jenkins-token', ['jenkins'], /^(?:11)?[0-9a-f]{32}$/),
  named('package-token', 'bitrise-token', ['bitrise', 'appveyor', 'wercker'], /^[A-Za-z0-9_-]{20,88}$/),
  named('package-token', 'sidekiq-credential', ['contribsys'], /^[0-9a-f]{8}:[0-9a-f]{8}$/),
];
