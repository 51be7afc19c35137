// What the identity that deploys an environment needs, instead of Owner. An owner of the subscription deploys this once, before the environment:
//   az deployment sub create --location <region> --template-file infra/deployer.bicep --parameters environmentName=prod production=true principalId=<object id>

targetScope = 'subscription'

import { roleGuid, roles } from 'rights.bicep'

@description('Short name of the environment, as in its parameter file.')
@minLength(2)
@maxLength(8)
param environmentName string
@description('Whether it is production. Then groups get no role.')
param production bool
@description('Object id of the identity that deploys.')
param principalId string
@description('What that is.')
param principalType 'ServicePrincipal' | 'Group' | 'User' = 'ServicePrincipal'

var subscriptionId = subscription().subscriptionId
var unique = take(uniqueString(subscriptionId), 4)
// Contributor writes every resource, and nothing that says who may do what.
var contributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')
// The roles that rights.bicep knows, and no other. Owner and User Access Administrator are none of them. In production nobody holds those that change keys or vaults: they are
// eligible there, by another request.
var held = filter(items(roles), r => !production || !contains(['keyOfficer', 'vaultOperator'], r.key))
var assignable = map(held, r => roleGuid(subscriptionId, environmentName, r.key))
var principalTypes = production ? '\'ServicePrincipal\'' : '\'ServicePrincipal\', \'Group\''
var onlyThese = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${join(assignable, ', ')}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {${principalTypes}}))'

resource deployer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid('rekey', subscriptionId, environmentName, 'deployer')
  properties: {
    roleName: 'Rekey deployer (${environmentName}, ${unique})'
    description: 'Deploys Rekey, beside Contributor: roles, policies and deny settings.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/policyAssignments/write'
          'Microsoft.Authorization/policyDefinitions/write'
          'Microsoft.Authorization/roleAssignments/write'
          'Microsoft.Authorization/roleDefinitions/write'
          'Microsoft.Authorization/roleEligibilityScheduleRequests/write'
          'Microsoft.Resources/deploymentStacks/manageDenySetting/action'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
    assignableScopes: [subscription().id]
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, 'contributor', environmentName)
  properties: { principalId: principalId, principalType: principalType, roleDefinitionId: contributor, description: 'Deploys Rekey: every resource.' }
}

resource assigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, 'deployer', environmentName)
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: deployer.id
    description: 'Deploys Rekey: roles, policies and deny settings. It assigns the roles of Rekey only.'
    condition: onlyThese
    conditionVersion: '2.0'
  }
}

@description('The two roles that it has at the subscription: access.knownGrants of the environment names them.')
output roleIds string[] = [contributor, deployer.id]
