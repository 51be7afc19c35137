// One vault: Premium, purge-protected, closed to the internet, every call logged to a table of its own and to the archive. Its keys never leave the HSM.

import { accessPolicy } from '../access.bicep'
import { permissionModelName } from '../rights.bicep'

@description('Name of the vault.')
param name string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('How vaults decide who may do what.')
param permissionModel permissionModelName
@description('Complete: whatever else stands on the vault is taken away by a deployment. Empty in the RBAC model.')
param accessPolicies accessPolicy[]
@description('Whether the vault was deleted and is still kept: then it is taken back, with its keys.')
param recover bool
@description('Its keys. One that is there already stays as it is.')
param keys keyPlan[]
@description('Whether the vault is closed to all but private endpoints and allowedRanges. false: it is reached from any network, by an identity with a right.')
param isPrivate bool
@description('Address ranges that may come in from outside (CIDR). Empty: private endpoints only.')
param allowedRanges string[]
@description('ARM id of the workspace that each call is logged to.')
param workspaceId string
@description('ARM id of the storage account that keeps the audit log.')
param archiveId string
@description('Private endpoints, one for each subnet.')
param endpoints endpointPlan[]
@description('false: a policy of the platform team registers private endpoints.')
param registersEndpoints bool

type tagSet = {
  *: string
}
@export()
@description('A key, always HSM-backed and not exportable. lifetime (ISO 8601) is what the next version expires after: past any rotation by age.')
type keyPlan = { name: string, kty: 'EC-HSM' | 'RSA-HSM', curve: 'P-256' | 'P-384' | 'P-521'?, size: 2048 | 3072 | 4096?, lifetime: string }
@export()
@description('A way in from one subnet, and the DNS zone that it registers in: one zone has one record a vault.')
type endpointPlan = { name: string, subnetId: string, location: string, zoneId: string }

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'premium' }
    // Said in every template: what a vault without it means has changed with the api version.
    enableRbacAuthorization: permissionModel == 'rbac'
    accessPolicies: accessPolicies
    createMode: recover ? 'recover' : 'default'
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: isPrivate && empty(allowedRanges) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'None'
      ipRules: [for range in allowedRanges: { value: range }]
      virtualNetworkRules: []
    }
  }
}

// A deployment makes a key's first version, and no further one. Rotation policies only tell: Rekey rotates, so that no version comes from anybody else.
resource vaultKeys 'Microsoft.KeyVault/vaults/keys@2026-02-01' = [
  for key in keys: {
    parent: vault
    name: key.name
    tags: tags
    properties: union(
      {
        kty: key.kty
        keyOps: ['sign', 'verify']
        attributes: { enabled: true, exportable: false }
        rotationPolicy: {
          attributes: { expiryTime: key.lifetime }
          lifetimeActions: [{ action: { type: 'notify' }, trigger: { timeBeforeExpiry: 'P30D' } }]
        }
      },
      key.kty == 'EC-HSM' ? { curveName: key.?curve ?? 'P-256' } : { keySize: key.?size ?? 2048 }
    )
  }
]

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    storageAccountId: archiveId
    // AZKVAuditLogs, and not the table that everybody shares.
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }, { category: 'AzurePolicyEvaluationDetails', enabled: true }]
  }
}

module ways 'private-endpoint.bicep' = [
  for endpoint in endpoints: {
    params: {
      name: endpoint.name
      location: endpoint.location
      tags: tags
      subnetId: endpoint.subnetId
      resourceId: vault.id
      part: 'vault'
      registers: registersEndpoints
      zoneId: endpoint.zoneId
    }
  }
]

output id string = vault.id
