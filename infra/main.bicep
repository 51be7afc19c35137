// One environment of Rekey: vaults of the issuers' keys and of its own, who may do what with them, the app, its storage, its logs and what watches it.
// Two resource groups: a contributor of the app's group has no right on the vaults' group.

targetScope = 'subscription'

import { accessPoliciesOf, appGrants, appNames, deliveryGrants, grant, principalIds, vaultGrants, vaultPlan } from 'access.bicep'
import { declaredGrants } from 'declaration.bicep'
import { channelMistakes, clientStateMistakes, environmentSizeMistakes, grantMistakes, mistakesOf, nameMistakes, networkMistakes, zoneMistakes } from 'guards.bicep'
import { accountsOf, appGroupOf, appNamesOf, checkpointVaultOf, documentVaultOf, functionAppOf, keysGroupOf, logsOf, tokenVaultOf, uniqueOf } from 'names.bicep'
import { hasOwnZones, networkOf, networksWithEndpoints, peeredNetworks, reachMistakes } from 'reach.bicep'
import { settingsOf } from 'settings.bicep'
import { sizeMistakes } from 'size.bicep'
import { accessPlan, alertPlan, appPlan, environmentSize, evidencePlan, feedPlan, issuerPlan, keyNameOf, logPlan, networkPlan, responseModes, settingMap, vaultRules } from 'types.bicep'
import { keyPlan } from 'modules/vault.bicep'
import { storageNames } from 'modules/storage.bicep'
import { monitoringNames } from 'modules/monitoring.bicep'

@description('Short name, such as dev or prod: 2 to 8 lower-case letters and digits. It stands in every name.')
@minLength(2)
@maxLength(8)
param environmentName string
@description('How much the deployment makes. Each resource that holds data has the same name in the next size.')
param size environmentSize = 'full'
@description('Whether this is where customers are. Then no person can have a right on the vaults that does not have to be activated.')
param production bool
@description('Region of every resource.')
param location string
@description('Audience of tokens for this app: the id URI of its app registration.')
param audience string
@description('Issuers of tokens, each with the one key that it signs with.')
param issuers issuerPlan[]
@description('How far each response goes by itself.')
param modes responseModes = { rotations: 'Observe', sweeps: 'Observe', vaultAccess: 'Observe' }
@description('Who may do what, and who is known.')
param access accessPlan = {}
@description('How the vaults are made and reached.')
param vaults vaultRules = {}
@description('The network of the app: one that the deployment makes, or one that is there.')
param network networkPlan = {}
@description('Where logs are, how long they are kept, and which of them the app reads.')
param logs logPlan = {}
@description('What cannot be changed afterwards: the ledger, its checkpoints, the archived audit log.')
param evidence evidencePlan = {}
@description('How changes of users arrive.')
param feed feedPlan = {}
@description('Who is notified.')
param alerts alertPlan = {}
@description('The function app.')
param app appPlan = {}
@description('Tags of every resource.')
param tags settingMap = {}
@description('Client state of the Graph subscription. Empty: the secret stays as it is.')
@secure()
param graphClientState string = ''
@description('By the name of a channel: its address (url) and, for a webhook, its signingSecret. A channel that is not named keeps its secrets as they are.')
@secure()
param notificationSecrets { *: { url: string, signingSecret: string? } } = {}
@description('Whether the evidence containers are locked already (infra/evidence-locked.sh says so).')
param evidenceLocked bool = false
@description('Changes with every deployment: a request for an eligibility cannot be made twice.')
param deploymentMark string = utcNow()

