// The identities of this environment. Each has one task; none is shared with another environment.

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Issuers that sign under an identity made here.')
param issuers string[]
@description('Workloads outside Azure, or on Kubernetes, that may sign in as one of them (OpenID Connect).')
param federated federatedCredential[]
@description('Whether checkpoints of the ledger are signed.')
param checkpoint bool
@description('Whether an identity signs people out who have left: with checkpoints.')
param cutOff bool
@description('Whether an identity takes undeclared grants away: with checkpoints, and in the RBAC model only.')
param remover bool

type tagSet = {
  *: string
}

@export()
type federatedCredential = { of: string, issuer: string, subject: string }

var tasks = concat(['app', 'package'], checkpoint ? ['checkpoint'] : [], cutOff ? ['cut-off'] : [], remover ? ['remover'] : [])

resource tasked 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for task in tasks: {
    name: 'id-rekey-${environmentName}-${task}'
    location: location
    tags: tags
  }
]

resource issuing 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for issuer in issuers: {
    name: 'id-rekey-${environmentName}-issuer-${issuer}'
    location: location
    tags: tags
  }
]

// One at a time: Entra refuses credentials of one identity that are written side by side.
@batchSize(1)
resource credentials 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for credential in federated: {
    parent: issuing[indexOf(issuers, credential.of)]
    name: uniqueString(credential.issuer, credential.subject)
    properties: { issuer: credential.issuer, subject: credential.subject, audiences: ['api://AzureADTokenExchange'] }
  }
]

output appResourceId string = tasked[0].id
output appClientId string = tasked[0].properties.clientId
output appPrincipalId string = tasked[0].properties.principalId
output checkpointResourceId string = checkpoint ? tasked[2].id : ''
output checkpointClientId string = checkpoint ? tasked[2].properties.clientId : ''
output checkpointPrincipalId string = checkpoint ? tasked[2].properties.principalId : ''
output packageResourceId string = tasked[1].id
output packagePrincipalId string = tasked[1].properties.principalId
output cutOffResourceId string = cutOff ? tasked[3].id : ''
output cutOffClientId string = cutOff ? tasked[3].properties.clientId : ''
output cutOffPrincipalId string = cutOff ? tasked[3].properties.principalId : ''
output removerResourceId string = remover ? tasked[4].id : ''
output removerClientId string = remover ? tasked[4].properties.clientId : ''
output removerPrincipalId string = remover ? tasked[4].properties.principalId : ''
output issuerPrincipalIds string[] = [for (issuer, i) in issuers: issuing[i].properties.principalId]
