import { createServer } from 'node:http';
import { all } from './customers.js';

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(all()));
});

server.listen(8080, '127.0.0.1');
