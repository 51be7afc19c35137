// Reads public JWKs, one a line, and writes for each its RFC 7638 thumbprint: of the key as jose reads it and writes it again.
import { createInterface } from 'node:readline';
import { calculateJwkThumbprint, exportJWK, importJWK } from 'jose';

const algorithms = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
for await (const line of createInterface({ input: process.stdin })) {
  const jwk = JSON.parse(line);
  const read = await importJWK(jwk, jwk.kty === 'RSA' ? 'RS256' : algorithms[jwk.crv], { extractable: true });
  console.log(await calculateJwkThumbprint(await exportJWK(read)));
}
