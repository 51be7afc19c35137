using 'main.bicep'

// Where Contoso's developers work: the same, with vaults that are theirs.

param environmentName = 'dev'
param production = false
param location = 'westeurope'
param graphClientState = readEnvironmentVariable('REKEY_GRAPH_CLIENT_STATE', '')
param notificationSecrets = json(empty(readEnvironmentVariable('REKEY_NOTIFICATION_SECRETS', '')) ? '{}' : readEnvironmentVariable('REKEY_NOTIFICATION_SECRETS', ''))
param evidenceLocked = bool(readEnvironmentVariable('REKEY_EVIDENCE_LOCKED', 'false'))

param issuers = [
  {
    name: 'shop'
    issuer: 'https://login.dev.contoso.example/shop'
    audiences: ['api://shop-dev']
    publicJwksUri: 'https://keys.dev.contoso.example/issuers/shop/jwks.json'
    key: { kty: 'EC-HSM', curve: 'P-256' }
    peakTokensASecond: 5
    custodians: ['00000000-0000-4000-8000-0000000c0001'] // the id of a person
  }
]
param access = {
  developerGroupIds: ['00000000-0000-4000-8000-0000000d0003'] // the id of a group
  deployers: ['00000000-0000-4000-8000-0000000e0002'] // the id of the pipeline's identity
}
param vaults = {
  allowedRanges: ['198.51.100.0/24'] // the office
}
param logs = { totalRetentionDays: 365 }
param evidence = {
  days: 365
  lock: false // what is locked cannot be taken down
}
param app = { alwaysReady: 0 }

param audience = 'api://rekey-dev'
