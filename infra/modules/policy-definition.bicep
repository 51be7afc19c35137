// No built-in policy looks at who a role is assigned to. This one refuses whatever is not expressly allowed: a request that leaves principalType out is refused too.

targetScope = 'subscription'

@description('Short name of the environment. It stands in every name.')
param environmentName string

resource definition 'Microsoft.Authorization/policyDefinitions@2025-03-01' = {
  name: 'rekey-role-assignments-${environmentName}'
  properties: {
    displayName: 'Rekey (${environmentName}): roles are assigned to allowed kinds of principal only'
    description: 'Refuses role assignments whose principalType is not expressly allowed. It sees assignments made from now on; those that stand are reported as not compliant.'
    policyType: 'Custom'
    mode: 'All'
    metadata: { category: 'Key Vault', version: '1.0.0' }
    parameters: {
      allowedPrincipalTypes: { type: 'Array', metadata: { displayName: 'Allowed kinds of principal', description: 'Such as ServicePrincipal, which managed identities are.' } }
      effect: {
        type: 'String'
        allowedValues: ['Deny', 'Audit', 'Disabled']
        defaultValue: 'Deny'
        metadata: { displayName: 'Effect', description: 'Deny refuses, Audit reports.' }
      }
    }
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: 'Microsoft.Authorization/roleAssignments' }
          { field: 'Microsoft.Authorization/roleAssignments/principalType', notIn: '[parameters(\'allowedPrincipalTypes\')]' }
        ]
      }
      then: { effect: '[parameters(\'effect\')]' }
    }
  }
}

output id string = definition.id
