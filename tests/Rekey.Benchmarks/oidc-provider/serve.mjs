// Serves oidc-provider's introspection on a free port of the loopback and says which. It ends with the pipe on stdin.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

process.stdin.on('end', () => process.exit(0)).on('close', () => process.exit(0)).resume();

const server = createServer();
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{
      client_id: 'gateway',
      client_secret: process.env.CLIENT_SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    }],
    scopes: ['orders.read'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
    },
    ttl: { ClientCredentials: 3600 },
  });
  server.on('request', provider.callback());
  console.log(`listening ${port}`);
});