// What a parameter file says, or the default.
var permissionModel = vaults.?permissionModel ?? 'rbac'
var allowedRanges = vaults.?allowedRanges ?? []
var gatewayPrincipalIds = access.?gatewayPrincipalIds ?? []
var developerGroupIds = access.?developerGroupIds ?? []
var breakGlassGroupId = access.?breakGlassGroupId ?? ''
var foreignPrincipalIds = access.?foreignPrincipalIds ?? []
var knownGrants = access.?knownGrants ?? []
var watchedResourceGroups = access.?watchedResourceGroups ?? []
var existingWorkspaceId = logs.?existingWorkspaceId ?? ''
var readTables = logs.?readTables ?? [
  'TokenIssuance_CL'
  'GatewayAccess_CL'
  'AZKVAuditLogs'
  'AzureDiagnostics'
  'AuditLogs'
  'SigninLogs'
  'AADNonInteractiveUserSignInLogs'
  'AADServicePrincipalSignInLogs'
]
var totalRetentionDays = logs.?totalRetentionDays ?? 730
var interactiveRetentionDays = logs.?interactiveRetentionDays ?? 90
var lockEvidence = evidence.?lock ?? production
var checkpointThumbprint = evidence.?checkpointThumbprint ?? ''
var partnerTopicName = feed.?partnerTopicName ?? ''
var hasClientState = feed.?hasClientState ?? !empty(partnerTopicName)
var previousClientStateVersion = feed.?previousClientStateVersion ?? ''
var notificationChannels = alerts.?channels ?? []
var appSettings = app.?settings ?? {}

// Refused before anything has a name.
var mistakes = union(
  mistakesOf(size, production, environmentName, issuers, developerGroupIds, breakGlassGroupId, allowedRanges, permissionModel, modes, appSettings, lockEvidence),
  nameMistakes(environmentName, issuers),
  networkMistakes(network, issuers),
  environmentSizeMistakes(size, issuers, modes, breakGlassGroupId, [
    { name: 'network', isGiven: !empty(network) }
    { name: 'vaults.allowedRanges', isGiven: !empty(allowedRanges) }
    { name: 'access.developerGroupIds', isGiven: !empty(developerGroupIds) }
    { name: 'access.watchedResourceGroups', isGiven: !empty(watchedResourceGroups) }
    { name: 'evidence.checkpointThumbprint', isGiven: !empty(checkpointThumbprint) }
    { name: 'vaults.rolesAhead', isGiven: vaults.?rolesAhead ?? false }
  ]),
  zoneMistakes(size, app.?zoneRedundant ?? false),
  clientStateMistakes(previousClientStateVersion, partnerTopicName, hasClientState),
  channelMistakes(notificationChannels),
  grantMistakes(production, concat(grantsOnVaults, grantsOnApp, grantsOfDelivery), knownGrants, givenPrincipalIds, foreignPrincipalIds),
  reachMistakes(production && isPrivate, issuers),
  sizeMistakes(issuers, developerGroupIds, knownGrants, foreignPrincipalIds)
)
var name = empty(mistakes) ? environmentName : fail(join(mistakes, ' '))

// What the size has.
var isPrivate = size != 'observe'
var hasRoles = size != 'observe'
var hasPolicies = size != 'observe'
var hasCheckpoints = size != 'observe'
var hasActivityLog = size != 'observe'
var hasCutOff = size != 'observe'
var hasRemover = size == 'full' && permissionModel == 'rbac'

// Names.
var allTags = union(tags, { 'rekey-environment': name })
var unique = uniqueOf(subscription().subscriptionId, environmentName, location)
var appGroupName = appGroupOf(environmentName)
var keysGroupName = keysGroupOf(environmentName)
var accounts storageNames = accountsOf(environmentName, unique)
var logNames monitoringNames = logsOf(environmentName)
var names appNames = appNamesOf(environmentName, unique)
var functionAppName = functionAppOf(environmentName, unique)

// Vaults: one an issuer, one for the documents that Rekey signs, one for the checkpoints that another identity signs.
var tokenVaults vaultPlan[] = map(issuers, i => {
  name: i.?vaultName ?? tokenVaultOf(environmentName, unique, i.name)
  group: i.?vaultGroup ?? keysGroupName
  kind: size == 'observe' ? 'observed' : 'token'
  signers: empty(i.?signerPrincipalIds ?? []) ? (size == 'observe' ? [] : ['issuer-${i.name}']) : map(i.?signerPrincipalIds ?? [], (id, n) => 'issuer-${i.name}-${n}')
})
var documentVault vaultPlan = { name: documentVaultOf(environmentName, unique), group: keysGroupName, kind: 'documents', signers: ['app'] }
var checkpointVault vaultPlan = { name: checkpointVaultOf(environmentName, unique), group: keysGroupName, kind: 'checkpoints', signers: ['checkpoint'] }
var allVaults vaultPlan[] = concat(tokenVaults, [documentVault], hasCheckpoints ? [checkpointVault] : [])
// Those that the deployment makes, each with its key.
var ownVaults vaultPlan[] = filter(allVaults, v => v.kind != 'observed')
var keysOfVaults keyPlan[] = concat(
  map(size == 'observe' ? [] : issuers, i => { name: keyNameOf(i), kty: i.key.kty, curve: i.key.?curve, size: i.key.?size, lifetime: 'P1Y' }),
  [{ name: 'trust-list', kty: 'EC-HSM', curve: 'P-256', lifetime: 'P2Y' }, { name: 'checkpoint', kty: 'EC-HSM', curve: 'P-256', lifetime: 'P2Y' }]
)

