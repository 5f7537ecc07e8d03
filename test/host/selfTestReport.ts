import { z } from 'zod';
import type { GuardedWindow } from './guardedWindow.ts';
import { until } from './until.ts';

/** A row of the self-test's report. */
export interface SelfTestLine {
  readonly what: string;
  /** `ok`, `FAILED`, `not tested`. */
  readonly mark: string;
  readonly line: string;
}

/** Runs the self-test and gives the rows of its report, as it is copied. Takes a picture of the page that it shows. */
export async function readSelfTest({ workbench, server }: GuardedWindow, picture: string): Promise<SelfTestLine[]> {
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.command('notifications.clearAll');
  await workbench.startCommand('sentinelai.selfTest');
  const told = async () => (await workbench.notifications()).some((text) => /Self-test (passed|failed|stopped)/.test(text));
  await until('the self-test has ended', told, { timeout: 180_000 });
  await workbench.page.waitForTimeout(1_500);
  await workbench.screenshot(picture);
  await workbench.command('sentinelai.copySelfTest');
  const text = await server.bridge('return vscode.env.clipboard.readText();', z.string());
  return text.split('\n').flatMap((line) => {
    const [, mark, what] = /^\[(ok|FAILED|not tested)\] (.*?): expected /.exec(line) ?? [];
    return mark === undefined || what === undefined ? [] : [{ what, mark, line }];
  });
}
