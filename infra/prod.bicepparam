using 'main.bicep'

// Production of the made-up company Contoso. What begins with "the id of" is yours to fill in.

param environmentName = 'prod'
param production = true
param location = 'westeurope'
param graphClientState = readEnvironmentVariable('REKEY_GRAPH_CLIENT_STATE', '')
param notificationSecrets = json(empty(readEnvironmentVariable('REKEY_NOTIFICATION_SECRETS', '')) ? '{}' : readEnvironmentVariable('REKEY_NOTIFICATION_SECRETS', ''))
param evidenceLocked = bool(readEnvironmentVariable('REKEY_EVIDENCE_LOCKED', 'false'))

param issuers = [
  {
    // Its identity is made by the deployment.
    name: 'shop'
    issuer: 'https://login.contoso.example/shop'
    audiences: ['api://shop']
    publicJwksUri: 'https://keys.contoso.example/issuers/shop/jwks.json'
    key: { kty: 'EC-HSM', curve: 'P-256' }
    peakTokensASecond: 60
    custodians: ['00000000-0000-4000-8000-0000000c0001'] // the id of a person
    // A service account of its cluster signs in as that identity.
    federatedCredentials: [{ issuer: 'https://cluster.contoso.example/shop', subject: 'system:serviceaccount:shop:issuer' }]
    subnets: [
      {
        id: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-shop-prod/providers/Microsoft.Network/virtualNetworks/vnet-shop-prod/subnets/endpoints'
        location: 'westeurope'
      }
    ]
  }
  {
    // Runs under a managed identity that was there before.
    name: 'partners'
    issuer: 'https://login.contoso.example/partners'
    audiences: ['api://orders', 'api://stock']
    publicJwksUri: 'https://keys.contoso.example/issuers/partners/jwks.json'
    key: { kty: 'RSA-HSM', size: 3072 }
    peakTokensASecond: 20
    custodians: ['00000000-0000-4000-8000-0000000c0002'] // the id of a person
    signerPrincipalIds: ['00000000-0000-4000-8000-0000000a0001'] // the id of a managed identity
    subnets: [
      {
        id: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-partners-prod/providers/Microsoft.Network/virtualNetworks/vnet-partners-prod/subnets/endpoints'
        location: 'westeurope'
      }
    ]
  }
]
param access = {
  gatewayPrincipalIds: ['00000000-0000-4000-8000-0000000a0002'] // the id of a managed identity
  breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001' // the id of a group
  watchedResourceGroups: ['rg-shop-prod']
  deployers: ['00000000-0000-4000-8000-0000000e0001'] // the id of the pipeline's identity
  // The output roleIds of infra/deployer.bicep, for the pipeline's identity.
  knownGrants: [
    {
      principalId: '00000000-0000-4000-8000-0000000e0001'
      principalType: 'ServicePrincipal'
      role: '/subscriptions/00000000-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c'
      scope: '/subscriptions/00000000-0000-4000-8000-000000000001'
      active: true
      why: 'The pipeline deploys this: it is Contributor.'
    }
    {
      principalId: '00000000-0000-4000-8000-0000000e0001'
      principalType: 'ServicePrincipal'
      role: '/subscriptions/00000000-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/22342856-f3ac-5f51-b841-8ea82381065b'
      scope: '/subscriptions/00000000-0000-4000-8000-000000000001'
      active: true
      why: 'The pipeline deploys this: it assigns Rekey\'s roles and policies, and no other role.'
    }
  ]
  // The output REKEY_PRINCIPAL_IDS of dev.
  foreignPrincipalIds: [
    '00000000-0000-4000-8000-0000000d0001' // the id of dev's app
    '00000000-0000-4000-8000-0000000d0002' // the id of dev's issuer
    '00000000-0000-4000-8000-0000000d0003' // the id of dev's developers
  ]
}
param alerts = { receivers: ['security@contoso.example'] }

param audience = 'api://rekey-prod'
param modes = { rotations: 'Ask', sweeps: 'Observe', vaultAccess: 'Ask' }

// Not before the first deployment (infra/README.md): what they name is not there yet.
// param feed = {
//   hasClientState: true // with the deployment that is given REKEY_GRAPH_CLIENT_STATE
//   partnerTopicName: 'pt-rekey-users' // Graph makes it with the subscription for changes of users
//   subscriptionIds: ['the id of that subscription']
// }
// param evidence = { checkpointThumbprint: 'the RFC 7638 thumbprint of the checkpoint key' }
