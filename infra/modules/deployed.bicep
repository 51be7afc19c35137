// The last thing that a deployment does: each vault says which declaration is in force. A deployment that did not come this far leaves a vault without it, or with
// another, and then nothing is taken away.

@description('Names of the vaults, with the tags that they have anyway.')
param vaultNames string[]
param tags tagSet
param declarationHash string

type tagSet = {
  *: string
}

resource vaults 'Microsoft.KeyVault/vaults@2026-02-01' existing = [
  for name in vaultNames: {
    name: name
  }
]

resource marks 'Microsoft.Resources/tags@2021-04-01' = [
  for (name, i) in vaultNames: {
    scope: vaults[i]
    name: 'default'
    properties: { tags: union(tags, { 'rekey-declaration': declarationHash }) }
  }
]
