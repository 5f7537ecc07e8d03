import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { after, describe, it } from 'node:test';
import { createAuditor } from '../../verifier/audit/create.ts';
import { PROVIDERS } from './providers.ts';
import { NEVER, request, unchanged } from './samples.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

for (const { name, settingsFor } of PROVIDERS) {
  describe(`${name}: a redirect by the service`, () => {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`with ${status} takes neither key nor content to another address`, async () => {
        let reached = 0;
        const elsewhere = await serve((_, response) => {
          reached += 1;
          response.end('{}');
        });
        const agreed = await serve((_, response) => response.writeHead(status, { location: elsewhere }).end());
        const result = await createAuditor(settingsFor(agreed), { redact: unchanged }).audit(request(), NEVER);
        assert.match(result.state === 'unavailable' ? result.why : '', /redirects/);
        assert.equal(reached, 0);
      });
    }
  });
}

describe('any other redirect', () => {
  it('is still followed by requests that carry no key', async () => {
    const elsewhere = await serve((_, response) => response.end('there'));
    const here = await serve((_, response) => response.writeHead(302, { location: elsewhere }).end());
    assert.equal(await (await fetch(here)).text(), 'there');
  });
});
