// Who may do what. Every grant that a deployment makes is in this file, once: modules/ carry them out in either permission model, and declaration.bicep tells the app
// of the same list. A test reads it back from the snapshots, resource by resource.

import { environmentSize } from 'types.bicep'
import { byAccessPolicy, permissionModelName, roleDefinitionId, roleName, roles } from 'rights.bicep'

@export()
@description('What is granted on: a resource, by its kind and name, or the whole resource group of the vaults, of the app, or of an issuer.')
type grantTarget = {
  kind:
    | 'vault'
    | 'observedVault'
    | 'storage'
    | 'container'
    | 'packageContainer'
    | 'queue'
    | 'workspace'
    | 'dataCollectionRule'
    | 'telemetry'
    | 'topic'
    | 'keysGroup'
    | 'appGroup'
    | 'watchedGroup'
  name: string
}

@export()
@description('One right of one principal on one thing. who is a key of the principals that main.bicep hands on; active is false for what must be activated first (PIM).')
type grant = {
  on: grantTarget
  who: string
  whoType: 'ServicePrincipal' | 'Group'
  role: roleName
  active: bool
  why: string
  @description('Narrows what the role gives (ABAC, version 2.0).')
  condition: string?
}

@export()
@description('Object ids of principals, by the names that grants use.')
type principalIds = {
  *: string
}

@export()
@description('An entry of a vault\'s accessPolicies.')
type accessPolicy = {
  tenantId: string
  objectId: string
  permissions: { keys: string[], secrets: string[], certificates: string[] }
}

@export()
@description('A vault, and its resource group. signers are keys of the principals. An observed one was there before, and stays as it is.')
type vaultPlan = {
  name: string
  group: string
  kind: 'token' | 'observed' | 'documents' | 'checkpoints'
  signers: string[]
}

@export()
@description('The properties of a role assignment.')
type assignment = {
  principalId: string
  principalType: string
  roleDefinitionId: string
  description: string
  condition: string?
  conditionVersion: string?
}

@export()
@description('A grant as a role assignment. It always says whom: a policy refuses requests that leave principalType out.')
func assignmentOf(g grant, principals principalIds, subscriptionId string, environmentName string) assignment =>
  union(
    {
      principalId: principals[g.who]
      principalType: g.whoType
      roleDefinitionId: roleDefinitionId(subscriptionId, environmentName, g.role)
      description: g.why
    },
    g.?condition == null ? {} : { condition: g.?condition, conditionVersion: '2.0' }
  )

@export()
@description('Every grant on vaults and their resource group.')
func vaultGrants(size environmentSize, vaults vaultPlan[], model permissionModelName, developers string[], breakGlass string[], keysGroup string) grant[] =>
  concat(
    map(size == 'observe' ? [] : ['app'], who => {
      on: { kind: 'keysGroup', name: keysGroup }
      who: who
      whoType: 'ServicePrincipal'
      role: 'auditor'
      active: true
      why: 'Rekey reads who may do what on the vaults, to find what was not declared.'
    }),
    flatten(map(vaults, vault => grantsOnVault(size, vault, model, developers, breakGlass)))
  )

