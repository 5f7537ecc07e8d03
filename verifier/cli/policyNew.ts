import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isPolicyName, SCHEMA_NAME, scaffold } from '../policy/scaffold.ts';
import { builtInPolicies } from '../product.ts';
import { CommandError, EXIT } from './exitCodes.ts';

/** `sentinel policy new`: writes a policy that can be changed; what is there is never overwritten. @returns 0 */
export async function policyNew(name: string, options: { readonly into: string }): Promise<number> {
  if (!isPolicyName(name)) {
    throw new CommandError(EXIT.usage, `"${name}" is no name for a policy: use small letters, digits and hyphens, a letter first.`);
  }
  const into = resolve(options.into);
  const folder = join(into, name);
  await mkdir(into, { recursive: true });
  try {
    await mkdir(folder);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) throw error;
    throw new CommandError(EXIT.usage, `${folder} exists already: choose another name.`, { cause: error });
  }
  for (const [path, text] of Object.entries(scaffold(name))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
  // Always this version's, so that an editor knows what this version takes.
  await copyFile(join(builtInPolicies(), SCHEMA_NAME), join(into, SCHEMA_NAME));
  process.stdout.write(`${folder} is a policy with one rule. Change it, then run: sentinel policy test ${folder}\n`);
  return 0;
}
