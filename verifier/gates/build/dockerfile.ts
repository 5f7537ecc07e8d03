import { isDummyValue } from '../../policy/dummy.ts';
import type { BuildFact, BuildTrait } from '../../policy/facts.ts';
import { type Instruction, instructions, type Word, wordsOf } from './instructions.ts';

const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|SECRET_KEY|ACCESS_KEY|ACCESS_KEY_ID|PRIVATE_KEY|AUTH_KEY|CREDENTIALS)$/i;
const KEY_FILE =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.ssh|\.netrc|\.git-credentials|\.pypirc|\.aws|\.kube|kubeconfig|\.env(?:\.(?:local|prod|production|staging))?|[\w.-]*(?:private|priv|server|tls|ssl|client|domain)[\w-]*\.key|(?:[\w.-]*[._-])?(?:priv(?:ate)?-?)?key\.pem|privkey\d*\.pem|[\w.-]+\.(?:p12|pfx|ppk|jks)|(?:gcp|gcloud|google|firebase)?[-_]?service[-_]?account[\w-]*\.json)\/?$/i;
const DOCKER_SOCKET = /^(?:\/var)?\/run\/docker\.sock$/;

/** What a Dockerfile says, read instruction by instruction. */
export function dockerfileFacts(text: string): BuildFact[] {
  return new Dockerfile(text).facts;
}

class Dockerfile {
  readonly facts: BuildFact[] = [];
  readonly #values = new Map<string, string>();
  readonly #stages = new Set<string>();
  readonly #secretArguments = new Set<string>();
  #user: { root: boolean; word: Word } | undefined;

  constructor(text: string) {
    for (const instruction of instructions(text)) this.#read(instruction);
    if (this.#user?.root === true) this.#say('final-user', this.#user.word, ['root']);
  }

  #say(kind: BuildFact['kind'], { start, end }: { start: number; end: number }, traits: readonly BuildTrait[] = []): void {
    this.facts.push({ kind, traits, start, end });
  }

  #read(instruction: Instruction): void {
    const words = wordsOf(instruction);
    const named = words.filter(({ text }) => !text.startsWith('--'));
    switch (instruction.name) {
      case 'FROM':
        this.#from(named);
        return;
      case 'ARG':
        this.#arguments(named);
        return;
      case 'ENV':
        this.#environment(named);
        return;
      case 'ADD':
        this.#added(words, named);
        this.#copied(words, named);
        return;
      case 'COPY':
        this.#copied(words, named);
        return;
      case 'USER': {
        const [word] = named;
        if (word !== undefined) this.#user = { root: /^(?:root|0)(?::.*)?$/.test(word.text), word };
        return;
      }
      case 'VOLUME':
        for (const word of named) if (DOCKER_SOCKET.test(word.text)) this.#say('container', word, ['privileged']);
        return;
      case 'RUN':
        for (const word of words) if (word.text === '--security=insecure') this.#say('container', word, ['privileged']);
        return;
      default:
        return;
    }
  }

  /** With the defaults of `ARG` put in; what has none stays. */
  #resolved(text: string): string {
    return text.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (all, braced?: string, fallback?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      return this.#values.get(name) ?? fallback ?? all;
    });
  }

  #from([image, as, stage]: readonly Word[]): void {
    this.#user = undefined;
    if (image === undefined) return;
    const name = this.#resolved(image.text);
    const local = name === 'scratch' || this.#stages.has(name.toLowerCase());
    if (as?.text.toLowerCase() === 'as' && stage !== undefined) this.#stages.add(stage.text.toLowerCase());
    if (local || name.includes('$') || name.includes('@sha256:')) return;
    const tag = /:([^/:]*)$/.exec(name)?.[1];
    if (tag === undefined || tag === 'latest') this.#say('base-image', image, ['floating']);
  }

  #arguments(words: readonly Word[]): void {
    for (const word of words) {
      const [, name = '', value] = /^(\w+)(?:=(.*))?$/s.exec(word.text) ?? [];
      if (value !== undefined) this.#values.set(name, unquoted(value));
      if (!SECRET_NAME.test(name)) continue;
      this.#secretArguments.add(name);
      if (value !== undefined && isSecret(unquoted(value))) this.#say('embedded-secret', word);
    }
  }

  #environment(words: readonly Word[]): void {
    const [first, second] = words;
    const legacy = first !== undefined && !first.text.includes('=') && second !== undefined;
    const pairs: { name: string; value: string; word: Word }[] = legacy
      ? [
          {
            name: first.text,
            value: words
              .slice(1)
              .map(({ text }) => text)
              .join(' '),
            word: { ...first, end: words.at(-1)?.end ?? first.end },
          },
        ]
      : words.map((word) => ({ name: word.text.split('=', 1)[0] ?? '', value: word.text.slice(word.text.indexOf('=') + 1), word }));
    for (const { name, value, word } of pairs) {
      const plain = unquoted(value);
      if (CHECKS_OFF.get(name.toUpperCase())?.test(plain) === true) this.#say('check-off', word);
      if (!SECRET_NAME.test(name)) continue;
      const from = /^\$\{?(\w+)\}?$/.exec(plain)?.[1];
      if (from === undefined ? isSecret(plain) : this.#secretArguments.has(from)) this.#say('embedded-secret', word);
    }
  }

  #added(words: readonly Word[], named: readonly Word[]): void {
    if (words.some(({ text }) => text.startsWith('--checksum='))) return;
    for (const word of named.slice(0, -1)) {
      const address = this.#resolved(word.text);
      if (!/^(?:https?:\/\/|git@)/i.test(address) || /\.git#[0-9a-f]{40}\b/.test(address)) continue;
      this.#say('remote-file', word, address.startsWith('http://') ? ['plain-http'] : []);
    }
  }

  #copied(words: readonly Word[], named: readonly Word[]): void {
    // What an earlier stage made was judged there.
    if (words.some(({ text }) => text.startsWith('--from='))) return;
    for (const word of named.slice(0, -1)) if (KEY_FILE.test(word.text)) this.#say('embedded-secret', word);
  }
}

/** Variables that switch a check of others off for all that runs later, and the values that do. */
const CHECKS_OFF: ReadonlyMap<string, RegExp> = new Map([
  ['NODE_TLS_REJECT_UNAUTHORIZED', /^0$/],
  ['NPM_CONFIG_STRICT_SSL', /^false$/i],
  ['YARN_ENABLE_STRICT_SSL', /^(?:false|0)$/i],
  ['PYTHONHTTPSVERIFY', /^0$/],
  ['GIT_SSL_NO_VERIFY', /^(?:true|1)$/i],
  ['PIP_TRUSTED_HOST', /\S/],
  ['GOINSECURE', /\S/],
]);

function unquoted(text: string): string {
  return text.replace(/^(["'])([\s\S]*)\1$/, '$2');
}

function isSecret(value: string): boolean {
  return value.length >= 6 && !/^(?:true|false|\d{1,8}|[/.].*)$/i.test(value) && !/[$<>{}\s]/.test(value) && !isDummyValue(value);
}
