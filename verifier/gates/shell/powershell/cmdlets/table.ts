import type { CmdletReader } from '../shell.ts';
import { CODE_CMDLETS } from './code.ts';
import { ITEM_CMDLETS } from './items.ts';
import { cloudReader, MACHINE_CMDLETS } from './machine.ts';
import { PIPE_CMDLETS } from './pipes.ts';
import { REGISTRY_CMDLETS } from './registry.ts';
import { WEB_CMDLETS } from './web.ts';

const CMDLETS: ReadonlyMap<string, CmdletReader> = new Map(
  [CODE_CMDLETS, ITEM_CMDLETS, MACHINE_CMDLETS, PIPE_CMDLETS, REGISTRY_CMDLETS, WEB_CMDLETS].flatMap((family) => Object.entries(family)),
);

/** How a cmdlet is read; undefined where its name tells nothing that matters. @param name in lower case */
export function cmdletReader(name: string): CmdletReader | undefined {
  return CMDLETS.get(name) ?? cloudReader(name);
}
