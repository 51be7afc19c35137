// Carries out the grants of access.bicep on the workspace, which may be in another resource group.

import { assignmentOf, grant, principalIds } from '../access.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Name of the workspace.')
param workspaceName string
@description('Grants of access.bicep; those of other kinds are left out.')
param grants grant[]
@description('Object ids, by the names that grants use.')
param principals principalIds

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in filter(grants, g => g.on.kind == 'workspace'): {
    scope: workspace
    name: guid(workspace.id, environmentName, g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]
