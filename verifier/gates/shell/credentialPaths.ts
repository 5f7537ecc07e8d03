/** Places where keys, tokens and passwords are kept, as path endings; vendors' documentation names each. */
const CREDENTIAL_FILE =
  /(?:^|\/)(?:\.netrc|_netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.npmrc|\.pypirc|\.htpasswd|\.vault-token|\.boto|\.s3cfg|\.dockercfg|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|shadow-?|gshadow-?|master\.passwd|sudoers|krb5\.keytab|credentials\.(?:json|db|toml|xml)|application_default_credentials\.json|service[-_]account[\w-]*\.json|hosts\.yml|secrets?\.(?:ya?ml|json|toml)|\.bash_history|\.zsh_history|login\.keychain(?:-db)?|Login Data|logins\.json|key[34]\.db|cookies\.sqlite|wallet\.dat|terraform\.tfstate)$/;
const CREDENTIAL_FOLDER =
  /(?:^|\/)(?:\.ssh|\.gnupg|\.aws|\.azure|\.kube|\.password-store|\.config\/(?:gh|gcloud|glab-cli|hub|op|sops|solana|git\/credentials)|\.docker\/config\.json|\.gem\/credentials|\.cargo\/credentials(?:\.toml)?|\.config\/rclone|\.terraform\.d\/credentials\.tfrc\.json|Library\/Keychains|\.local\/share\/keyrings|etc\/(?:ssl\/private|sudoers\.d)|proc\/(?:self|\d+|\*)\/environ|run\/secrets)(?:\/|$)/;
/** Windows' own: the account databases, protected stores, browsers, answer files with passwords in them. */
const WINDOWS_CREDENTIAL =
  /\/(?:config\/(?:RegBack\/)?(?:SAM|SECURITY)|ntds\.dit|Microsoft\/(?:Credentials|Protect|Vault)(?:\/.*)?|(?:ConsoleHost|Visual Studio Code Host)_history\.txt|unattend(?:ed)?\.xml|sysprep\.(?:inf|xml)|Groups\.xml|Login Data|Local State|RDCMan\.settings|sitemanager\.xml|lsass[\w.-]*\.dmp)$/i;
const PRIVATE_KEY_FILE = /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk)$/;
const ENVIRONMENT_FILE = /(?:^|\/)\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$|test$)[\w.-]+)?$/;
const PUBLIC =
  /(?:\.pub|known_hosts|authorized_keys|\.ssh\/config|\.aws\/config|pubring\.\w+|public\w*\.(?:pem|key|asc|gpg)|\.pub\.\w+|(?:ca|cert|chain|fullchain|bundle)[\w-]*\.pem)$/;

/** Whether reading the file gives away a secret. Public keys, certificates and `.env.example` do not. */
export function isCredentialPath(path: string): boolean {
  if (PUBLIC.test(path)) return false;
  return (
    CREDENTIAL_FILE.test(path) ||
    CREDENTIAL_FOLDER.test(path) ||
    PRIVATE_KEY_FILE.test(path) ||
    WINDOWS_CREDENTIAL.test(path) ||
    ENVIRONMENT_FILE.test(path)
  );
}

/** A project's `.env`: everyday to read, grave to send. */
export function isEnvironmentFile(path: string): boolean {
  return ENVIRONMENT_FILE.test(path);
}
