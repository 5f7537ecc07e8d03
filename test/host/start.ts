import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bundleAll } from '../../build/bundle.ts';
import { startCodeServer } from './codeServer.ts';
import { OFFLINE_SETTINGS } from './editorSettings.ts';
import { copySampleWorkspace, removeFolder, SAMPLE_MODEL, SAMPLE_MODEL_VENDOR, stageExtension } from './extensionFolder.ts';
import { ensureCodeServer, ensureDrivenEditor, MissingPart } from './installCodeServer.ts';

const TRY = [
  'In the chat:   @sentinelai-guard show me a safe way to sort a list',
  'In the chat:   @sentinelai-guard clean up my disk      (the answer is held: nothing is shown until you decide)',
  'In an editor:  open scripts/backup.sh, add the line  rm -rf /  and save (the save is held)',
];

/** `npm start`: the guard on a copy of the sample workspace, in whatever VS Code the machine has. */
async function start(): Promise<number> {
  console.log('Building …');
  await bundleAll();
  const desktop = findDesktopEditor();
  return desktop === undefined ? startInBrowser() : startOnDesktop(desktop);
}

function findDesktopEditor(): string | undefined {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

function startOnDesktop(editor: string): number {
  const workspace = copySampleWorkspace();
  const profile = mkdtempSync(join(tmpdir(), 'sentinel-profile-'));
  const folders = [stageExtension(), SAMPLE_MODEL].map((folder) => `--extensionDevelopmentPath=${folder}`);
  const { status, error } = spawnSync(editor, [...folders, `--user-data-dir=${profile}`, '--new-window', workspace], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw new MissingPart(`${editor} could not be started: ${error.message}`);
  console.log(`\nVS Code opens on ${workspace} with the guard. Try:\n\n  ${TRY.join('\n  ')}\n`);
  return status ?? 1;
}

async function startInBrowser(): Promise<number> {
  await ensureCodeServer(console.log);
  const workspace = copySampleWorkspace();
  const staged = stageExtension();
  const server = await startCodeServer({
    workspace,
    extensions: [SAMPLE_MODEL, staged],
    settings: OFFLINE_SETTINGS,
    modelVendors: [SAMPLE_MODEL_VENDOR],
    withBridge: false,
    ...(process.env['PORT'] === undefined ? {} : { port: Number(process.env['PORT']) }),
  });
  console.log(`\nOpen ${server.workbenchUrl()}\n\nThe workspace is ${workspace}. Try:\n\n  ${TRY.join('\n  ')}\n\nCtrl+C ends it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  console.log('\nStopping …');
  await server.stop();
  for (const folder of [dirname(workspace), staged]) removeFolder(folder);
  return 0;
}

/** `npm start -- --tour`: the same without a person. */
async function tour(): Promise<number> {
  if (process.env['SENTINEL_DIST'] === undefined) {
    console.log('Building …');
    await bundleAll();
  }
  await ensureDrivenEditor(console.log);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'tour/tour.ts')], { stdio: 'inherit' });
  const status = await new Promise<number | null>((ended) => child.once('exit', ended));
  return status ?? 1;
}

try {
  process.exitCode = process.argv.includes('--tour') ? await tour() : await start();
} catch (error) {
  if (!(error instanceof MissingPart)) throw error;
  console.error(error.message);
  process.exitCode = 69; // EX_UNAVAILABLE of sysexits.h: something the machine lacks
}
