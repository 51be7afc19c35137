// The client state of the Graph subscription. Written by a deployment that is given one, read by the app through a setting that refers to it.

@description('Name of the documents vault.')
param vaultName string
@description('The client state: 16 to 128 characters.')
@secure()
param value string
@description('Tags of every resource.')
param tags tagSet

type tagSet = {
  *: string
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName

  resource secret 'secrets' = {
    name: 'graph-client-state'
    tags: tags
    properties: { value: value, attributes: { enabled: true }, contentType: 'text/plain' }
  }
}