// Who may do what: access.bicep, and nowhere else.
var issuersWithNewIdentity = filter(size == 'observe' ? [] : issuers, i => empty(i.?signerPrincipalIds ?? []))
var gatewayNames = map(gatewayPrincipalIds, (id, n) => 'gateway-${n}')
var developerNames = map(developerGroupIds, (id, n) => 'developers-${n}')
var grantsOnVaults grant[] = vaultGrants(size, allVaults, permissionModel, developerNames, empty(breakGlassGroupId) ? [] : ['break-glass'], keysGroupName)
var grantsOnApp grant[] = appGrants(size, names, flatten(map(tokenVaults, v => v.signers)), gatewayNames, watchedResourceGroups, readTables)
var grantsOfDelivery grant[] = empty(partnerTopicName) ? [] : deliveryGrants(names)
var givenPrincipals principalIds = union(
  toObject(flatten(map(issuers, i => map(i.?signerPrincipalIds ?? [], (id, n) => { who: 'issuer-${i.name}-${n}', id: id }))), p => p.who, p => p.id),
  toObject(map(gatewayPrincipalIds, (id, n) => { who: gatewayNames[n], id: id }), p => p.who, p => p.id),
  toObject(map(developerGroupIds, (id, n) => { who: developerNames[n], id: id }), p => p.who, p => p.id),
  empty(breakGlassGroupId) ? {} : { 'break-glass': breakGlassGroupId }
)
var givenPrincipalIds = concat(map(items(givenPrincipals), p => p.value), map(knownGrants, g => g.principalId))
var principals principalIds = union(
  givenPrincipals,
  { app: identities.outputs.appPrincipalId, package: identities.outputs.packagePrincipalId },
  hasCheckpoints ? { checkpoint: identities.outputs.checkpointPrincipalId } : {},
  hasCutOff ? { 'cut-off': identities.outputs.cutOffPrincipalId } : {},
  hasRemover ? { remover: identities.outputs.removerPrincipalId } : {},
  toObject(map(issuersWithNewIdentity, (i, n) => { who: 'issuer-${i.name}', id: identities.outputs.issuerPrincipalIds[n] }), p => p.who, p => p.id)
)

// Where the app is: in a network of its own, or in one that is there.
var subnetIds = !isPrivate ? { app: '', endpoints: '' } : network.?existingSubnetIds ?? { app: ownNetwork!.outputs.appSubnetId, endpoints: ownNetwork!.outputs.endpointSubnetId }
var registersEndpoints = network.?zones != 'none'
var zoneIds = isPrivate && hasOwnZones(network) ? dns!.outputs.zoneIds : network.?existingZoneIds ?? { vault: '', blob: '', queue: '', table: '' }

// Where logs go.
var hasOwnWorkspace = empty(existingWorkspaceId)
var workspaceId = hasOwnWorkspace
  ? '${subscription().id}/resourceGroups/${appGroupName}/providers/Microsoft.OperationalInsights/workspaces/${logNames.workspace}'
  : existingWorkspaceId
var workspaceGroup = { subscription: split(workspaceId, '/')[2], name: split(workspaceId, '/')[4] }

