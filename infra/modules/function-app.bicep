// The function app: Flex Consumption, a .NET isolated worker, one identity of its own, no keys.

@description('Name of the app.')
param name string
@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('The app\'s own first; the others do one task each.')
@minLength(1)
param identityIds string[]
@description('Fetches the package: an identity that can do nothing else.')
param packageIdentityId string
@description('Whether it goes out through a subnet.')
param isPrivate bool
@description('ARM id of the subnet that it goes out through.')
param subnetId string
@description('Blob endpoint and container of the package.')
param packageContainer string
@description('Instances at most.')
param maximumInstances int
@description('Instances that are always there to answer gateways.')
param alwaysReady int
@description('Whether it is spread over zones of the region.')
param zoneRedundant bool
@description('Every app setting by its name.')
param settings tagSet

type tagSet = {
  *: string
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-rekey-${environmentName}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // What azd deploys to.
  tags: union(tags, { 'azd-service-name': 'rekey' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: toObject(concat(identityIds, [packageIdentityId]), id => id, id => {}) }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientCertEnabled: false
    // Gateways fetch keys and lists here; the app itself authenticates callers.
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: isPrivate ? subnetId : null
    keyVaultReferenceIdentity: identityIds[0]
    // Flex Consumption refuses ftpsState; FTP is off by its publishing policy below.
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true, remoteDebuggingEnabled: false }
    functionAppConfig: {
      // Said here and in no setting: Flex Consumption refuses FUNCTIONS_WORKER_RUNTIME. '10' instead of '10.0' fails without a reason.
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady > 0 ? [{ name: 'http', instanceCount: alwaysReady }] : []
      }
      deployment: {
        storage: { type: 'blobContainer', value: packageContainer, authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: packageIdentityId } }
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // Publishing by password is off; azd and the Azure CLI publish with a token.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

output id string = site.id
output hostName string = site.properties.defaultHostName
