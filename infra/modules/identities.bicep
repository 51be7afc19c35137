// The identities of this environment. Each has one task; none is shared with another environment.

param environmentName string
param location string
param tags tagSet
@description('Issuers that sign under an identity made here.')
param issuers string[]
@description('Workloads outside Azure, or on Kubernetes, that may sign in as one of them (OpenID Connect).')
param federated federatedCredential[]
@description('Whether somebody may take undeclared grants away: in the RBAC model only.')
param remover bool

type tagSet = {
  *: string
}

@export()
type federatedCredential = { of: string, issuer: string, subject: string }

var tasks = concat(['app', 'checkpoint', 'package'], remover ? ['remover'] : [])

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
output checkpointResourceId string = tasked[1].id
output checkpointClientId string = tasked[1].properties.clientId
output checkpointPrincipalId string = tasked[1].properties.principalId
output packageResourceId string = tasked[2].id
output packagePrincipalId string = tasked[2].properties.principalId
output removerResourceId string = remover ? tasked[3].id : ''
output removerClientId string = remover ? tasked[3].properties.clientId : ''
output removerPrincipalId string = remover ? tasked[3].properties.principalId : ''
output issuerPrincipalIds string[] = [for (issuer, i) in issuers: issuing[i].properties.principalId]
