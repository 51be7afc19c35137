// Carries out the grants of access.bicep on a vault that this deployment did not make: reading, and nothing else.

import { accessPoliciesOf, assignmentOf, grant, principalIds } from '../access.bicep'
import { byAccessPolicy, permissionModelName } from '../rights.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Name of the vault.')
param vaultName string
@description('How vaults decide who may do what.')
param permissionModel permissionModelName
@description('Those on this vault.')
param grants grant[]
@description('Object ids, by the names that grants use.')
param principals principalIds

var byRole = filter(grants, g => !byAccessPolicy(permissionModel, g.role))
var policies = accessPoliciesOf(vaultName, grants, permissionModel, principals, tenant().tenantId)

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName

  // Adds to what is there, and takes nothing away.
  resource reading 'accessPolicies' = if (permissionModel == 'accessPolicies') {
    name: 'add'
    properties: { accessPolicies: policies }
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in byRole: {
    scope: vault
    name: guid(vault.id, environmentName, g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]
