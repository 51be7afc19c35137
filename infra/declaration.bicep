// The declared grants, which the app compares with the real ones (Rekey:VaultAccess:Declaration).

import { grant, principalIds, whoOnVault } from 'access.bicep'
import { byAccessPolicy, permissionModelName, roleDefinitionId, roles } from 'rights.bicep'

@export()
@description('A declared grant.')
type declaredGrant = {
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
  @description('A role definition id; none where an access policy carries it out.')
  role: string?
  dataActions: string[]
  @description('Of the control plane; none for a built-in role, whose actions the app knows.')
  actions: string[]?
  active: bool
  why: string
}

@export()
@description('The declared grants on a vault, or on its resource group.')
func declaredGrants(on string, grants grant[], model permissionModelName, principals principalIds, subscriptionId string, environmentName string) declaredGrant[] =>
  concat(
    // A vault has one access policy a principal, whatever it adds up from.
    map(whoOnVault(on, grants, model), who => {
      principalId: principals[who]
      principalType: filter(grants, g => g.who == who)[0].whoType
      dataActions: reduce(filter(grants, g => g.on.name == on && g.who == who && g.active), [], (all, g) => union(all, roles[g.role].dataActions))
      active: true
      why: join(map(filter(grants, g => g.on.name == on && g.who == who && g.active), g => g.why), ' ')
    }),
    map(filter(grants, g => g.on.name == on && !(g.active && byAccessPolicy(model, g.role))), g => declaredRole(g, model, principals, subscriptionId, environmentName))
  )

// Where access policies decide, a role's data actions give nothing.
func declaredRole(g grant, model permissionModelName, principals principalIds, subscriptionId string, environmentName string) declaredGrant =>
  union(
    {
      principalId: principals[g.who]
      principalType: g.whoType
      role: roleDefinitionId(subscriptionId, environmentName, g.role)
      dataActions: model == 'rbac' ? roles[g.role].dataActions : []
      active: g.active
      why: g.why
    },
    empty(roles[g.role].id) ? { actions: roles[g.role].actions } : {}
  )
