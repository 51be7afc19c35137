// Carries out the grants of access.bicep on a resource group that this deployment does not own: the one of an issuer's compute.

import { assignmentOf, grant, principalIds } from '../access.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Those on this group.')
param grants grant[]
@description('Object ids, by the names that grants use.')
param principals principalIds
@description('Those of them that are known before a deployment. They stand in the names of assignments: an assignment cannot be given to another principal, so that of another one needs another name.')
param given principalIds

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in grants: {
    name: guid(resourceGroup().id, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]
