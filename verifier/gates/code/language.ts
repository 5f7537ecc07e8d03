/** Languages as data flow tells them apart; their dialects (TypeScript, JSX) are one. */
export type CodeLanguage = 'javascript' | 'python' | 'php' | 'ruby' | TypedLanguage;

/** Languages of declared types and braces, which one reader reads: `typed/`. */
export const TYPED_LANGUAGES = ['go', 'java', 'csharp'] as const;
export type TypedLanguage = (typeof TYPED_LANGUAGES)[number];

/** @param language VS Code language id */
export function isTyped(language: string): language is TypedLanguage {
  return TYPED_LANGUAGES.some((one) => one === language);
}

/**
 * Languages whose variables come from anywhere (included files, globals, instance variables): one of unknown origin
 * counts in a statement, and a statement is one wherever it is put together.
 * @param language VS Code language id
 */
export function countsUnknown(language: string): language is 'php' | 'ruby' {
  return language === 'php' || language === 'ruby';
}

/** @param language VS Code language id of code that can be read */
export function familyOf(language: string): CodeLanguage {
  return isTyped(language) || countsUnknown(language) || language === 'python' ? language : 'javascript';
}