@description('What is granted on one vault. Token vaults: the app rotates and cannot sign, the issuer signs and cannot rotate. Its own two: each key has one identity.')
func grantsOnVault(size environmentSize, vault vaultPlan, model permissionModelName, developers string[], breakGlass string[]) grant[] =>
  concat(
    map(vault.kind == 'token' ? ['app'] : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      role: 'rotator'
      active: true
      why: 'Rekey rotates and disables versions. It cannot sign with token keys.'
    }),
    map(vault.kind == 'observed' ? [] : vault.signers, who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      // Built in, where no custom role may be made.
      role: size == 'observe' && model == 'rbac' ? 'cryptoUser' : 'signer'
      active: true
      why: vault.kind == 'token'
        ? 'The issuer signs its tokens. It cannot rotate, import or export keys.'
        : vault.kind == 'documents'
            ? 'Rekey signs the trust list and the blocklist with a key of its own.'
            : 'Ledger checkpoints are signed by another identity than the one that writes the ledger.'
    }),
    map(vault.kind == 'documents' ? ['app'] : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      role: 'secretReader'
      active: true
      why: 'The client state of the Graph subscription is a secret that a setting of the app refers to.'
    }),
    // Built-in roles, on each vault alone: there they read what the auditor reads.
    map(size == 'observe' ? ['reader', 'keyReader'] : [], role => {
      on: { kind: vault.kind == 'observed' ? 'observedVault' : 'vault', name: vault.name }
      who: 'app'
      whoType: 'ServicePrincipal'
      role: role
      active: true
      why: 'Rekey reads who may do what on the vault, and the metadata of its keys. It changes nothing.'
    }),
    // An access policy is no role assignment: in that model removal is asked for, and an operator does it.
    map(size == 'full' && vault.kind == 'token' && model == 'rbac' ? ['remover'] : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      role: 'remover'
      active: true
      why: 'Takes undeclared direct grants of persons away when the sweep of vault access is enforced; a condition keeps it from anybody else\'s.'
    }),
    map(vault.kind == 'token' ? developers : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'Group'
      role: 'keyOfficer'
      active: true
      why: 'Developers have vaults of their own, so that nobody needs those of production.'
    }),
    // Access policies know no eligibility. What is eligible there is the right to set one, which leaves a trace of its own.
    map(vault.kind == 'token' ? breakGlass : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'Group'
      role: model == 'rbac' ? 'keyOfficer' : 'vaultOperator'
      active: false
      why: 'Break glass: must be activated, with a reason and for hours, when Rekey itself cannot act.'
    })
  )

@export()
@description('The access policies of one vault: one entry a principal, with what all its grants add up to.')
func accessPoliciesOf(vaultName string, grants grant[], model permissionModelName, principals principalIds, tenantId string) accessPolicy[] =>
  map(whoOnVault(vaultName, grants, model), who => {
    tenantId: tenantId
    objectId: principals[who]
    permissions: {
      keys: reduce(filter(grants, g => g.on.name == vaultName && g.who == who && g.active), [], (all, g) => union(all, roles[g.role].keys))
      secrets: reduce(filter(grants, g => g.on.name == vaultName && g.who == who && g.active), [], (all, g) => union(all, roles[g.role].secrets))
      certificates: []
    }
  })

@export()
@description('Who has an access policy on a vault.')
func whoOnVault(vaultName string, grants grant[], model permissionModelName) string[] =>
  reduce(filter(grants, g => g.on.name == vaultName && g.active && byAccessPolicy(model, g.role)), [], (all, g) => union(all, [g.who]))

