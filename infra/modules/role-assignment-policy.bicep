// Whom roles in a resource group may be assigned to. It sees what is assigned at the group and below, from now on.

@description('Region.')
param location string
@description('The definition that looks at whom roles are assigned to.')
param definitionId string
@description('Kinds of principal that roles may be assigned to.')
param allowedPrincipalTypes ('ServicePrincipal' | 'Group')[]
@description('What lies in the group, in words.')
param what string

resource roleAssignments 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'rekey-role-assignments'
  location: location
  properties: {
    displayName: 'Rekey: roles on ${what} are assigned to ${join(allowedPrincipalTypes, ' and ')} only'
    description: 'Refuses role assignments on ${what} to other kinds of principal. Grants come from infra/access.bicep.'
    metadata: { assignedBy: 'Rekey' }
    policyDefinitionId: definitionId
    enforcementMode: 'Default'
    parameters: { allowedPrincipalTypes: { value: allowedPrincipalTypes }, effect: { value: 'Deny' } }
    nonComplianceMessages: [{ message: 'Roles on ${what} come from infra/access.bicep. Add the grant there, or activate the break-glass eligibility.' }]
  }
}