// What the app holds reality against.
var groupIds = { keys: '${subscription().id}/resourceGroups/${keysGroupName}', app: '${subscription().id}/resourceGroups/${appGroupName}' }
var declaration = string({
  environment: environmentName
  production: production
  permissionModel: permissionModel
  vaults: map(allVaults, (vault, n) => {
    vaultUri: 'https://${vault.name}${environment().suffixes.keyvaultDns}'
    resourceId: '${subscription().id}/resourceGroups/${vault.group}/providers/Microsoft.KeyVault/vaults/${vault.name}'
    grants: concat(
      declaredGrants(vault.name, grantsOnVaults, permissionModel, principals, subscription().subscriptionId, environmentName),
      declaredGrants(keysGroupName, grantsOnVaults, permissionModel, principals, subscription().subscriptionId, environmentName),
      map(
        // No resource id names the management groups above it: what is known at one holds for every vault.
        filter(
          knownGrants,
          k =>
            startsWith(toLower(k.scope), '/providers/microsoft.management/') || startsWith(
              toLower('${subscription().id}/resourceGroups/${vault.group}/providers/Microsoft.KeyVault/vaults/${vault.name}/'),
              toLower('${k.scope}/')
            )
        ),
        k => union({ principalId: k.principalId, principalType: k.principalType, role: k.role, active: k.active, why: k.why }, permissionModel == 'rbac' ? {} : { dataActions: [] })
      )
    )
    // Shown by what is in force, not by the grant above: that the app can rotate here, and by what it comes in.
    rotator: vault.kind == 'token' ? { principalId: principals.app, letInBy: ['${groupIds.keys}/providers/Microsoft.Network/privateEndpoints/pe-rekey-${vault.name}'] } : null
    network: isPrivate || vault.kind == 'observed' ? 'deny' : 'allow'
    bypass: 'None'
    // Those of a vault that was there before are not known.
    privateEndpoints: vault.kind == 'observed'
      ? null
      : map(
          concat(isPrivate ? ['pe-rekey-${vault.name}'] : [], vault.kind == 'token' ? map(issuers[?n].?subnets ?? [], (s, at) => 'pe-rekey-${vault.name}-issuer-${at}') : []),
          e => '${groupIds.keys}/providers/Microsoft.Network/privateEndpoints/${e}'
        )
    addressRules: vault.kind == 'token' ? allowedRanges : []
    purgeProtection: true
    softDeleteDays: 90
    retentionDays: totalRetentionDays
    diagnostics: map(vault.kind == 'observed' ? [] : ['audit'], setting => {
      name: setting
      workspaceId: workspaceId
      storageAccountId: '${groupIds.app}/providers/Microsoft.Storage/storageAccounts/${accounts.evidence}'
      // Alerts read AZKVAuditLogs and no other table.
      logAnalyticsDestinationType: 'Dedicated'
    })
    hardwareKeys: true
    federatedCredentials: vault.kind == 'token' ? map(issuers[?n].?federatedCredentials ?? [], c => '${c.issuer}|${c.subject}') : []
    // What they know of elsewhere, such as a pipeline's role on the app's group, leads round to the vaults.
    indirectPrincipals: map(filter(knownGrants, k => k.principalType == 'ServicePrincipal'), k => k.principalId)
  })
  foreignPrincipals: foreignPrincipalIds
})

resource appGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: appGroupName
  location: location
  // azd looks for one group with this tag, and stops when it finds two. The command doctor reads the size.
  tags: union(allTags, { 'azd-env-name': name, 'rekey-size': size })
}

resource keysGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: keysGroupName
  location: location
  tags: allTags
}

module roles 'modules/roles.bicep' = if (hasRoles) {
  params: { environmentName: name }
}

module roleAssignmentsPolicy 'modules/policy-definition.bicep' = if (hasPolicies) {
  params: { environmentName: name }
}

module policy 'modules/policy.bicep' = if (hasPolicies) {
  scope: keysGroup
  params: {
    location: location
    permissionModel: permissionModel
    privateOnly: empty(allowedRanges)
  }
}

// Whom roles may be assigned to. Managed identities are service principals.
var assignable ('ServicePrincipal' | 'Group')[] = production ? ['ServicePrincipal'] : ['ServicePrincipal', 'Group']

