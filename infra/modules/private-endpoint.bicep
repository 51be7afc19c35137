// One way in, from one subnet to one part of one resource.

@description('Name of the endpoint.')
param name string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('ARM id of the subnet.')
param subnetId string
@description('ARM id of the resource that it leads to.')
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
