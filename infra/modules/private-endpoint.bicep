// One way in, from one subnet to one part of one resource.

param name string
param location string
param tags tagSet
param subnetId string
param resourceId string
@description('Which part of it: vault, blob, queue or table.')
param part string
@description('false: a policy of the platform team registers it.')
param registers bool
@description('The private DNS zone that it registers in.')
param zoneId string

type tagSet = {
  *: string
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [{ name: name, properties: { privateLinkServiceId: resourceId, groupIds: [part] } }]
  }

  resource zones 'privateDnsZoneGroups' = if (registers) {
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: part, properties: { privateDnsZoneId: zoneId } }] }
  }
}
