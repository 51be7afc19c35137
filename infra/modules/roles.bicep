// The custom roles, one set an environment.

targetScope = 'subscription'

import { customRoleName, roles, roleGuid } from '../rights.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string

var custom = filter(items(roles), role => empty(role.value.id))

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in custom: {
    name: roleGuid(subscription().subscriptionId, environmentName, role.key)
    properties: {
      roleName: customRoleName(subscription().subscriptionId, environmentName, role.key)
      description: role.value.description
      type: 'CustomRole'
      assignableScopes: [subscription().id]
      permissions: [{ actions: role.value.actions, notActions: role.value.?notActions ?? [], dataActions: role.value.dataActions, notDataActions: [] }]
    }
  }
]