// On the vaults, and on the identities that sign with their keys: a principal with a right there can act as them.
module keysRolePolicy 'modules/role-assignment-policy.bicep' = if (hasPolicies) {
  scope: keysGroup
  params: {
    location: location
    definitionId: roleAssignmentsPolicy!.outputs.id
    allowedPrincipalTypes: assignable
    what: 'the vaults'
  }
}

module appRolePolicy 'modules/role-assignment-policy.bicep' = if (hasPolicies) {
  scope: appGroup
  params: {
    location: location
    definitionId: roleAssignmentsPolicy!.outputs.id
    allowedPrincipalTypes: assignable
    what: 'the app and the identities'
  }
}

module identities 'modules/identities.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    issuers: map(issuersWithNewIdentity, i => i.name)
    federated: flatten(map(issuersWithNewIdentity, i => map(i.?federatedCredentials ?? [], c => { of: i.name, issuer: c.issuer, subject: c.subject })))
    checkpoint: hasCheckpoints
    cutOff: hasCutOff
    remover: hasRemover
  }
}

module ownNetwork 'modules/network.bicep' = if (isPrivate && network.?existingSubnetIds == null) {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    addressSpace: network.?addressSpace ?? '10.77.0.0/24'
    egress: network.?egress ?? 'nat'
  }
}

module dns 'modules/dns.bicep' = if (isPrivate && hasOwnZones(network)) {
  scope: appGroup
  params: { tags: allTags, networkId: split(subnetIds.endpoints, '/subnets/')[0], peeredNetworkIds: peeredNetworks(issuers) }
}

module issuerNetworks 'modules/issuer-networks.bicep' = if (isPrivate) {
  params: {
    environmentName: name
    location: location
    tags: allTags
    networkIds: networksWithEndpoints(issuers)
  }
}

module storage 'modules/storage.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    names: accounts
    evidenceDays: evidence.?days ?? 730
    evidenceLocked: evidenceLocked
    redundancy: evidence.?redundancy ?? 'Standard_ZRS'
    isPrivate: isPrivate
    endpointSubnetId: subnetIds.endpoints
    registersEndpoints: registersEndpoints
    zoneIds: zoneIds
  }
}

module workspace 'modules/workspace.bicep' = if (hasOwnWorkspace) {
  scope: appGroup
  params: {
    name: logNames.workspace
    location: location
    tags: allTags
    totalRetentionDays: totalRetentionDays
    interactiveRetentionDays: interactiveRetentionDays
  }
}

module logStreams 'modules/log-streams.bicep' = {
  scope: resourceGroup(workspaceGroup.subscription, workspaceGroup.name)
  params: {
    workspaceName: last(split(workspaceId, '/'))
    totalRetentionDays: totalRetentionDays
    interactiveRetentionDays: interactiveRetentionDays
  }
  dependsOn: [workspace]
}

module monitoring 'modules/monitoring.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    names: logNames
    workspaceResourceId: workspaceId
  }
  // A rule writes into tables that are there.
  dependsOn: [logStreams]
}

module workspaceAccess 'modules/workspace-access.bicep' = {
  scope: resourceGroup(workspaceGroup.subscription, workspaceGroup.name)
  params: { environmentName: environmentName, workspaceName: last(split(workspaceId, '/')), grants: grantsOnApp, principals: principals }
  dependsOn: [workspace]
}

module activityLog 'modules/activity-log.bicep' = if (hasActivityLog) {
  params: { environmentName: name, workspaceId: workspaceId }
  dependsOn: [workspace]
}

module keyVaults 'modules/vault.bicep' = [
  for (vault, n) in ownVaults: {
    scope: keysGroup
    params: {
      name: vault.name
      location: location
      tags: allTags
      permissionModel: permissionModel
      accessPolicies: permissionModel == 'rbac' ? [] : accessPoliciesOf(vault.name, grantsOnVaults, permissionModel, principals, tenant().tenantId)
      recover: vaults.?recover ?? false
      registersEndpoints: registersEndpoints
      keys: [keysOfVaults[n]]
      isPrivate: isPrivate
      allowedRanges: vault.kind == 'token' ? allowedRanges : []
      workspaceId: workspaceId
      archiveId: storage.outputs.evidenceId
      endpoints: concat(
        !isPrivate ? [] : [{ name: 'pe-rekey-${vault.name}', subnetId: subnetIds.endpoints, location: location, zoneId: zoneIds.vault }],
        vault.kind == 'token'
          ? map(issuers[?n].?subnets ?? [], (s, at) => {
              name: 'pe-rekey-${vault.name}-issuer-${at}'
              subnetId: s.id
              location: s.location
              zoneId: issuerNetworks!.outputs.zoneIds[indexOf(networksWithEndpoints(issuers), networkOf(s.id))]
            })
          : []
      )
    }
  }
]

