// What Rekey has in a workspace, its own or one that is there: the tables of what issuers and gateways log, and the two views that sweeps read.

import { streams } from 'streams.bicep'

@description('Name of the workspace.')
param workspaceName string
@description('Days that logs can be had at all. Two years by default: the breach that Rekey is built around had run for 322 days when it was found, and its logs had expired.')
param totalRetentionDays int
@description('Days that they can be queried at once; sweeps look back that far at most.')
param interactiveRetentionDays int

var views = [
  { name: 'TokenIssuance', query: loadTextContent('../kql/TokenIssuance.kql') }
  { name: 'GatewayAccess', query: loadTextContent('../kql/GatewayAccess.kql') }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource own 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for stream in items(streams): {
    parent: workspace
    name: stream.key
    properties: {
      plan: 'Analytics'
      retentionInDays: interactiveRetentionDays
      totalRetentionInDays: totalRetentionDays
      schema: { name: stream.key, columns: stream.value }
    }
  }
]

// What sweeps read, whatever table it comes from: map your own in infra/kql.
resource functions 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [
  for view in views: {
    parent: workspace
    name: view.name
    properties: {
      category: 'Rekey'
      displayName: view.name
      functionAlias: view.name
      query: view.query
      version: 2
      // Without it a second deployment is answered 409; the resource type does not know that it may be said.
      #disable-next-line BCP037
      etag: '*'
    }
    dependsOn: [own]
  }
]

output workspaceId string = workspace.properties.customerId
