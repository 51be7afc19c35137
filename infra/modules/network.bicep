// A network for the app: it reaches vaults and storage by private endpoints only, and everything else (Graph, Entra, Log Analytics, issuers' JWKS) through one address.

param environmentName string
param location string
param tags tagSet
@description('Address space: a /24 or wider, whose first /26 is the app\'s and whose second is the private endpoints\'.')
param addressSpace string
@description('Ids of virtual networks that are peered with this one, whose issuers come in by the endpoints here and must find them by name.')
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

resource publicAddress 'Microsoft.Network/publicIPAddresses@2024-07-01' = {
  name: 'pip-rekey-${environmentName}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2024-07-01' = {
  name: 'ng-rekey-${environmentName}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: publicAddress.id }] }
}

// Nobody connects into either subnet but from this network itself.
resource rules 'Microsoft.Network/networkSecurityGroups@2024-07-01' = {
  name: 'nsg-rekey-${environmentName}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'refuse-internet'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-rekey-${environmentName}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 26, 0)
          defaultOutboundAccess: false
          natGateway: { id: nat.id }
          networkSecurityGroup: { id: rules.id }
          // What Flex Consumption runs in.
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 26, 1)
          defaultOutboundAccess: false
          networkSecurityGroup: { id: rules.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
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
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
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

output appSubnetId string = '${network.id}/subnets/app'
output endpointSubnetId string = '${network.id}/subnets/endpoints'
output blobZoneId string = resourceId('Microsoft.Network/privateDnsZones', zones.blob)
output queueZoneId string = resourceId('Microsoft.Network/privateDnsZones', zones.queue)
output tableZoneId string = resourceId('Microsoft.Network/privateDnsZones', zones.table)
output vaultZoneId string = resourceId('Microsoft.Network/privateDnsZones', zones.vault)
