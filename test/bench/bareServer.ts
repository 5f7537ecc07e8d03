import { join } from 'node:path';
import Fastify from 'fastify';

// What any verifier on this machine costs at least: a Fastify route that reads a JSON body and answers
// one of about the same size, on a Unix socket. `node bareServer.ts <folder>`; prints the socket.
const socket = join(process.argv[2] ?? '.', 's');
const server = Fastify();
const reply = { filler: 'x'.repeat(700) };
server.post('/verify', async () => reply);
server.get('/health', async () => reply);
await server.listen({ path: socket });
process.stdout.write(`${JSON.stringify({ socket })}\n`);
process.stdin.on('end', () => process.exit()).resume();
