import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { config, t } from '@vscode/l10n';
import { z } from 'zod';

const Bundle = z.record(z.string(), z.string());

/** Each message's own words in brackets, and the values that are put into it outside of them. */
export function pseudoText(message: string): string {
  return `⟦${message.replace(/\{\d+\}/g, (place) => `⟧${place}⟦`)}⟧`;
}

/** Has everything looked up in a language that nobody speaks: what is not in brackets was never looked up. */
export function speakPseudo(): void {
  const bundle = Bundle.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../l10n/bundle.l10n.json'), 'utf8')));
  config({ contents: Object.fromEntries(Object.keys(bundle).map((message) => [message, pseudoText(message)])) });
}

/** A button as this language has it. */
export const pseudo = (message: string): string => t(message);

/** What of a shown text has words that were not looked up, apart from `data`: names, rules, the verifier's words. */
export function untranslated(text: string, data: readonly (string | RegExp)[]): string | undefined {
  const rest = data.reduce<string>((left, one) => left.replaceAll(one, ' '), text.replaceAll('\\', '').replace(/⟦[^⟧]*⟧/g, ' '));
  return /\p{L}{2,}/u.test(rest) ? rest.trim() : undefined;
}
