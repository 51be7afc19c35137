using '../main.bicep'
extends '../dev.bicepparam'

// The smallest size: it observes a vault that is there already. Kept for its snapshot.

param size = 'observe'
param issuers = [
  {
    name: 'shop'
    issuer: 'https://login.dev.contoso.example/shop'
    audiences: ['api://shop-dev']
    publicJwksUri: 'https://keys.dev.contoso.example/issuers/shop/jwks.json'
    key: { kty: 'EC-HSM', curve: 'P-256' }
    vaultName: 'kv-contoso-tokens'
    vaultGroup: 'rg-contoso-keys'
    keyName: 'token-signing'
    peakTokensASecond: 5
    custodians: ['00000000-0000-4000-8000-0000000c0001'] // the id of a person
  }
]
param access = { deployers: ['00000000-0000-4000-8000-0000000e0002'] }
param vaults = {}
