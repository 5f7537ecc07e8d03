/** Languages as data flow tells them apart; their dialects (TypeScript, JSX) are one. */
export type CodeLanguage = 'javascript' | 'python' | TypedLanguage;

/** Languages of declared types and braces, which one reader reads: `typed/`. */
export const TYPED_LANGUAGES = ['go', 'java', 'csharp'] as const;
export type TypedLanguage = (typeof TYPED_LANGUAGES)[number];

/** @param language VS Code language id */
export function isTyped(language: string): language is TypedLanguage {
  return TYPED_LANGUAGES.some((one) => one === language);
}
