// Lets a test run snippets against the real `vscode` API of the extension host. It is remote code
// execution by design: it is never packaged, and does nothing unless a test names a file for it.
const vscode = require('vscode');
const http = require('node:http');
const fs = require('node:fs');
const crypto = require('node:crypto');

const AsyncFunction = (async () => {}).constructor;
const state = {};

exports.activate = (context) => {
  const file = process.env.SENTINEL_TEST_BRIDGE;
  if (!file) return;
  const token = crypto.randomBytes(16).toString('hex');
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const reply = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method !== 'POST' || request.headers['x-token'] !== token) return reply(403, { error: 'forbidden' });
    try {
      const snippet = new AsyncFunction('vscode', 'require', 'state', Buffer.concat(chunks).toString('utf8'));
      reply(200, { value: (await snippet(vscode, require, state)) ?? null });
    } catch (error) {
      reply(200, { error: String(error?.stack ?? error) });
    }
  });
  server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync(`${file}.tmp`, JSON.stringify({ port: server.address().port, token, pid: process.pid }), { mode: 0o600 });
    fs.renameSync(`${file}.tmp`, file);
  });
  context.subscriptions.push({ dispose: () => server.close() });
};
