// One environment of Rekey: vaults of the issuers' keys and of its own, who may do what with them, the app, its storage, its logs and what watches it.
// Two resource groups: a contributor of the app's group has no right on the vaults' group.

targetScope = 'subscription'

import { accessPoliciesOf, appGrants, appNames, deliveryGrants, grant, principalIds, vaultGrants, vaultPlan } from 'access.bicep'
import { declaredGrants } from 'declaration.bicep'
import { permissionModelName } from 'rights.bicep'
import { channelMistakes, clientStateMistakes, environmentSizeMistakes, grantMistakes, mistakesOf, nameMistakes, networkMistakes } from 'guards.bicep'
import { accountsOf, appGroupOf, appNamesOf, checkpointVaultOf, documentVaultOf, functionAppOf, keysGroupOf, logsOf, tokenVaultOf, uniqueOf } from 'names.bicep'
import { hasOwnZones, networkOf, networksWithEndpoints, peeredNetworks, reachMistakes } from 'reach.bicep'
import { settingsOf } from 'settings.bicep'
import { sizeMistakes } from 'size.bicep'
import { environmentSize, gatewayKey, issuerPlan, keyNameOf, knownGrant, networkPlan, notificationChannel, responseModes, settingMap } from 'types.bicep'
import { keyPlan } from 'modules/vault.bicep'
import { storageNames, storageRedundancy as storageRedundancyName } from 'modules/storage.bicep'
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
@description('How vaults decide who may do what.')
param permissionModel permissionModelName = 'rbac'
@description('Only while permissionModel is accessPolicies: assigns the roles too. They do nothing until the vaults are switched, and then nobody waits for them.')
param rolesAhead bool = false
@description('Issuers of tokens, each with the one key that it signs with.')
param issuers issuerPlan[]
@description('Managed identities of gateways that log what they accepted.')
param gatewayPrincipalIds string[] = []
@description('Gateways that have no Entra identity, by the hash of their key.')
param gatewayKeys gatewayKey[] = []
@description('Groups of developers. They get the vaults of this environment, and cannot in production.')
param developerGroupIds string[] = []
@description('Group that may activate its right on the token vaults (PIM). Empty: nobody may.')
param breakGlassGroupId string = ''
@description('Principals of other environments. None of them may have a right here, and the app finds those that have.')
param foreignPrincipalIds string[] = []
@description('Grants at or above the vaults that others made and that are known. Declared to the app, not carried out.')
param knownGrants knownGrant[] = []
@description('Address ranges from which developers reach the vaults (CIDR). Not in production.')
param allowedRanges string[] = []
@description('Resource groups, in this subscription, of the issuers\' compute: Rekey reads who governs it.')
param watchedResourceGroups string[] = []
@description('The network of the app: one that the deployment makes, or one that is there.')
param network networkPlan = {}
@description('A Log Analytics workspace that is there already, by its ARM id. Empty: the deployment makes one. What is kept how long, but for the two tables of Rekey, is said there.')
param existingWorkspaceId string = ''
@description('Tables that the app reads: the token logs that infra/kql names, and the audit logs of the vaults and of Entra ID. A table that is not there does no harm.')
param readTables string[] = ['TokenIssuance_CL', 'GatewayAccess_CL', 'AZKVAuditLogs', 'AzureDiagnostics', 'AuditLogs']
@description('Stops everything but serving.')
param stopped bool = false
@description('How far each response goes by itself.')
param modes responseModes = { rotations: 'Observe', sweeps: 'Observe', vaultAccess: 'Observe' }
@description('Audience of tokens for this app: the id URI of its app registration.')
param audience string
@description('Changes with every deployment: a request for an eligibility cannot be made twice.')
param deploymentMark string = utcNow()
@description('How long the break-glass group stays eligible (ISO 8601): deploy again before it ends. The PIM policy of a new vault takes a year at most.')
param breakGlassDuration string = 'P365D'
@description('Takes vaults back that were deleted less than 90 days ago, with their keys: for an environment that is made again. Only for that one deployment.')
param recoverVaults bool = false
@description('Client state of the Graph subscription. Empty: the secret stays as it is.')
@secure()
param graphClientState string = ''
@description('Whether there is a client state: set it with the deployment that is given one. Until then the app takes no change of a user.')
param hasClientState bool = !empty(partnerTopicName)
@description('Version of the secret graph-client-state from before. Only while one client state replaces another: events with either are taken.')
param graphPreviousClientStateVersion string = ''
@description('Ids of the Graph subscriptions whose events are taken. Empty: those of any with the right client state.')
param graphSubscriptionIds string[] = []
@description('Partner topic that Graph made. Empty until there is one.')
param partnerTopicName string = ''
@description('RFC 7638 thumbprint of the checkpoint key. Empty until the key is there; without it there are no signed checkpoints, which is a finding.')
param checkpointThumbprint string = ''
@description('Days that logs are kept. Two years: the breach that Rekey is built around ran for 322 days, and its logs had expired when they were needed.')
@allowed([365, 730, 1095, 1460, 1826, 2191, 2556])
param totalRetentionDays int = 730
@description('Days that logs can be queried at once; sweeps look back that far at most.')
@minValue(30)
@maxValue(730)
param interactiveRetentionDays int = 90
@description('Days that evidence cannot be changed.')
@minValue(365)
@maxValue(3650)
param evidenceDays int = 730
@description('Whether infra/complete.sh locks the evidence: for good, and neither the account nor its group can be deleted before evidenceDays are over. Production is always locked.')
param lockEvidence bool = production
@description('How often, and where, storage keeps each byte. Not every region has zones.')
param storageRedundancy storageRedundancyName = 'Standard_ZRS'
@description('Whether the evidence containers are locked already (infra/evidence-locked.sh says so).')
param evidenceLocked bool = false
@description('Mail addresses that alerts are sent to. None: alerts are raised and shown.')
param alertReceivers string[] = []
@description('Channels that people are notified through, beside the mail to alertReceivers.')
param notificationChannels notificationChannel[] = []
@description('By the name of a channel: its address (url) and, for a webhook, its signingSecret. A channel that is not named keeps its secrets as they are.')
@secure()
param notificationSecrets { *: { url: string, signingSecret: string? } } = {}
@description('User names or object ids of those who deploy: the right that they give is no alarm.')
param deployers string[] = []
@description('Flex Consumption takes no fewer than 40.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40
@description('Instances that are always there to answer gateways.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 1
@description('Any other setting of the app, by its name.')
param appSettings settingMap = {}
@description('Tags of every resource.')
param tags settingMap = {}

// Refused before anything has a name.
var mistakes = union(
  mistakesOf(size, production, environmentName, issuers, developerGroupIds, breakGlassGroupId, allowedRanges, permissionModel, modes, appSettings, lockEvidence),
  nameMistakes(environmentName, issuers),
  networkMistakes(network, issuers),
  environmentSizeMistakes(size, issuers, modes, breakGlassGroupId, [
    { name: 'network', isGiven: !empty(network) }
    { name: 'allowedRanges', isGiven: !empty(allowedRanges) }
    { name: 'developerGroupIds', isGiven: !empty(developerGroupIds) }
    { name: 'watchedResourceGroups', isGiven: !empty(watchedResourceGroups) }
    { name: 'checkpointThumbprint', isGiven: !empty(checkpointThumbprint) }
    { name: 'rolesAhead', isGiven: rolesAhead }
  ]),
  clientStateMistakes(graphPreviousClientStateVersion, partnerTopicName, hasClientState),
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
var hasRemover = size == 'full' && permissionModel == 'rbac'

// Names.
var allTags = union(tags, { 'rekey-environment': name })
var unique = uniqueOf(subscription().subscriptionId, environmentName, location)
var appGroupName = appGroupOf(environmentName)
var keysGroupName = keysGroupOf(environmentName)
var accounts storageNames = accountsOf(environmentName, unique)
var logs monitoringNames = logsOf(environmentName)
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
var vaults vaultPlan[] = concat(tokenVaults, [documentVault], hasCheckpoints ? [checkpointVault] : [])
// Those that the deployment makes, each with its key.
var ownVaults vaultPlan[] = filter(vaults, v => v.kind != 'observed')
var keysOfVaults keyPlan[] = concat(
  map(size == 'observe' ? [] : issuers, i => { name: keyNameOf(i), kty: i.key.kty, curve: i.key.?curve, size: i.key.?size, lifetime: 'P1Y' }),
  [{ name: 'trust-list', kty: 'EC-HSM', curve: 'P-256', lifetime: 'P2Y' }, { name: 'checkpoint', kty: 'EC-HSM', curve: 'P-256', lifetime: 'P2Y' }]
)

// Who may do what: access.bicep, and nowhere else.
var issuersWithNewIdentity = filter(size == 'observe' ? [] : issuers, i => empty(i.?signerPrincipalIds ?? []))
var gatewayNames = map(gatewayPrincipalIds, (id, n) => 'gateway-${n}')
var developerNames = map(developerGroupIds, (id, n) => 'developers-${n}')
var grantsOnVaults grant[] = vaultGrants(size, vaults, permissionModel, developerNames, empty(breakGlassGroupId) ? [] : ['break-glass'], keysGroupName)
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
  hasRemover ? { remover: identities.outputs.removerPrincipalId } : {},
  toObject(map(issuersWithNewIdentity, (i, n) => { who: 'issuer-${i.name}', id: identities.outputs.issuerPrincipalIds[n] }), p => p.who, p => p.id)
)

// Where the app is: in a network of its own, or in one that is there.
var subnetIds = !isPrivate ? { app: '', endpoints: '' } : network.?existingSubnetIds ?? { app: ownNetwork!.outputs.appSubnetId, endpoints: ownNetwork!.outputs.endpointSubnetId }
var registersEndpoints = network.?zones != 'none'
var zoneIds = isPrivate && hasOwnZones(network) ? dns!.outputs.zoneIds : network.?existingZoneIds ?? { vault: '', blob: '', queue: '', table: '' }

// Where logs go.
var hasOwnWorkspace = empty(existingWorkspaceId)
var workspaceId = hasOwnWorkspace ? '${subscription().id}/resourceGroups/${appGroupName}/providers/Microsoft.OperationalInsights/workspaces/${logs.workspace}' : existingWorkspaceId
var workspaceGroup = { subscription: split(workspaceId, '/')[2], name: split(workspaceId, '/')[4] }

// What the app holds reality against.
var groupIds = { keys: '${subscription().id}/resourceGroups/${keysGroupName}', app: '${subscription().id}/resourceGroups/${appGroupName}' }
var declaration = string({
  environment: environmentName
  production: production
  permissionModel: permissionModel
  vaults: map(vaults, (vault, n) => {
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
  // azd looks for one group with this tag, and stops when it finds two.
  tags: union(allTags, { 'azd-env-name': name })
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
    evidenceDays: evidenceDays
    evidenceLocked: evidenceLocked
    redundancy: storageRedundancy
    isPrivate: isPrivate
    endpointSubnetId: subnetIds.endpoints
    registersEndpoints: registersEndpoints
    zoneIds: zoneIds
  }
}

module workspace 'modules/workspace.bicep' = if (hasOwnWorkspace) {
  scope: appGroup
  params: {
    name: logs.workspace
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
    names: logs
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
      recover: recoverVaults
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
    rolesAhead: rolesAhead
    deploymentMark: deploymentMark
    eligibilityDuration: breakGlassDuration
  }
  dependsOn: [keyVaults, roles]
}

module observedAccess 'modules/observed-vault-access.bicep' = [
  for (vault, n) in filter(vaults, v => v.kind == 'observed'): {
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

module alerts 'modules/alerts.bicep' = {
  scope: appGroup
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    workspaceId: workspaceId
    receivers: alertReceivers
    deployers: deployers
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
      hasRemover ? [identities.outputs.removerResourceId] : []
    )
    packageIdentityId: identities.outputs.packageResourceId
    isPrivate: isPrivate
    subnetId: subnetIds.app
    packageContainer: 'https://${accounts.package}.blob.${environment().suffixes.storage}/packages'
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    settings: settingsOf(
      {
        environmentName: environmentName
        stopped: stopped
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
        previousClientStateVersion: graphPreviousClientStateVersion
        graphSubscriptionIds: graphSubscriptionIds
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
        gatewayKeys: gatewayKeys
        notificationChannels: notificationChannels
        secretsUri: 'https://${documentVault.name}${environment().suffixes.keyvaultDns}/secrets'
        declaration: declaration
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
@description('Whether infra/complete.sh locks the evidence.')
output REKEY_LOCK_EVIDENCE bool = lockEvidence
@description('Where issuers and gateways send what they log: stream, endpoint and immutable id of the rule.')
output REKEY_INGESTION { stream: string, endpoint: string, ruleId: string }[] = monitoring.outputs.ingestion
output REKEY_URL string = 'https://${functionApp.outputs.hostName}'
@description('Every principal that this environment made: foreignPrincipalIds of the others.')
output REKEY_PRINCIPAL_IDS string[] = concat(map(items(principals), p => p.value), empty(partnerTopicName) ? [] : [events.outputs.partnerTopicPrincipalId])
@description('What infra/complete.sh makes the hash of, when everything else has succeeded.')
output REKEY_DECLARATION string = declaration
