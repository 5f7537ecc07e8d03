import type { Verify } from '../../verifier/protocol/routes.ts';
import type { BreakGlass } from './breakGlass.ts';
import type { Verifier } from './client.ts';
import type { Desk } from './decide.ts';
import type { InnerModel, ModelTurn, PassedPart } from './modelParts.ts';
import type { Log } from './ports.ts';
import type { Trouble } from './trouble.ts';
import type { VerifierError } from './verifierError.ts';

/** What a guarded model needs of its surroundings. */
export interface GuardedModelParts {
  readonly connect: () => Promise<Verifier>;
  readonly desk: Desk;
  readonly log: Log;
  readonly trouble: Trouble;
  readonly breakGlass: BreakGlass;
  /** Where the editor starts terminals: commands of tool calls are read as run from there. */
  readonly cwd: () => string | undefined;
  /** SHA-256 of a file's bytes; undefined where it cannot be read. */
  readonly fileDigest: (path: string) => Promise<string | undefined>;
  /** This window: stands for the conversation where the editor does not name it. */
  readonly sessionId: string;
}

/** One request to a guarded model. */
export interface ModelRequest {
  readonly model: InnerModel;
  readonly turns: readonly ModelTurn[];
  /** The editor's id of the conversation, where it gives one. */
  readonly conversation?: string | undefined;
  /**
   * Whether the text of an answer is talk: where tools are offered, edits come as their calls. Elsewhere an edit may be
   * made of the text, so nothing is said in it that the model did not say.
   */
  readonly isTalk?: boolean;
  readonly emit: (part: PassedPart) => void;
  readonly signal: AbortSignal;
}

/** What everything that is asked of the verifier for one request has in common. */
export interface RequestContext extends GuardedModelParts {
  /** Undefined where there is none: then a person may let one thing at a time go on without it. */
  readonly verifier: Verifier | VerifierError;
  readonly request: ModelRequest;
  /** Fields of every check. */
  readonly asked: () => Pick<Verify, 'requestId' | 'sessionId' | 'source' | 'agent' | 'model'>;
}
