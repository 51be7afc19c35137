// The workspace, where there is none yet: what Azure itself logs, with its retention by table.

@description('Name of the workspace.')
param name string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Days that logs can be had at all. Two years by default: the breach that Rekey is built around had run for 322 days when it was found, and its logs had expired.')
param totalRetentionDays int
@description('Days that they can be queried at once; sweeps look back that far at most.')
param interactiveRetentionDays int

type tagSet = {
  *: string
}

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

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
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
