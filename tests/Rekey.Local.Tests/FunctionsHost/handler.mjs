// A custom handler that does what a test tells it: it remembers every call and answers from scripts, by path.
import { createServer } from 'node:http';

const calls = [];
const scripts = new Map();
const waiting = [];

function read(request) {
  return new Promise(resolve => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

function send(response, status, headers, body) {
  response.writeHead(status, headers);
  response.end(body);
}

const control = {
  '/__calls': (body, response) => send(response, 200, { 'content-type': 'application/json' }, JSON.stringify(calls)),
  '/__script': (body, response) => { const { path, replies } = JSON.parse(body); scripts.set(path, replies); send(response, 200, {}, ''); },
  '/__release': (body, response) => { waiting.splice(0).forEach(go => go()); send(response, 200, {}, ''); },
  '/__env': (body, response) => send(response, 200, { 'content-type': 'application/json' }, JSON.stringify(process.env)),
  '/__args': (body, response) => send(response, 200, { 'content-type': 'application/json' }, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() })),
};

const server = createServer(async (request, response) => {
  const body = await read(request);
  const path = request.url.split('?')[0];
  if (control[path]) return control[path](body, response);
  if (path === '/' && request.method === 'GET' && !scripts.has('/')) return send(response, 404, {}, '');
  calls.push({ method: request.method, url: request.url, headers: request.headers, body });
  const reply = scripts.get(path)?.shift() ?? {};
  if (reply.wait) await new Promise(resolve => waiting.push(resolve));
  if (reply.exit !== undefined) process.exit(reply.exit);
  send(response, reply.status ?? 200, reply.headers ?? { 'content-type': 'application/json' }, reply.body ?? '{}');
});

if (process.env.TEST_EXIT_AT_START) process.exit(Number(process.env.TEST_EXIT_AT_START));
server.keepAliveTimeout = 60000;
server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1', () => {
  console.log('handler listens');
  console.error('handler complains');
});
