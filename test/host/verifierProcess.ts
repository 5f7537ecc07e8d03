import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeServer } from './codeServer.ts';
import { until } from './until.ts';

/** Process id of the verifier that the window's extension host has spawned; undefined while there is none. */
export function findVerifier(server: CodeServer): number | undefined {
  return childrenOf(server.extensionHostPid()).find((pid) => read(pid, 'cmdline').includes('sidecar.mjs') && isAlive(pid));
}

export function verifierPid(server: CodeServer): Promise<number> {
  return until('a verifier runs', () => findVerifier(server));
}

export function isAlive(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(read(pid, 'status'))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Whether the process was stopped by a signal, and not ended. */
export function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(read(pid, 'status'));
}

export async function killVerifier(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(`process ${pid} is gone`, () => !isAlive(pid));
}

/** Stops the process without ending it: requests stay open and nobody answers. */
export function freezeVerifier(pid: number): void {
  process.kill(pid, 'SIGSTOP');
}

function childrenOf(parent: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => new RegExp(`^PPid:\\s+${parent}$`, 'm').test(read(pid, 'status')));
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(join('/proc', String(pid), name), 'utf8');
  } catch {
    return '';
  }
}