module clientState 'modules/client-state.bicep' = if (!empty(graphClientState)) {
  scope: keysGroup
  params: { vaultName: documentVault.name, value: graphClientState, tags: allTags }
  dependsOn: [keyVaults]
}

module channelSecrets 'modules/channel-secrets.bicep' = [
  for channel in notificationChannels: if (contains(notificationSecrets, channel.name)) {
    scope: keysGroup
    params: { vaultName: documentVault.name, channel: channel.name, secrets: notificationSecrets[channel.name], tags: allTags }
    dependsOn: [keyVaults]
  }
]

module vaultAccess 'modules/vault-access.bicep' = {
  scope: keysGroup
  params: {
    environmentName: environmentName
    permissionModel: permissionModel
    grants: grantsOnVaults
    principals: principals
    given: givenPrincipals
    rolesAhead: vaults.?rolesAhead ?? false
    deploymentMark: deploymentMark
    eligibilityDuration: access.?breakGlassDuration ?? 'P365D'
  }
  dependsOn: [keyVaults, roles]
}

module observedAccess 'modules/observed-vault-access.bicep' = [
  for (vault, n) in filter(allVaults, v => v.kind == 'observed'): {
    scope: resourceGroup(vault.group)
    params: {
      environmentName: environmentName
      vaultName: vault.name
      permissionModel: permissionModel
      grants: filter(grantsOnVaults, g => g.on.kind == 'observedVault' && g.on.name == vault.name)
      principals: principals
    }
  }
]

module appAccess 'modules/app-access.bicep' = {
  scope: appGroup
  params: { environmentName: environmentName, grants: grantsOnApp, principals: principals, given: givenPrincipals, names: names }
  dependsOn: [storage, monitoring, events, roles]
}

module watchedAccess 'modules/watched-group-access.bicep' = [
  for group in watchedResourceGroups: {
    scope: resourceGroup(group)
    params: {
      environmentName: environmentName
      // By the name that the parameter file has: Azure may write the group's own in another case.
      grants: filter(grantsOnApp, g => g.on.kind == 'watchedGroup' && g.on.name == group)
      principals: principals
      given: givenPrincipals
    }
    dependsOn: [roles]
  }
]

module events 'modules/events.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    topicName: names.topic
    partnerTopicName: partnerTopicName
  }
}

module eventDelivery 'modules/event-delivery.bicep' = if (!empty(partnerTopicName)) {
  scope: appGroup
  params: {
    environmentName: environmentName
    partnerTopicName: partnerTopicName
    // What-if cannot name the assignments of an identity that it does not know: this module makes as little else as it can.
    #disable-next-line what-if-short-circuiting
    principalId: events.outputs.partnerTopicPrincipalId
    grants: grantsOfDelivery
    names: names
  }
  dependsOn: [storage]
}

