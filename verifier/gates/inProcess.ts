import { performance } from 'node:perf_hooks';
import { catalogueOf } from '../policy/catalogue.ts';
import type { PolicyFolder, Prose } from '../policy/folder.ts';
import type { PolicySet } from '../policy/load.ts';
import type { PolicyFolders } from '../protocol/handshake.ts';
import type { PolicyCatalogue } from '../protocol/policyCatalogue.ts';
import type { Subject } from '../protocol/subject.ts';
import { CodeGrammars } from './code/grammars.ts';
import { createGates } from './engine.ts';
import type { GateContext, GateResult, Gates } from './gates.ts';
import { PolicyLibrary, type PolicySnapshot } from './policyFolders.ts';
import { redact } from './redact.ts';
import { loadShellGrammar, type ShellGrammar } from './shell/grammar.ts';

/** The policies in force, for the ledger, the auditor and people. */
export interface PolicyStatus {
  readonly policyDigest: string;
  readonly problems: readonly string[];
  readonly prose: readonly Prose[];
}

/** A result with what it depended on and the time it took, in milliseconds. */
export type GateAnswer = GateResult & { readonly policyDigest: string; readonly problems: readonly string[]; readonly ms: number };

/** The deterministic layer as the verifier uses it, wherever it runs. */
export interface GatePool {
  /** @throws SentinelError `policies_invalid` */
  policies(): Promise<PolicyStatus>;
  /** Every rule in force, for people. @throws SentinelError `policies_invalid` */
  catalogue(): Promise<PolicyCatalogue>;
  /** @throws SentinelError `policies_invalid`, or `internal` where the layer did not run */
  assess(subject: Subject, context: GateContext): Promise<GateAnswer>;
  /** Each text with its credentials replaced, in order. */
  redact(texts: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** The gates over folders on disk, on the caller's own thread. */
export class LocalGates {
  readonly #library: PolicyLibrary;
  readonly #grammar: ShellGrammar;
  readonly #code = new CodeGrammars();
  #gates: { readonly set: PolicySet; readonly gates: Gates } | undefined;

  constructor(library: PolicyLibrary, grammar: ShellGrammar) {
    this.#library = library;
    this.#grammar = grammar;
  }

  /** @throws SentinelError `policies_invalid` */
  policies(): PolicyStatus {
    const { set, problems } = this.#library.look();
    return { policyDigest: set.digest, problems, prose: set.prose };
  }

  /** @throws SentinelError `policies_invalid` */
  catalogue(): PolicyCatalogue {
    return catalogueOf(this.#library.look().set);
  }

  /**
   * A grammar that the subject is the first to need is loaded, and the subject then read again.
   * @throws SentinelError `policies_invalid`
   */
  async assess(subject: Subject, context: GateContext): Promise<GateAnswer> {
    const start = performance.now();
    const snapshot = this.#library.look();
    const gates = this.#over(snapshot);
    const first = gates.assess(subject, context);
    const result = (await this.#code.loadWanted()) ? gates.assess(subject, context) : first;
    return { ...result, policyDigest: snapshot.set.digest, problems: snapshot.problems, ms: performance.now() - start };
  }

  redact(texts: readonly string[]): string[] {
    return texts.map(redact);
  }

  get lastGood(): readonly PolicyFolder[] {
    return this.#library.lastGood;
  }

  #over({ set }: PolicySnapshot): Gates {
    if (this.#gates?.set !== set) this.#gates = { set, gates: createGates(set, this.#grammar, this.#code) };
    return this.#gates.gates;
  }
}

/** The gates without a worker, for programs that have nothing else to do meanwhile. */
export async function createInProcessGates(folders: PolicyFolders): Promise<GatePool> {
  const gates = new LocalGates(new PolicyLibrary(folders), await loadShellGrammar());
  return {
    policies: async () => gates.policies(),
    catalogue: async () => gates.catalogue(),
    assess: (subject, context) => gates.assess(subject, context),
    redact: async (texts) => gates.redact(texts),
    close: async () => undefined,
  };
}
