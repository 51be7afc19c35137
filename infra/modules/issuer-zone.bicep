// Where one issuer's network finds vaults by name. In a resource group of its own, since Rekey's own zone has the same name; linked to that network and no other.

@description('Tags of every resource.')
param tags tagSet
@description('ARM id of the network.')
param networkId string

type tagSet = {
  *: string
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.${replace(environment().suffixes.keyvaultDns, '.vault.', 'vaultcore.')}'
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'issuer'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: resourceId(split(networkId, '/')[2], split(networkId, '/')[4], 'Microsoft.Network/virtualNetworks', last(split(networkId, '/'))) }
  }
}

output zoneId string = zone.id
