// The subscription's activity log: who gave whom a right. Two environments in one subscription send it twice, each to its own workspace.

targetScope = 'subscription'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('ARM id of the workspace that the activity log goes to.')
param workspaceId string

resource activity 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'rekey-${environmentName}'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'Administrative', enabled: true }, { category: 'Policy', enabled: true }, { category: 'Security', enabled: true }]
  }
}
