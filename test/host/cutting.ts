import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/** A change of one source file that is made while bundling: nothing of it is in the product. */
export interface Cut {
  readonly file: string;
  /** Each text must occur in the file, so that a cut cannot silently stop cutting. */
  readonly replace: readonly (readonly [text: string, by: string])[];
}

export function cutting({ file, replace }: Cut): Plugin {
  const target = join(root, file);
  return {
    name: 'sabotage',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== target) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const [text, by] of replace) {
          if (!contents.includes(text)) throw new Error(`${file} no longer holds "${text}": renew the cut that names it`);
          contents = contents.replace(text, by);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}