@export()
@description('Every grant on what the app works with.')
func appGrants(size environmentSize, names appNames, issuers string[], gateways string[], watchedGroups string[], readTables string[]) grant[] =>
  concat(
    map(
      concat(size == 'observe' ? [] : [{ kind: 'appGroup', name: names.group, role: 'auditor', why: 'Reads the identities and the app, to find ways round to the keys.' }], [
        { kind: 'storage', name: names.host, role: 'blobOwner', why: 'The Functions host: leases and timers.' }
        { kind: 'storage', name: names.host, role: 'tableContributor', why: 'The Functions host: diagnostics.' }
        { kind: 'storage', name: names.state, role: 'blobContributor', why: 'Published documents.' }
        { kind: 'storage', name: names.state, role: 'queueReader', why: 'The triggers look at the queues of work.' }
        { kind: 'storage', name: names.state, role: 'queueProcessor', why: 'The triggers take work, and what failed every time.' }
        { kind: 'storage', name: names.state, role: updaterOf(size), why: 'The triggers give back work whose function failed.' }
        { kind: 'storage', name: names.state, role: 'queueSender', why: 'Orders work. The triggers move what failed every time.' }
        { kind: 'storage', name: names.state, role: 'tableContributor', why: 'Departures, rotations, findings.' }
        { kind: 'telemetry', name: names.insights, role: 'logWriter', why: 'Sends its logs and metrics. A connection string alone sends nothing.' }
        { kind: 'topic', name: names.topic, role: 'eventSender', why: 'Tells what happened.' }
      ]),
      g => {
        on: { kind: g.kind, name: g.name }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: g.role
        active: true
        why: g.why
      }
    ),
    map(
      [
        { queue: names.userChanges, role: 'queueReader', why: 'The trigger looks at the queue of changes of users.' }
        { queue: names.userChanges, role: 'queueProcessor', why: 'The trigger takes changes of users.' }
        { queue: names.userChanges, role: updaterOf(size), why: 'The trigger gives back a change whose function failed.' }
        { queue: names.userChanges, role: 'queueSender', why: 'Puts a change back that cannot be handled yet.' }
        { queue: names.userChangesPoison, role: 'queueReader', why: 'Looks for changes of users that failed every time.' }
        { queue: names.userChangesPoison, role: 'queueProcessor', why: 'Takes changes of users that failed every time, and keeps them.' }
        { queue: names.userChangesPoison, role: 'queueSender', why: 'The trigger moves a change here that failed every time.' }
      ],
      g => {
        on: { kind: 'queue', name: g.queue }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: g.role
        active: true
        why: g.why
      }
    ),
    map(
      [
        { container: 'ledger', role: 'blobContributor', why: 'Appends to the ledger; the container\'s locked policy keeps it from changing what stands.' }
        { container: 'checkpoints', role: 'blobContributor', why: 'Adds checkpoints of the ledger, under the same policy.' }
        { container: 'deadletters', role: 'blobContributor', why: 'Keeps messages that failed every time.' }
        { container: 'snapshots', role: 'blobContributor', why: 'Keeps what a sweep has read.' }
        { container: 'blocklist', role: 'blobContributor', why: 'Publishes what is blocked.' }
        { container: names.eventDeadLetters, role: 'blobReader', why: 'Reads the changes of users that Event Grid could not deliver. It can delete none.' }
      ],
      g => {
        on: { kind: 'container', name: g.container }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: g.role
        active: true
        why: g.why
      }
    ),
    [
      {
        on: { kind: 'packageContainer', name: 'packages' }
        who: 'package'
        whoType: 'ServicePrincipal'
        role: 'blobContributor'
        active: true
        why: 'Flex Consumption puts the published package here and runs it. The app\'s own identity cannot change what runs.'
      }
      {
        on: { kind: 'workspace', name: names.workspace }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: 'logDataReader'
        active: true
        why: 'Sweeps read what was issued and what was accepted, and no other table.'
        condition: tablesOnly(readTables)
      }
    ],
    map(issuers, who => {
      on: { kind: 'dataCollectionRule', name: names.issuances }
      who: who
      whoType: 'ServicePrincipal'
      role: 'logWriter'
      active: true
      why: 'The issuer logs every token that it mints. It cannot read the log.'
    }),
    map(gateways, who => {
      on: { kind: 'dataCollectionRule', name: names.accesses }
      who: who
      whoType: 'ServicePrincipal'
      role: 'logWriter'
      active: true
      why: 'The gateway logs every token that it accepted or refused. It cannot read the log, nor write issuances.'
    }),
    map(watchedGroups, group => {
      on: { kind: 'watchedGroup', name: group }
      who: 'app'
      whoType: 'ServicePrincipal'
      role: 'auditor'
      active: true
      why: 'An identity that governs the issuer\'s compute can sign as the issuer: Rekey must see which ones can.'
    })
  )

// A trigger must be able to give a message back. No built-in role gives that right alone.
func updaterOf(size environmentSize) roleName => size == 'observe' ? 'queueContributor' : 'queueUpdater'

// Granular RBAC in Azure Monitor: rows of the named tables, and of no other.
func tablesOnly(tables string[]) string =>
  '((!(ActionMatches{\'Microsoft.OperationalInsights/workspaces/tables/data/read\'})) OR (@Resource[Microsoft.OperationalInsights/workspaces/tables:name] ForAnyOfAnyValues:StringEquals {${join(map(tables, t => '\'${t}\''), ', ')}}))'

@export()
@description('What Event Grid needs to deliver changes of users: rights of the partner topic\'s own identity.')
func deliveryGrants(names appNames) grant[] =>
  map(
    [
      { kind: 'queue', name: names.userChanges, role: 'queueSender', why: 'Event Grid delivers changes of users. It cannot read or delete any.' }
      { kind: 'container', name: names.eventDeadLetters, role: 'blobContributor', why: 'Event Grid writes events that could not be delivered.' }
    ],
    g => {
      on: { kind: g.kind, name: g.name }
      who: 'events'
      whoType: 'ServicePrincipal'
      role: g.role
      active: true
      why: g.why
    }
  )

@export()
@description('Names of what grants are about.')
type appNames = {
  group: string
  host: string
  package: string
  state: string
  evidence: string
  eventDeadLetters: string
  userChanges: string
  userChangesPoison: string
  workspace: string
  insights: string
  issuances: string
  accesses: string
  topic: string
}
