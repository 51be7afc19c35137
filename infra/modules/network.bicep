// A network for the app: it reaches vaults and storage by private endpoints only, and everything else (Graph, Entra, Log Analytics, issuers'
// JWKS) through one address, or through what the platform team routes it to.

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Address space: a /24 or wider, whose first /26 is the app\'s and whose second is the private endpoints\'.')
param addressSpace string
@description('Whether the app goes out through a public address of its own. none: through what the platform team routes the subnet to.')
param egress ('nat' | 'none')

type tagSet = {
  *: string
}

resource publicAddress 'Microsoft.Network/publicIPAddresses@2024-07-01' = if (egress == 'nat') {
  name: 'pip-rekey-${environmentName}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2024-07-01' = if (egress == 'nat') {
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
          natGateway: egress == 'nat' ? { id: nat.id } : null
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

output appSubnetId string = '${network.id}/subnets/app'
output endpointSubnetId string = '${network.id}/subnets/endpoints'
