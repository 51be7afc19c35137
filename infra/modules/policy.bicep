// Policies on the resource group of the vaults. They refuse what the deployment itself never does, for every caller.

import { permissionModelName } from '../rights.bicep'

@description('Region.')
param location string
@description('How vaults decide who may do what.')
param permissionModel permissionModelName
@description('Whether vaults may be reached from outside at all.')
param privateOnly bool

// Built-in definitions of Azure Policy for Key Vault.
var builtIn = concat(
  [
    { name: 'hsm-keys', id: '587c79fe-dd04-4a5e-9d0b-f89598c7261b', title: 'Keys are HSM-backed', effect: 'Deny' }
    { name: 'purge-protection', id: '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53', title: 'Vaults are purge-protected', effect: 'Deny' }
    { name: 'soft-delete', id: '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d', title: 'Vaults have soft delete', effect: 'Deny' }
    { name: 'firewall', id: '55615ac9-af46-4a59-874e-391cc3dfb490', title: 'Vaults have their firewall on', effect: 'Deny' }
    { name: 'resource-logs', id: 'cf820ca0-f99e-4f3e-84fb-66e913812d21', title: 'Vaults log what is done with them', effect: 'AuditIfNotExists' }
  ],
  privateOnly ? [{ name: 'no-public-network', id: '405c5871-3e91-4644-8a63-58e19d68ff5b', title: 'Vaults are closed to public networks', effect: 'Deny' }] : [],
  // In the other model it would forbid this very template.
  permissionModel == 'rbac' ? [{ name: 'rbac', id: '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5', title: 'Vaults use the RBAC permission model', effect: 'Deny' }] : []
)

resource builtIns 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for policy in builtIn: {
    name: 'rekey-${policy.name}'
    location: location
    properties: {
      displayName: 'Rekey: ${policy.title}'
      description: '${policy.title}. Assigned by the deployment of Rekey, which complies itself.'
      metadata: { assignedBy: 'Rekey' }
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', policy.id)
      enforcementMode: 'Default'
      parameters: { effect: { value: policy.effect } }
    }
  }
]
