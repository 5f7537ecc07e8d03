import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const Found = z.array(z.object({ rule: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string(), why: z.string() })) }));
export type Violation = z.infer<typeof Found>[number];

/** What axe-core (WCAG 2.2 A and AA) objects to inside the elements that a selector names. */
export async function violations(page: Page, selector: string): Promise<Violation[]> {
  // The workbench's content security policy keeps scripts out that are added to the page; this runs beside it.
  await page.evaluate(AXE);
  const found = await page.evaluate(async (within) => {
    const axe: unknown = Reflect.get(globalThis, 'axe');
    if (typeof axe !== 'object' || axe === null) throw new Error('axe-core was not loaded');
    const run: unknown = Reflect.get(axe, 'run');
    if (typeof run !== 'function') throw new Error('axe-core cannot run');
    const result = await run.call(axe, within, {
      // It takes neighbouring words of a row for one word; {@link unspoken} looks at the words themselves.
      rules: { 'label-content-name-mismatch': { enabled: false } },
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    });
    return JSON.stringify(
      result.violations.map((violation: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }) => ({
        rule: violation.id,
        help: violation.help,
        nodes: violation.nodes.map(({ html, failureSummary }) => ({ html: html.slice(0, 400), why: failureSummary ?? '' })),
      })),
    );
  }, selector);
  return Found.parse(JSON.parse(found));
}

/** Words that a tree shows in the rows of a part of the page, and that their names for a screen reader leave out. */
export function unspoken(page: Page, selector: string): Promise<string[]> {
  return page.evaluate((within) => {
    const left: string[] = [];
    for (const row of document.querySelectorAll(`${within} .monaco-list-row[role="treeitem"]`)) {
      const name = row.getAttribute('aria-label') ?? '';
      for (const part of row.querySelectorAll('.label-name, .label-description')) {
        const words = (part.textContent ?? '').replaceAll('\u00a0', ' ').trim();
        if (!name.includes(words)) left.push(`"${words}" is not in "${name}"`);
      }
    }
    return left;
  }, selector);
}
