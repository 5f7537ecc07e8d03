/** Fields of an event whose text strangers choose. */
const CHOSEN_BY_STRANGERS = new RegExp(
  String.raw`\bgithub\.(?:head_ref|event\.(?:` +
    [
      String.raw`(?:issue|pull_request|discussion|milestone|project_card|answer)\.(?:title|body)`,
      String.raw`(?:comment|review|review_comment|answer)\.body`,
      String.raw`pages\.[^.\s]{1,20}\.page_name`,
      String.raw`(?:head_commit|commits\.[^.\s]{1,20}|workflow_run\.head_commit)\.(?:message|(?:author|committer)\.(?:name|email))`,
      String.raw`pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))`,
      String.raw`workflow_run\.(?:head_branch|display_title|head_repository\.description|pull_requests)`,
      String.raw`client_payload\.[\w.]{0,40}(?:body|title|comment|message)`,
    ].join('|') +
    String.raw`))(?![\w.-])`,
);
/** The whole event, written out. */
const ALL_OF_IT =
  /\btojson\(\s{0,4}(?:github|github\.event|github\.event\.(?:issue|pull_request|comment|head_commit|commits|review))\s{0,4}\)/i;

/** Calls and comparisons of which only yes or no, or a hash, remains. */
const ANSWERS = /\b(?:contains|startsWith|endsWith|hashFiles)\(([^()]|\([^()]{0,100}\)){0,200}\)/gi;
const COMPARED = /[\w.*'-]{1,120}\s{0,8}[!=]=\s{0,8}(?:'[^']{0,200}'|[\w.-]{1,120})/g;

export interface Expression {
  /** What stands between `${{` and `}}`. */
  readonly text: string;
  /** Offset within the text, of `${{`. */
  readonly start: number;
  readonly end: number;
}

/** Expressions of a workflow in a text. */
export function* expressions(text: string): Generator<Expression> {
  for (let start = text.indexOf('${{'); start >= 0; ) {
    const close = text.indexOf('}}', start);
    if (close < 0) return;
    yield { text: text.slice(start + 3, close), start, end: close + 2 };
    start = text.indexOf('${{', close);
  }
}

/**
 * Whether an expression gives text that strangers choose.
 * @param variables names of `env` that hold such text
 */
export function isOutsideText(expression: string, variables: ReadonlySet<string>): boolean {
  const plain = expression
    .slice(0, 1_000)
    .replace(/\[\s{0,4}(['"])([\w*-]{1,60})\1\s{0,4}\]/g, '.$2')
    .replace(/\[\s{0,4}(\d{1,4}|\*)\s{0,4}\]/g, '.$1')
    .replace(ANSWERS, ' ')
    .replace(COMPARED, ' ');
  if (CHOSEN_BY_STRANGERS.test(plain) || ALL_OF_IT.test(plain)) return true;
  return [...plain.matchAll(/\benv\.(\w{1,80})/g)].some(([, name]) => name !== undefined && variables.has(name));
}
