// Runs the official Key Vault client against the local vault. Prints one line a check; ends with 1 at the first that fails.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { ClientSecretCredential, ManagedIdentityCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

const { VAULT_URL, AUTHORITY_HOST, TENANT_ID, CLIENT_ID, CLIENT_SECRET } = process.env;
const options = { disableChallengeResourceVerification: true };
const quick = { intervalInMs: 10 };

// IDENTITY_ENDPOINT and IDENTITY_HEADER are in the environment, as on App Service.
const identity = new ManagedIdentityCredential();
const keys = new KeyClient(VAULT_URL, identity, options);
const message = Buffer.from("signed by the vault, verified by Node");

async function check(name, run) {
  await run();
  console.log(`ok ${name}`);
}

async function collect(pages) {
  const found = [];
  for await (const item of pages) found.push(item);
  return found;
}

const innerCode = (e) => e.details.error.innerError?.code;

function publicKey({ kty, crv, x, y, n, e }) {
  const text = (bytes) => bytes && Buffer.from(bytes).toString("base64url");
  const jwk = { kty: kty.replace("-HSM", ""), crv, x: text(x), y: text(y), n: text(n), e: text(e) };
  return createPublicKey({ key: JSON.parse(JSON.stringify(jwk)), format: "jwk" });
}

let first;

await check("create", async () => {
  first = await keys.createKey("issuer", "EC", { curve: "P-256", keyOps: ["sign", "verify"], tags: { owner: "token-issuer" } });
  assert.equal(first.name, "issuer");
  assert.equal(first.key.crv, "P-256");
  assert.equal(first.keyType, "EC");
  assert.deepEqual(first.properties.tags, { owner: "token-issuer" });
  assert.match(first.properties.version, /^[0-9a-f]{32}$/);
  assert.equal(first.properties.vaultUrl, VAULT_URL.replace(/\/$/, ""));
  assert.equal(first.properties.recoverableDays, 90);
  for (const name of ["orders", "parcels"]) await keys.createRsaKey(name, { keySize: 2048 });
});

await check("get", async () => {
  assert.equal((await keys.getKey("issuer")).id, first.id);
  assert.equal((await keys.getKey("issuer", { version: first.properties.version })).id, first.id);
  await assert.rejects(keys.getKey("nothing"), { statusCode: 404, code: "KeyNotFound" });
});

await check("list", async () => {
  assert.deepEqual((await collect(keys.listPropertiesOfKeys())).map((k) => k.name), ["issuer", "orders", "parcels"]);
  const pages = await collect(keys.listPropertiesOfKeys().byPage({ maxPageSize: 2 }));
  assert.deepEqual(pages.map((p) => p.length), [2, 1]);
});

await check("rotate", async () => {
  const fresh = await keys.rotateKey("issuer");
  assert.notEqual(fresh.properties.version, first.properties.version);
  assert.deepEqual(fresh.properties.tags, first.properties.tags);
  const versions = await collect(keys.listPropertiesOfKeyVersions("issuer"));
  assert.deepEqual(versions.map((v) => v.version).sort(), [first.properties.version, fresh.properties.version].sort());
  assert.ok(versions.every((v) => v.enabled));
});

await check("sign and verify", async () => {
  const digest = createHash("sha256").update(message).digest();
  const version = await keys.getKey("issuer");
  // By id alone the client cannot verify locally before it has fetched the key; both ways are tried.
  const signer = new CryptographyClient(version.id, identity, options);
  const { result } = await signer.sign("ES256", digest);
  assert.equal(result.length, 64);
  assert.ok(verifySignature("sha256", message, { key: publicKey(version.key), dsaEncoding: "ieee-p1363" }, result));
  assert.equal((await signer.verify("ES256", digest, result)).result, true);
  result[0] ^= 1;
  assert.equal((await signer.verify("ES256", digest, result)).result, false);

  const rsa = await keys.getKey("orders");
  const signed = await new CryptographyClient(rsa, identity, options).signData("PS256", message);
  assert.ok(verifySignature("sha256", message, { key: publicKey(rsa.key), padding: 6, saltLength: 32 }, signed.result));
});

