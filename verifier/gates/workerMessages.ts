import type { PolicyFolder } from '../policy/folder.ts';
import type { PolicyFolders } from '../protocol/handshake.ts';
import type { PolicyCatalogue } from '../protocol/policyCatalogue.ts';
import type { ProblemCode } from '../protocol/problem.ts';
import type { Subject } from '../protocol/subject.ts';
import type { GateContext } from './gates.ts';
import type { GateAnswer, PolicyStatus } from './inProcess.ts';

/** What a worker starts with. */
export interface WorkerStart {
  readonly folders: PolicyFolders;
  readonly lastGood: readonly PolicyFolder[];
}

/** What the worker is asked; one question at a time. */
export type Question =
  | { readonly type: 'policies' }
  | { readonly type: 'catalogue' }
  | { readonly type: 'assess'; readonly subject: Subject; readonly context: GateContext }
  | { readonly type: 'redact'; readonly texts: readonly string[] };

/** What it answers. `good` tells the pool what to hand to a successor. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'good'; readonly folders: readonly PolicyFolder[]; readonly list: string }
  | { readonly type: 'policies'; readonly value: PolicyStatus }
  | { readonly type: 'catalogue'; readonly value: PolicyCatalogue }
  | { readonly type: 'assess'; readonly value: GateAnswer }
  | { readonly type: 'redact'; readonly value: string[] }
  | { readonly type: 'failed'; readonly code: ProblemCode; readonly message: string };
