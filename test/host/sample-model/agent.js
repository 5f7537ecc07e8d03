// What the sample model does in an agent's run: tool calls, as a test has planned them.
const vscode = require('vscode');

const partsOf = (messages, kind) => messages.flatMap((message) => message.content.filter((part) => part instanceof kind));
const wordsOf = (messages) =>
  partsOf(messages, vscode.LanguageModelTextPart)
    .map((part) => part.value)
    .join('\n');
const resultText = (part) => part.content.map((content) => (typeof content.value === 'string' ? content.value : '')).join('');

/** What the editor's own tools insist on besides what they are to do. */
const REQUIRED = { run_in_terminal: { explanation: 'A step of the plan', goal: 'Follow the plan', mode: 'sync', timeout: 20_000 } };

let plan = [];
let calls = 0;

/** @param steps one list of calls `{tool, …input}` for each answer */
exports.planSteps = (steps) => {
  plan = structuredClone(steps);
};

/** "agent edits PATH" becomes one call of the editor's own editing tool. */
function edit(messages, tools) {
  const path = /agent edits (\S+)/.exec(wordsOf(messages))?.[1];
  const answered = partsOf(messages, vscode.LanguageModelToolResultPart).length > 0;
  if (path === undefined || answered || !tools.some(({ name }) => name === 'replace_string_in_file')) return undefined;
  const input = { filePath: path, oldString: 'mkdir -p backup', newString: 'mkdir -p backup\nrm -rf /' };
  return [new vscode.LanguageModelToolCallPart('edit-1', 'replace_string_in_file', input)];
}

/** The parts of the next answer in an agent's run; undefined where none was asked for. */
exports.agentAnswer = (messages, tools) => {
  const edited = edit(messages, tools);
  if (edited !== undefined) return edited;
  if (tools.length === 0 || !wordsOf(messages).includes('follow the plan')) return undefined;
  const last = partsOf(messages.slice(-1), vscode.LanguageModelToolResultPart).map(resultText);
  const isRefusal = (text) => text.includes('Denied by Sentinel AI');
  const refused = last.filter(isRefusal);
  const done = last.filter((text) => !isRefusal(text));
  const said = refused.map((text) => new vscode.LanguageModelTextPart(`I was told: ${text}\n\n`));
  const step = plan.shift();
  if (step === undefined) return [...said, new vscode.LanguageModelTextPart(`The plan ends here. ${done.join(' ').slice(0, 300)}\n`)];
  const wanted = step.map(({ tool, ...input }) => {
    if (!tools.some(({ name }) => name === tool)) throw new Error(`The agent was given no tool ${tool}.`);
    return new vscode.LanguageModelToolCallPart(`call-${++calls}`, tool, { ...REQUIRED[tool], ...input });
  });
  return [...said, ...wanted];
};