await check("wrap and unwrap", async () => {
  const client = new CryptographyClient(await keys.getKey("parcels"), identity, options);
  const { result } = await client.wrapKey("RSA-OAEP-256", message);
  assert.deepEqual(Buffer.from((await client.unwrapKey("RSA-OAEP-256", result)).result), message);
});

await check("update", async () => {
  const expiresOn = new Date("2030-01-01T00:00:00Z");
  const updated = await keys.updateKeyProperties("issuer", first.properties.version, { enabled: false, expiresOn, tags: { retired: "yes" } });
  assert.equal(updated.properties.enabled, false);
  assert.deepEqual(updated.properties.expiresOn, expiresOn);
  const signer = new CryptographyClient(updated.id, identity, options);
  await assert.rejects(signer.sign("ES256", createHash("sha256").update(message).digest()), (e) => {
    assert.equal(e.statusCode, 403);
    assert.equal(innerCode(e), "KeyDisabled");
    return true;
  });
});

await check("rotation policy", async () => {
  await keys.updateKeyRotationPolicy("issuer", {
    expiresIn: "P120D",
    lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P60D" }],
  });
  const policy = await keys.getKeyRotationPolicy("issuer");
  assert.equal(policy.expiresIn, "P120D");
  assert.equal(policy.id, `${first.properties.vaultUrl}/keys/issuer/rotationpolicy`);
  assert.deepEqual(policy.lifetimeActions.map((a) => a.action).sort(), ["Notify", "Rotate"]);
  const fresh = await keys.rotateKey("issuer");
  assert.equal(fresh.properties.expiresOn - fresh.properties.createdOn, 120 * 86_400_000);
});

await check("import", async () => {
  const { generateKeyPairSync } = await import("node:crypto");
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const bytes = Object.fromEntries(Object.entries(jwk).map(([k, v]) => [k, k === "kty" ? v : Buffer.from(v, "base64url")]));
  const imported = await keys.importKey("brought", { ...bytes, keyOps: ["sign", "verify"] });
  assert.deepEqual(Buffer.from(imported.key.n).toString("base64url"), jwk.n);
  assert.equal(imported.key.d, undefined);
});

await check("delete and recover", async () => {
  const deleting = await keys.beginDeleteKey("orders", quick);
  const deleted = await deleting.pollUntilDone();
  assert.equal(deleted.properties.recoveryId, `${first.properties.vaultUrl}/deletedkeys/orders`);
  assert.deepEqual((await collect(keys.listDeletedKeys())).map((k) => k.name), ["orders"]);
  await assert.rejects(keys.createKey("orders", "EC"), (e) => e.statusCode === 409 && innerCode(e) === "ObjectIsDeletedButRecoverable");
  const recovering = await keys.beginRecoverDeletedKey("orders", quick);
  assert.equal((await recovering.pollUntilDone()).name, "orders");
  assert.equal((await keys.getKey("orders")).name, "orders");
});

await check("backup, purge and restore", async () => {
  const backup = await keys.backupKey("parcels");
  await assert.rejects(keys.restoreKeyBackup(backup), { statusCode: 409 });
  const before = await keys.getKey("parcels");
  await (await keys.beginDeleteKey("parcels", quick)).pollUntilDone();
  await keys.purgeDeletedKey("parcels");
  const restored = await keys.restoreKeyBackup(backup);
  assert.equal(restored.id, before.id);
  assert.deepEqual(restored.key.n, before.key.n);
});

await check("challenge host check", async () => {
  const strict = new KeyClient(VAULT_URL, identity);
  await assert.rejects(strict.getKey("issuer"), /challenge resource/);
});

await check("client credentials", async () => {
  const secret = new ClientSecretCredential(TENANT_ID, CLIENT_ID, CLIENT_SECRET, { authorityHost: AUTHORITY_HOST, disableInstanceDiscovery: true });
  const reader = new KeyClient(VAULT_URL, secret, options);
  assert.equal((await reader.getKey("issuer")).name, "issuer");
  await assert.rejects(reader.rotateKey("issuer"), (e) => e.statusCode === 403 && innerCode(e) === "ForbiddenByRbac");
});
