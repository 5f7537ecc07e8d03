/** What a command does. Rules are written on these, not on spellings. */
export const EFFECT_KINDS = [
  'delete', // files or folders go away
  'overwrite', // contents are lost, truncated or replaced
  'wipe', // a disk, partition, file system or volume
  'remote-code', // downloaded or decoded text is executed
  'send-out', // local data leaves the machine
  'read-credential', // keys, tokens, password stores
  'permission', // mode, owner, ACL
  'privilege', // becoming root, setuid, sudoers, capabilities
  'persist', // cron, shell start files, services, authorized keys
  'destroy-history', // git history or work tree, shell history, reflog
  'destroy-data', // databases, caches, queues
  'destroy-infrastructure', // cloud, cluster, container, VM state
  'disable-protection', // firewall, SELinux, audit, signature and TLS checks, hooks
  'exhaust', // fork bombs, filling disks, killing everything
  'shut-down', // power-off, reboot, killing init or the session
  'reverse-shell', // a shell wired to a socket
  'install', // packages or tools are brought in
  'unresolved', // a program, code or target that can't be known from the text, in a dangerous position
] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

/** How grave a target is. `unknown`: a glob, variable or substitution that the text does not resolve. */
export const TARGET_CLASSES = [
  'root',
  'home',
  'system',
  'device',
  'repository', // .git and other version-control metadata
  'credential',
  'guard', // this product's own files, settings, hooks
  'outside', // outside the workspace, none of the above
  'workspace-root', // the whole workspace, `.` or `*`
  'workspace',
  'build-output',
  'temporary',
  'unknown',
  'none',
] as const;
export type TargetClass = (typeof TARGET_CLASSES)[number];

export const EFFECT_TRAITS = [
  'recursive',
  'force',
  'broad', // a glob or a set, not one named thing
  'unresolved-target',
  'unrecoverable',
  'history', // rewrites or discards published history
  'work-tree', // discards uncommitted work
  'remote', // acts on a remote: push, ssh, cluster, cloud
  'protected-branch',
  'elevated', // under sudo, doas, su, runas
  'world-writable',
  'setuid',
  'downloaded',
  'decoded', // base64, hex, gzip, rev …
  'plain-http',
  'unpinned',
  'unknown-source', // not the configured registry: a URL, a git address, another index
  'unverified', // TLS or signature checks off
  'all', // everything of its kind: all containers, all databases
  'mentioned', // in prose or a prompt rather than a command to be run
] as const;
export type EffectTrait = (typeof EFFECT_TRAITS)[number];

export interface Effect {
  readonly kind: EffectKind;
  /** The program that does it, as a bare name. */
  readonly program: string;
  readonly target: TargetClass;
  /** The target's text as resolved, for messages; redacted before it is shown. */
  readonly targetText?: string;
  readonly traits: readonly EffectTrait[];
  /** UTF-16 offsets within the text that was analysed, or within the script's. */
  readonly start: number;
  readonly end: number;
  /** Absolute path of the script that does it, where the analysed text only runs that. */
  readonly script?: string;
}

export const SECRET_KINDS = [
  'private-key',
  'cloud-key', // AWS, GCP, Azure …
  'vcs-token', // GitHub, GitLab, Bitbucket
  'chat-token', // Slack, Discord, Telegram
  'payment-key', // Stripe, Square …
  'ai-key', // OpenAI, Anthropic, Google …
  'package-token', // npm, PyPI …
  'database-url',
  'basic-auth-url',
  'jwt',
  'service-key', // monitoring, identity, content and other services
  'generic', // a high-entropy value under a telling name
] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** A credential found in a text. `value` is the real thing: it stays in the gate's memory. */
export interface Secret {
  readonly kind: SecretKind;
  /** E.g. `github-token`. */
  readonly format: string;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** A documented or obvious dummy (`example`, `xxxx`, `<…>`, `changeme`). */
  readonly dummy: boolean;
}

/** A part of a subject with its own language, cut out so that each rule sees only what it is about. */
export interface Segment {
  readonly zone: 'code' | 'shell' | 'prose' | 'config' | 'prompt';
  /** VS Code language id where known: shellscript, powershell, bat, python, … */
  readonly language?: string;
  readonly text: string;
  /** UTF-16 offset of `text` in the subject's text. */
  readonly offset: number;
  /** Set where a tool acts on what `text` names: a path, an address, or a statement for a database. */
  readonly act?: 'read' | 'write' | 'delete' | 'delete-tree' | 'request' | 'query';
  /** Folder in which a command runs, where the subject says it of this part alone. */
  readonly cwd?: string;
  /** Set on a command that runs where all files are made anew: in an image that is built, on a hosted runner. */
  readonly throwaway?: true;
  /** Set on a whole file whose structure is read. */
  readonly format?: BuildFormat;
}

