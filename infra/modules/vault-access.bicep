// Carries out the grants of access.bicep on the vaults and their resource group. What is an access policy stands on the vault itself (vault.bicep).

import { assignmentOf, grant, principalIds } from '../access.bicep'
import { byAccessPolicy, permissionModelName, roleGuid } from '../rights.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('How vaults decide who may do what.')
param permissionModel permissionModelName
@description('Whether roles are assigned that have no effect yet.')
param rolesAhead bool
@description('Grants of access.bicep; those of other kinds are left out.')
param grants grant[]
@description('Object ids, by the names that grants use.')
param principals principalIds
@description('Those of them that are known before a deployment. They stand in the names of assignments: an assignment cannot be given to another principal, so that of another one needs another name.')
param given principalIds
@description('Changes with every deployment: an eligibility is a request, and a request cannot be made twice.')
param deploymentMark string
@description('How long an eligibility lasts (ISO 8601). The PIM policy of a new vault takes a year at most.')
param eligibilityDuration string

var onGroup = filter(grants, g => g.on.kind == 'keysGroup')
var onVault = filter(grants, g => g.on.kind == 'vault' && (rolesAhead || !byAccessPolicy(permissionModel, g.role)))
var active = filter(onVault, g => g.active)
var eligible = filter(onVault, g => !g.active)

// A principal with the remover role can delete assignments of persons, and no others: an issuer's grant is out of its reach.
var personsOnly = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/delete\'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'User\'}))'

resource vaults 'Microsoft.KeyVault/vaults@2026-02-01' existing = [
  for g in active: {
    name: g.on.name
  }
]

resource eligibleVaults 'Microsoft.KeyVault/vaults@2026-02-01' existing = [
  for g in eligible: {
    name: g.on.name
  }
]

resource groupAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in onGroup: {
    name: guid(resourceGroup().id, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource vaultAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (g, i) in active: {
    scope: vaults[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: union(assignmentOf(g, principals, subscription().subscriptionId, environmentName), g.role == 'remover' ? { condition: personsOnly, conditionVersion: '2.0' } : {})
  }
]

resource eligibilities 'Microsoft.Authorization/roleEligibilityScheduleRequests@2022-04-01-preview' = [
  for (g, i) in eligible: {
    scope: eligibleVaults[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role, deploymentMark)
    properties: {
      principalId: principals[g.who]
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleGuid(subscription().subscriptionId, environmentName, g.role))
      // Makes it or leaves it as it is; AdminAssign fails where it is there already.
      requestType: 'AdminUpdate'
      justification: g.why
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: eligibilityDuration } }
    }
  }
]
