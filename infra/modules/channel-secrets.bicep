// The address of a channel, and the secret that signs what a webhook gets. Read by the app through settings that refer to them.

@description('Name of the documents vault.')
param vaultName string
@description('The channel\'s name.')
param channel string
@description('Its https address; of a webhook the signing secret too: whsec_ and 24 to 64 random bytes in base64.')
@secure()
param secrets { url: string, signingSecret: string? }
@description('Tags of every resource.')
param tags tagSet

type tagSet = {
  *: string
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName

  resource url 'secrets' = {
    name: 'notify-${channel}-url'
    tags: tags
    properties: { value: secrets.url, attributes: { enabled: true }, contentType: 'text/plain' }
  }

  resource signingSecret 'secrets' = if (secrets.?signingSecret != null) {
    name: 'notify-${channel}-secret'
    tags: tags
    properties: { value: secrets.?signingSecret ?? '', attributes: { enabled: true }, contentType: 'text/plain' }
  }
}
