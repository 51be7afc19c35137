// Carries out the grants of access.bicep on the workspace, which may be in another resource group.

import { assignmentOf, grant, principalIds } from '../access.bicep'

param environmentName string
param workspaceName string
param grants grant[]
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
