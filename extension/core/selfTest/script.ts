import { sha256 } from '../../../verifier/protocol/digest.ts';
import type { BreakGlass } from '../breakGlass.ts';
import { fileLabel } from '../dialogText.ts';
import { PathMap } from '../pathKey.ts';
import type { Dialog } from '../ports.ts';

/**
 * Stands between the guard and its dialog while the self-test runs: questions about the self-test's own subjects are
 * answered with the first button, which is the safe one (Deny); everything else goes to the person. A subject is the
 * self-test's own by the digest of a text that holds a random mark, or by the path of a file of its own.
 */
export class SelfTestScript {
  /** How often each was asked about, by a dialog. */
  readonly #texts = new Map<string, number>();
  readonly #files = new PathMap<number>();
  /** Files that a notification was about. */
  readonly #told = new PathMap<true>();

  /** A text that the self-test sends through a door. */
  ownText(text: string): void {
    this.#texts.set(sha256(text), 0);
  }

  ownFile(path: string): void {
    this.#files.set(path, 0);
  }

  isOwnDigest(digest: string): boolean {
    return this.#texts.has(digest);
  }

  timesAskedAboutText(text: string): number {
    return this.#texts.get(sha256(text)) ?? 0;
  }

  timesAskedAboutFile(path: string): number {
    return this.#files.get(path) ?? 0;
  }

  wasTold(path: string): boolean {
    return this.#told.has(path);
  }

  /** The self-test is over: from now on everything is asked of the person. */
  end(): void {
    this.#texts.clear();
    for (const path of this.#files.paths()) {
      this.#files.delete(path);
      this.#told.delete(path);
    }
  }

  dialogOver(dialog: Dialog): Dialog {
    return {
      ask: async (question) => {
        const about = question.about ?? [];
        if (about.length === 0 || !about.every((subject) => this.#isOwn(subject))) return dialog.ask(question);
        for (const subject of about) this.#count(subject);
        return question.buttons[0];
      },
      askReason: (title) => dialog.askReason(title),
      // A notification about one file has its name, which nobody else's file has.
      tell: async (level, message, ...actions) => {
        const own = this.#files.paths().find((path) => hasName(message, fileLabel(path)));
        if (own === undefined) return dialog.tell(level, message, ...actions);
        this.#told.set(own, true);
        return undefined;
      },
    };
  }

  /** What the self-test sends never goes on without a check. */
  breakGlassOver(breakGlass: BreakGlass): BreakGlass {
    return {
      offer: async (what, problem, signal) =>
        this.#isOwn({ digest: sha256(what.text), path: what.name }) ? 'hold' : breakGlass.offer(what, problem, signal),
    };
  }

  #isOwn({ digest, path }: { readonly digest: string; readonly path?: string | undefined }): boolean {
    return this.#texts.has(digest) || (path !== undefined && this.#files.has(path));
  }

  #count({ digest, path }: { readonly digest: string; readonly path?: string | undefined }): void {
    const texts = this.#texts.get(digest);
    if (texts !== undefined) this.#texts.set(digest, texts + 1);
    if (path !== undefined && this.#files.has(path)) this.#files.set(path, this.timesAskedAboutFile(path) + 1);
  }
}

/** The whole name, wherever a language puts it in its sentence. */
function hasName(message: string, name: string): boolean {
  const at = message.indexOf(name);
  return at >= 0 && !/[\p{L}\p{N}._-]/u.test(message.charAt(at - 1));
}
