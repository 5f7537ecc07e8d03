import { countsUnknown, isTyped } from './language.ts';
import { PARAMETER_SINK_WORDS } from './sinks.ts';
import { SOURCE_WORDS } from './sources.ts';
import { TYPED_WORDS } from './typed/sources.ts';

/** What PHP and Ruby read from others, or do with what they read, besides the words of all languages. */
const SOURCE_WORDS_THERE =
  /\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV)\b|php:\/\/input|\b(?:filter_input|getallheaders|get_query_var|argv|ARGV|params|original_filename)\b|\bcookies\[|\bInput::|\binput->|#\[Route|\brequest\(|\b(?:Route|app|router)(?:::|->)(?:get|post|put|patch|delete|any|map)\(/;
const SINK_WORDS_THERE =
  /\b(?:shell_exec|passthru|proc_open|popen|pcntl_exec|Open3|unserialize|Marshal|html_safe)\b|\braw @|\bpermit!|%x[({[|]|`[^`\n]*(?:#\{|\$)[^`\n]*`|\b(?:exec|spawn)\s*[( ]?['"]/i;

/**
 * Whether code can do anything that rules on flows speak of; without it, it is not even parsed.
 * @param language VS Code language id
 */
export function mayHarm(text: string, language: string): boolean {
  if (isTyped(language)) return TYPED_WORDS.test(text) || PARAMETER_SINK_WORDS.test(text);
  if (SOURCE_WORDS.test(text) || PARAMETER_SINK_WORDS.test(text)) return true;
  return countsUnknown(language) && (SOURCE_WORDS_THERE.test(text) || SINK_WORDS_THERE.test(text));
}
