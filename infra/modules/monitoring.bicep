// The workspace: logs with their retention by table, the two views that sweeps read, and where issuers and gateways write.

param environmentName string
param location string
param tags tagSet
param names monitoringNames
@description('Days that logs can be had at all. Two years by default: the breach that Rekey is built around had run for 322 days when it was found, and its logs had expired.')
param totalRetentionDays int
@description('Days that they can be queried at once; sweeps look back that far at most.')
param interactiveRetentionDays int

type tagSet = {
  *: string
}
@export()
type monitoringNames = { workspace: string, insights: string, issuances: string, accesses: string }

// What an investigation needs: who used which key, who signed in, who was given what.
var azureTables = [
  'AZKVAuditLogs'
  'AuditLogs'
  'SigninLogs'
  'AADNonInteractiveUserSignInLogs'
  'AADServicePrincipalSignInLogs'
  'AADManagedIdentitySignInLogs'
  'AzureActivity'
]

// The columns of the two views (src/Rekey/Sweeps/LogViews.cs); a test holds them together.
var streams = {
  TokenIssuance_CL: [
    { name: 'TimeGenerated', type: 'datetime' }
    { name: 'Iss', type: 'string' }
    { name: 'Jti', type: 'string' }
    { name: 'Kid', type: 'string' }
    { name: 'Sub', type: 'string' }
    { name: 'Aud', type: 'string' }
    { name: 'ClientId', type: 'string' }
    { name: 'IssuedAt', type: 'datetime' }
    { name: 'ExpiresAt', type: 'datetime' }
    { name: 'SigningInputSha256', type: 'string' }
    { name: 'IssuerInstance', type: 'string' }
    { name: 'Sequence', type: 'long' }
  ]
  GatewayAccess_CL: [
    { name: 'TimeGenerated', type: 'datetime' }
    { name: 'Iss', type: 'string' }
    { name: 'Jti', type: 'string' }
    { name: 'Kid', type: 'string' }
    { name: 'Sub', type: 'string' }
    { name: 'Aud', type: 'string' }
    { name: 'IssuedAt', type: 'datetime' }
    { name: 'ExpiresAt', type: 'datetime' }
    { name: 'SigningInputSha256', type: 'string' }
    { name: 'KeyThumbprint', type: 'string' }
    { name: 'SignatureVerified', type: 'boolean' }
    { name: 'SealState', type: 'string' }
    { name: 'SrcIpAddr', type: 'string' }
    { name: 'UserAgent', type: 'string' }
    { name: 'Path', type: 'string' }
    { name: 'StatusCode', type: 'long' }
    { name: 'Gateway', type: 'string' }
  ]
}
var rules = [{ name: names.issuances, table: 'TokenIssuance_CL' }, { name: names.accesses, table: 'GatewayAccess_CL' }]
var views = [
  { name: 'TokenIssuance', query: loadTextContent('../kql/TokenIssuance.kql') }
  { name: 'GatewayAccess', query: loadTextContent('../kql/GatewayAccess.kql') }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: names.workspace
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: interactiveRetentionDays
    // No daily cap: alerts rest on what is written here, and a day's flood would silence them.
    workspaceCapping: { dailyQuotaGb: -1 }
    features: {
      disableLocalAuth: true
      // Reading one table is a right of its own, not a part of reading some resource.
      enableLogAccessUsingOnlyResourcePermissions: false
      immediatePurgeDataOn30Days: false
    }
  }
}

resource azure 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for table in azureTables: {
    parent: workspace
    name: table
    properties: { plan: 'Analytics', retentionInDays: interactiveRetentionDays, totalRetentionInDays: totalRetentionDays }
  }
]

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

// Where issuers and gateways write (Logs Ingestion API), by their own identities and each its own stream only.
resource collection 'Microsoft.Insights/dataCollectionRules@2023-03-11' = [
  for rule in rules: {
    name: rule.name
    location: location
    tags: tags
    kind: 'Direct'
    properties: {
      streamDeclarations: { 'Custom-${rule.table}': { columns: streams[rule.table] } }
      destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }] }
      dataFlows: [{ streams: ['Custom-${rule.table}'], destinations: ['workspace'], outputStream: 'Custom-${rule.table}', transformKql: 'source' }]
    }
    dependsOn: [own]
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: names.insights
  location: location
  tags: union(tags, { 'rekey-environment': environmentName })
  kind: 'web'
  properties: { Application_Type: 'web', WorkspaceResourceId: workspace.id, IngestionMode: 'LogAnalytics' }
}

output workspaceResourceId string = workspace.id
output workspaceId string = workspace.properties.customerId
output connectionString string = insights.properties.ConnectionString
