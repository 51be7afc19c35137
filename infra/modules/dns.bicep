// Where the app, and issuers in peered networks, find vaults and storage by name: private zones, linked to these networks and no others.

@description('Tags of every resource.')
param tags tagSet
@description('Id of the network that the endpoints are in.')
param networkId string
@description('Ids of virtual networks that are peered with it, whose issuers come in by the endpoints there and must find them by name.')
param peeredNetworkIds string[]

type tagSet = {
  *: string
}

var zones = {
  vault: 'privatelink.${replace(environment().suffixes.keyvaultDns, '.vault.', 'vaultcore.')}'
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
}

resource dns 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in items(zones): {
    name: zone.value
    location: 'global'
    tags: tags
  }
]

resource own 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in items(zones): {
    parent: dns[i]
    name: 'rekey'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

resource peered 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for network in peeredNetworkIds: {
    parent: dns[indexOf(map(items(zones), zone => zone.key), 'vault')]
    name: 'peered-${uniqueString(network)}'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: resourceId(split(network, '/')[2], split(network, '/')[4], 'Microsoft.Network/virtualNetworks', last(split(network, '/'))) }
    }
  }
]

output zoneIds { vault: string, blob: string, queue: string, table: string } = {
  vault: resourceId('Microsoft.Network/privateDnsZones', zones.vault)
  blob: resourceId('Microsoft.Network/privateDnsZones', zones.blob)
  queue: resourceId('Microsoft.Network/privateDnsZones', zones.queue)
  table: resourceId('Microsoft.Network/privateDnsZones', zones.table)
}
