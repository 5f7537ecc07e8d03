import { MarkdownLines } from './markdownLines.ts';

/** HTML's names for ASCII characters: what they spell can be read, and run, as a command. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ Tab: '\t', NewLine: ' ', nbsp: ' ', excl: '!', quot: '"', num: '#', dollar: '$', percnt: '%', amp: '&', apos: "'" },
  ...{ lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+', comma: ',', period: '.', sol: '/', colon: ':', semi: ';' },
  ...{ lt: '<', LT: '<', equals: '=', gt: '>', GT: '>', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\', rsqb: ']' },
  ...{ rbrack: ']', Hat: '^', lowbar: '_', UnderBar: '_', grave: '`', DiacriticalGrave: '`', lcub: '{', lbrace: '{' },
  ...{ verbar: '|', vert: '|', VerticalLine: '|', rcub: '}', rbrace: '}', hyphen: '-', dash: '-', AMP: '&', QUOT: '"' },
};

/**
 * A Markdown answer as its reader sees and copies it: code blocks without the quotes, lists and indentation
 * around them, prose without escapes, entities and emphasis. Said of the source alone, a verdict would not
 * be about what is shown: `rm &#45;rf` reads as a command.
 */
export function readerView(markdown: string): string {
  const lines = new MarkdownLines();
  return markdown
    .split('\n')
    .map((source) => {
      const line = lines.next(source);
      if (line.kind === 'open') return `${line.fence}${line.language}`;
      if (line.kind === 'close') return line.fence ?? '';
      return line.kind === 'prose' ? seenProse(line.text) : line.kind === 'code' ? line.text : source;
    })
    .join('\n');
}

function seenProse(line: string): string {
  // Code spans apart: what is in them is seen as it stands, but for the marks themselves.
  return line
    .split(/(``+)/)
    .map((part) => (part.startsWith('``') ? '`' : seenWords(part)))
    .join('')
    .replace(/` *`+|`+ *`/g, '`');
}

function seenWords(text: string): string {
  return text
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,24}));/g, (entity, decimal, hexadecimal, name) =>
      name === undefined ? character(Number.parseInt(decimal ?? hexadecimal, decimal === undefined ? 16 : 10)) : (NAMED[name] ?? entity),
    )
    .replace(/(\*{1,3}|~~)(?=\S)([^*~\n]*)\1/g, '$2')
    .replace(/(?<!\w)(_{1,3})(?=\S)([^_\n]*)\1(?!\w)/g, '$2');
}

function character(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
