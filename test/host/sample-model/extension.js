// A deterministic language model: it streams the script that the prompt asks for in small pieces
// and counts how often it was called, so that a test can show that a denied prompt never came here.
const vscode = require('vscode');
const { agentAnswer, planSteps } = require('./agent.js');
const answers = require('./answers.js');

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const textOf = (message) => message.content.map((part) => (typeof part.value === 'string' ? part.value : '')).join('');

let calls = 0;
let lastMessages = [];

const model = {
  provideLanguageModelChatInformation: () => [
    {
      id: 'sample',
      name: 'Sample model',
      family: 'sample',
      version: '1',
      maxInputTokens: 100_000,
      maxOutputTokens: 10_000,
      capabilities: { toolCalling: true, imageInput: false },
    },
  ],
  async provideLanguageModelChatResponse(_model, messages, options, progress, token) {
    calls += 1;
    lastMessages = messages.map(textOf);
    const planned = agentAnswer(messages, options.tools ?? []);
    if (planned !== undefined) {
      for (const part of planned) progress.report(part);
      return;
    }
    const prompt = lastMessages.at(-1) ?? '';
    const script = answers.find(({ word }) => prompt.includes(word)) ?? { text: `You said: ${prompt.slice(0, 200)}\n` };
    await pause(script.firstMs ?? 0);
    for (const piece of script.text.match(/[\s\S]{1,12}/g)) {
      if (token.isCancellationRequested) return;
      progress.report(new vscode.LanguageModelTextPart(piece));
      await pause(script.pauseMs ?? 2);
    }
    if (script.error === undefined) return;
    // The editor drops what is still on its way when a model fails.
    await pause(500);
    throw new Error(script.error);
  },
  provideTokenCount: async (_model, text) => Math.ceil((typeof text === 'string' ? text : textOf(text)).length / 4),
};

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('sentinel-sample', model),
    vscode.commands.registerCommand('sentinelSample.calls', () => calls),
    vscode.commands.registerCommand('sentinelSample.plan', planSteps),
    vscode.commands.registerCommand('sentinelSample.lastMessages', () => lastMessages),
  );
};
