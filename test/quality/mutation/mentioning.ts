import { quoted } from './commandShape.ts';
import { ofLines, ofText, type Rewrite } from './rewrite.ts';

/** Texts that only speak of a command and run nothing of it: what was dangerous becomes ordinary. */
export const MENTIONING: readonly Rewrite[] = [
  ofText('echoed', (text) => `echo ${quoted(text)}`),
  ofText('printed', (text) => `printf '%s\\n' ${quoted(text)}`),
  ofText('appended to a document', (text) => `echo ${quoted(text)} >> docs/notes.md`),
  ofText('in a comment', (text) => `ls # ${text.replaceAll('\n', ' ')}`),
  ofText('in comment lines', (text) => `${text.replaceAll(/^/gm, '# ')}\nls`),
  ofText('in a commit message', (text) => `git commit -m ${quoted(`stop running ${text}`)}`),
  ofText('in a tag message', (text) => `git tag -a v1 -m ${quoted(text)}`),
  ofText('in an issue', (text) => `gh issue create --title ${quoted(text)} --body none`),
  ofText('as a search pattern of grep', (text) => `grep -rnF -- ${quoted(text)} src`),
  ofText('as a search pattern of rg', (text) => `rg -F ${quoted(text)}`),
  ofText('as a search in the history', (text) => `git log --grep=${quoted(text)}`),
  ofLines('in a here-document that is data', (text) => `cat > docs/notes.md <<'END_OF_TEXT'\n${text}\nEND_OF_TEXT`),
  ofText('in a variable that nothing uses', (text) => `message=${quoted(text)}`),
  ofText('as an argument of a test', (text) => `npm test -- --grep ${quoted(text)}`),
];
