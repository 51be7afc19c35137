// A zone for every network of issuers in which vaults have endpoints, each in a resource group of its own: a group holds one zone of a name.

targetScope = 'subscription'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Ids of the networks.')
param networkIds string[]

type tagSet = {
  *: string
}

resource groups 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for id in networkIds: {
    name: 'rg-rekey-${environmentName}-${take(last(split(id, '/')), 40)}-${take(uniqueString(id), 5)}'
    location: location
    tags: tags
  }
]

module zones 'issuer-zone.bicep' = [
  for (id, n) in networkIds: {
    scope: groups[n]
    params: { tags: tags, networkId: id }
  }
]

output zoneIds string[] = [for (id, n) in networkIds: zones[n].outputs.zoneId]
