// Four accounts, so that who runs the host does not hold the state, and neither the evidence nor the package that runs. No shared keys, no public containers, no network by default.

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Names of the four accounts.')
param names storageNames
@description('Days that evidence cannot be changed or deleted.')
param evidenceDays int
@description('How often, and where, each byte is kept. Not every region has zones.')
param redundancy storageRedundancy
@description('Whether the policies of the evidence containers are locked already: a locked policy cannot be written again, only extended.')
param evidenceLocked bool
@description('Whether the accounts are reached by private endpoints only. false: from any network, by an identity with a role.')
param isPrivate bool
@description('ARM id of the subnet of private endpoints.')
param endpointSubnetId string
@description('false: a policy of the platform team registers private endpoints.')
param registersEndpoints bool
@description('ARM ids of the private DNS zones that endpoints register in.')
param zoneIds { blob: string, queue: string, table: string }

type tagSet = {
  *: string
}
@export()
type storageNames = { host: string, package: string, state: string, evidence: string }
@export()
@description('As Azure names it: in one data centre, over zones, or in a second region too.')
type storageRedundancy = 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

// Containers that nobody may change: the ledger, its checkpoints, and the vaults' audit log as the diagnostic setting writes it (it appends).
var immutable = ['ledger', 'checkpoints', 'insights-logs-auditevent']
var containers = {
  package: ['packages']
  state: ['trust']
  evidence: concat(immutable, ['deadletters', 'event-dead-letters', 'snapshots', 'blocklist'])
}
// A trigger's queue is not made by the host, and a message that failed every time goes to the one of the same name with -poison.
// Events of users are evidence: writers of the state account must not be able to delete one.
var triggers = { state: ['departures', 'rotations', 'sweeps'], evidence: ['user-changes'] }
var queues = mapValues(triggers, names => flatten(map(names, name => [name, '${name}-poison'])))
var parts = [
  { account: 'host', part: 'blob' }
  { account: 'host', part: 'table' }
  { account: 'package', part: 'blob' }
  { account: 'state', part: 'blob' }
  { account: 'state', part: 'queue' }
  { account: 'state', part: 'table' }
  { account: 'evidence', part: 'blob' }
  { account: 'evidence', part: 'queue' }
]
var accountNames = [names.host, names.package, names.state, names.evidence]
var accountKinds = ['host', 'package', 'state', 'evidence']

resource accounts 'Microsoft.Storage/storageAccounts@2025-08-01' = [
  for (name, i) in accountNames: {
    name: name
    location: location
    tags: tags
    kind: 'StorageV2'
    sku: { name: redundancy }
    properties: {
      accessTier: 'Hot'
      allowBlobPublicAccess: false
      allowSharedKeyAccess: false
      allowCrossTenantReplication: false
      defaultToOAuthAuthentication: true
      isLocalUserEnabled: false
      isSftpEnabled: false
      minimumTlsVersion: 'TLS1_2'
      supportsHttpsTrafficOnly: true
      // Event Grid and the vaults' audit log come from Azure itself, by identity: that needs the exception of trusted services.
      publicNetworkAccess: isPrivate && accountKinds[i] != 'evidence' ? 'Disabled' : 'Enabled'
      networkAcls: {
        defaultAction: isPrivate ? 'Deny' : 'Allow'
        bypass: accountKinds[i] == 'evidence' ? 'AzureServices' : 'None'
        ipRules: []
        virtualNetworkRules: []
      }
    }
  }
]

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = [
  for (kind, i) in accountKinds: {
    parent: accounts[i]
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 30 }
      containerDeleteRetentionPolicy: { enabled: true, days: 30 }
      // A list that was overwritten by somebody can be had back; evidence is never overwritten.
      isVersioningEnabled: kind == 'state'
    }
  }
]

resource packageContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for name in containers.package: {
    parent: blobs[1]
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource stateContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for name in containers.state: {
    parent: blobs[2]
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource evidenceContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for name in containers.evidence: {
    parent: blobs[3]
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource queueServices 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = [
  for (kind, i) in accountKinds: {
    parent: accounts[i]
    name: 'default'
  }
]

resource stateQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [
  for name in queues.state: {
    parent: queueServices[2]
    name: name
  }
]

resource evidenceQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [
  for name in queues.evidence: {
    parent: queueServices[3]
    name: name
  }
]

// ARM makes a policy unlocked; locking is a call of its own, which the deployment makes afterwards (infra/complete.sh).
resource policies 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-08-01' = [
  for (name, i) in immutable: if (!evidenceLocked) {
    parent: evidenceContainers[i]
    name: 'default'
    properties: { immutabilityPeriodSinceCreationInDays: evidenceDays, allowProtectedAppendWrites: true }
  }
]

module endpoints 'private-endpoint.bicep' = [
  for p in isPrivate ? parts : []: {
    params: {
      name: 'pe-rekey-${environmentName}-${p.account}-${p.part}'
      location: location
      tags: tags
      subnetId: endpointSubnetId
      resourceId: accounts[indexOf(accountKinds, p.account)].id
      part: p.part
      registers: registersEndpoints
      zoneId: zoneIds[p.part]
    }
  }
]

output hostId string = accounts[0].id
output evidenceId string = accounts[3].id