module alertRules 'modules/alerts.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    workspaceId: workspaceId
    receivers: alerts.?receivers ?? []
    deployers: access.?deployers ?? []
    groupIds: { keys: keysGroup.id, app: appGroup.id }
    watchedGroupIds: map(watchedResourceGroups, group => '${subscription().id}/resourceGroups/${group}')
    partnerTopicId: events.outputs.partnerTopicId
    hasActivityLog: hasActivityLog
    hasPartnerTopic: !empty(partnerTopicName)
    evidenceId: storage.outputs.evidenceId
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: appGroup
  params: {
    name: functionAppName
    environmentName: environmentName
    location: location
    tags: allTags
    identityIds: concat(
      [identities.outputs.appResourceId],
      hasCheckpoints ? [identities.outputs.checkpointResourceId] : [],
      hasCutOff ? [identities.outputs.cutOffResourceId] : [],
      hasRemover ? [identities.outputs.removerResourceId] : []
    )
    packageIdentityId: identities.outputs.packageResourceId
    isPrivate: isPrivate
    subnetId: subnetIds.app
    packageContainer: 'https://${accounts.package}.blob.${environment().suffixes.storage}/packages'
    maximumInstances: app.?maximumInstances ?? 40
    alwaysReady: app.?alwaysReady ?? 1
    zoneRedundant: app.?zoneRedundant ?? false
    settings: settingsOf(
      {
        environmentName: environmentName
        stopped: app.?stopped ?? false
        modes: modes
        tenantId: tenant().tenantId
        audience: audience
        authority: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        cloud: environment().name == 'AzureUSGovernment' ? 'UsGovernment' : environment().name == 'AzureChinaCloud' ? 'China' : 'Public'
        app: { clientId: identities.outputs.appClientId }
        checkpoint: {
          exists: hasCheckpoints
          clientId: identities.outputs.checkpointClientId
          thumbprint: checkpointThumbprint
          vaultUri: 'https://${checkpointVault.name}${environment().suffixes.keyvaultDns}'
        }
        documentVaultUri: 'https://${documentVault.name}${environment().suffixes.keyvaultDns}'
        clientStateUri: 'https://${documentVault.name}${environment().suffixes.keyvaultDns}/secrets/graph-client-state'
        hasClientState: hasClientState
        previousClientStateVersion: previousClientStateVersion
        graphSubscriptionIds: feed.?subscriptionIds ?? []
        feed: {
          partnerTopicId: '${appGroup.id}/providers/Microsoft.EventGrid/partnerTopics/${empty(partnerTopicName) ? 'pt-rekey-users' : partnerTopicName}'
          location: location
        }
        workspaceId: logStreams.outputs.workspaceId
        connectionString: monitoring.outputs.connectionString
        topicEndpoint: events.outputs.topicEndpoint
        accounts: accounts
        storageSuffix: environment().suffixes.storage
        vaultUris: map(tokenVaults, vault => 'https://${vault.name}${environment().suffixes.keyvaultDns}')
        gatewayKeys: access.?gatewayKeys ?? []
        notificationChannels: notificationChannels
        secretsUri: 'https://${documentVault.name}${environment().suffixes.keyvaultDns}/secrets'
        declaration: declaration
        hasCutOff: hasCutOff
        cutOffClientId: identities.outputs.cutOffClientId
        hasRemover: hasRemover
        removerClientId: identities.outputs.removerClientId
      },
      issuers,
      appSettings
    )
  }
  // Its rights first: the host ends when a trigger's queue refuses it, and a reference to a secret that is not there stays a text.
  dependsOn: [keyVaults, clientState, channelSecrets, vaultAccess, appAccess, workspaceAccess, observedAccess]
}

output AZURE_FUNCTION_APP_NAME string = functionAppName
output AZURE_APP_RESOURCE_GROUP string = appGroupName
output AZURE_KEYS_RESOURCE_GROUP string = keysGroupName
output REKEY_EVIDENCE_ACCOUNT string = accounts.evidence
output REKEY_APP_PRINCIPAL_ID string = identities.outputs.appPrincipalId
@description('Of the identity that signs people out. Empty in the size observe.')
output REKEY_CUT_OFF_PRINCIPAL_ID string = identities.outputs.cutOffPrincipalId
@description('Whether infra/complete.sh locks the evidence.')
output REKEY_LOCK_EVIDENCE bool = lockEvidence
@description('Where issuers and gateways send what they log: stream, endpoint and immutable id of the rule.')
output REKEY_INGESTION { stream: string, endpoint: string, ruleId: string }[] = monitoring.outputs.ingestion
output REKEY_URL string = 'https://${functionApp.outputs.hostName}'
@description('Every principal that this environment made: foreignPrincipalIds of the others.')
output REKEY_PRINCIPAL_IDS string[] = concat(map(items(principals), p => p.value), empty(partnerTopicName) ? [] : [events.outputs.partnerTopicPrincipalId])
@description('What infra/complete.sh makes the hash of, when everything else has succeeded.')
output REKEY_DECLARATION string = declaration