/** Where a value does harm when somebody else chose it. */
export const CODE_SINKS = [
  'sql', // text of a statement
  'nosql', // a query object that may hold operators
  'command', // text for a shell, or the program itself
  'code', // text that is executed
  'template', // text of a template
  'ldap', // a directory filter
  'xpath',
  'header', // a value of a response header
  'html', // markup that a browser reads
  'path', // name of a file
  'address', // where a server sends a request
  'redirect', // where a browser is sent
  'deserialize',
  'xml',
  'property', // key of a written property, or an object that is merged deeply
  'pattern', // text of a regular expression
  'log', // a line of a log
  'delete-tree', // folder that is removed with all in it
] as const;
export type CodeSink = (typeof CODE_SINKS)[number];

/** Who chose a value. */
export const CODE_SOURCES = [
  'request', // a client of a server, the address of a page
  'argument', // whoever runs the program: arguments, standard input
  'environment',
  'download', // what came over the network
  'parameter', // whoever calls the function
  'dynamic', // not known
] as const;
export type CodeSource = (typeof CODE_SOURCES)[number];

/** A value that reaches a place where it may do harm, as far as one function and its helpers tell. UTF-16 offsets. */
export interface CodeFlow {
  readonly sink: CodeSink;
  /** All that the value may come from and that nothing made harmless for this sink. */
  readonly sources: readonly CodeSource[];
  /** The value is put together with literal text. */
  readonly built: boolean;
  readonly start: number;
  readonly end: number;
  /** Where the value came from and was put together: a finding there is the same one. */
  readonly trail: readonly number[];
}

/** An argument as rules see it; properties of object literals are arguments too, with dotted names. */
export interface CodeArgument {
  /** Position, keyword, or dotted name of a property. */
  readonly at: number | string;
  /** Its value where that is known; of a built text the literal parts, with U+FFFC for the others. */
  readonly literal: string | undefined;
  readonly code: string;
}

/** A call, or a write to a member (whose name then ends with `=`), by the dotted name that its imports resolve to. */
export interface CodeCall {
  readonly name: string;
  readonly arguments: readonly CodeArgument[];
  /** Name of the variable, property or function that the result goes to; empty where none. */
  readonly into: string;
  readonly start: number;
  readonly end: number;
}

export interface CodeFacts {
  readonly flows: readonly CodeFlow[];
  readonly calls: readonly CodeCall[];
}

/** What files that build or fetch software say: of images, workflows and packages. */
export const BUILD_KINDS = [
  'base-image', // what an image starts from
  'remote-file', // a file from the network that goes into an image
  'embedded-secret', // a credential that stays in an image
  'final-user', // who runs the image
  'container', // what a container may do to its host
  'outside-text', // text that strangers write, put into a script
  'outside-code', // code of strangers, checked out where the job has rights
  'action', // a step of a workflow that somebody else wrote
  'workflow-token', // rights of a job
  'logged-secret',
  'own-runner', // code of pull requests on one's own machine
  'unsafe-commands', // log output may set variables of later steps
  'dependency',
  'registry',
  'check-off', // certificates, signatures or checksums aren't looked at
  'install-script', // runs on every machine that installs the package
  'locked-source', // where a lock file says that a package comes from
] as const;
export type BuildKind = (typeof BUILD_KINDS)[number];

export const BUILD_TRAITS = [
  'floating', // what it names can change: no version, any version, a branch, a tag
  'branch',
  'first-party', // from the makers of the platform
  'known-publisher',
  'plain-http',
  'from-address', // not from a registry
  'look-alike', // nearly the name of a package that many use
  'foreign-host', // not where the others come from
  'root',
  'privileged',
  'host-network',
  'host-files',
  'write-all',
  'left-in-artifact',
  'fetches',
  'hidden',
] as const;
export type BuildTrait = (typeof BUILD_TRAITS)[number];

export interface BuildFact {
  readonly kind: BuildKind;
  readonly traits: readonly BuildTrait[];
  readonly start: number;
  readonly end: number;
}

/** Files about building or fetching software that are read by their structure. */
export const BUILD_FORMATS = [
  'dockerfile',
  'workflow',
  'compose',
  'npm-manifest',
  'npm-lock',
  'yarn-lock',
  'composer',
  'pip-requirements',
  'settings', // .npmrc, pip.conf
  'pyproject',
  'pipfile',
  'cargo',
  'yarn-settings',
  'gemfile',
  'go-module',
  'xml-project',
] as const;
export type BuildFormat = (typeof BUILD_FORMATS)[number];
