// Where issuers and gateways write, and the app's own telemetry.

import { streams } from 'streams.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('What resources are called.')
param names monitoringNames
@description('ARM id of the workspace that it goes to.')
param workspaceResourceId string

type tagSet = {
  *: string
}
@export()
type monitoringNames = { workspace: string, insights: string, issuances: string, accesses: string }

var rules = [
  { name: names.issuances, tables: ['TokenIssuance_CL'] }
  { name: names.accesses, tables: ['GatewayAccess_CL', 'GatewayRefusal_CL', 'GatewayGap_CL'] }
]
var ingested = flatten(map(rules, (rule, n) => map(rule.tables, table => { rule: n, stream: 'Custom-${table}' })))
// Senders give EventTime. One that gives TimeGenerated only still has a row.
var toTableTimes = 'source | extend TimeGenerated = iff(isnull(EventTime), TimeGenerated, EventTime)'

// Where issuers and gateways write (Logs Ingestion API), by their own identities and each its own streams only.
resource collection 'Microsoft.Insights/dataCollectionRules@2023-03-11' = [
  for rule in rules: {
    name: rule.name
    location: location
    tags: tags
    kind: 'Direct'
    properties: {
      streamDeclarations: toObject(rule.tables, table => 'Custom-${table}', table => { columns: streams[table] })
      destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspaceResourceId }] }
      // A flow a stream: each has a table of its own.
      dataFlows: map(rule.tables, table => {
        streams: ['Custom-${table}']
        destinations: ['workspace']
        outputStream: 'Custom-${table}'
        transformKql: toTableTimes
      })
    }
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: names.insights
  location: location
  tags: union(tags, { 'rekey-environment': environmentName })
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceResourceId
    IngestionMode: 'LogAnalytics'
    // Its connection string is known to all who can read it: who has no identity with a role here sends nothing, and cannot feign that the app works.
    DisableLocalAuth: true
  }
}

output connectionString string = insights.properties.ConnectionString
@description('Where issuers and gateways send rows: the stream, the endpoint and the immutable id of the rule.')
output ingestion { stream: string, endpoint: string, ruleId: string }[] = [
  for one in ingested: {
    stream: one.stream
    endpoint: collection[one.rule].properties.endpoints.logsIngestion
    ruleId: collection[one.rule].properties.immutableId
  }
]
