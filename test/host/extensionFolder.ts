import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export const EXTENSION_ID = 'sentinelai.sentinelai-guard';
export const SAMPLE_MODEL = join(import.meta.dirname, 'sample-model');
export const SAMPLE_MODEL_VENDOR = 'sentinel-sample';

/** What the packaged extension consists of, besides its bundles. */
const PARTS = ['package.json', 'package.nls.json', 'l10n', 'policies', 'media', 'README.md', 'LICENSE'];

/**
 * Copies the built extension into a folder of its own, as packaging would, so that a build meanwhile
 * cannot disturb a running window.
 */
export function stageExtension(dist = process.env['SENTINEL_DIST'] ?? join(root, 'dist')): string {
  if (!existsSync(join(dist, 'extension.cjs'))) throw new Error(`${dist} holds no built extension: run "npm run build" first`);
  const target = mkdtempSync(join(tmpdir(), 'sentinel-extension-'));
  for (const part of PARTS) if (existsSync(join(root, part))) cpSync(join(root, part), join(target, part), { recursive: true });
  cpSync(dist, join(target, 'dist'), { recursive: true });
  return target;
}

/** A fresh copy of the sample workspace, under version control as a real project is. */
export function copySampleWorkspace(prepare: (workspace: string) => void = () => undefined): string {
  const target = join(mkdtempSync(join(tmpdir(), 'sentinel-workspace-')), 'customer-list');
  mkdirSync(target);
  cpSync(join(import.meta.dirname, 'sample-workspace'), target, { recursive: true });
  prepare(target);
  const author = ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...author, 'commit', '-q', '-m', 'A small service'],
  ]) {
    spawnSync('git', args, { cwd: target, stdio: 'ignore' });
  }
  return target;
}

/** Removes a folder that {@link stageExtension} or {@link copySampleWorkspace} made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
