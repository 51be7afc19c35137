// Who may do what. Every grant that a deployment makes is in this file, once: modules/ carry them out in either permission model, and the same list is
// what the app is told to hold reality against (Rekey:VaultAccess:Declaration). A test reads it back from the snapshots, resource by resource.

@export()
@description('How vaults decide who may do what: by role assignments, or by the older vault access policies.')
type permissionModelName = 'rbac' | 'accessPolicies'

@export()
@description('The rights that this file knows; see roles.')
type roleName =
  | 'rotator'
  | 'signer'
  | 'auditor'
  | 'remover'
  | 'secretReader'
  | 'keyOfficer'
  | 'vaultOperator'
  | 'blobOwner'
  | 'blobContributor'
  | 'queueContributor'
  | 'tableContributor'
  | 'logReader'
  | 'logWriter'
  | 'eventSender'

@export()
@description('What is granted on: a resource, by its kind and name, or the whole resource group of the vaults, of the app, or of an issuer.')
type grantTarget = {
  kind: 'vault' | 'storage' | 'container' | 'workspace' | 'dataCollectionRule' | 'topic' | 'keysGroup' | 'appGroup' | 'watchedGroup'
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
@description('A grant as the app is told of it.')
type declaredGrant = {
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
  @description('A role definition id; none where an access policy carries it out.')
  role: string?
  dataActions: string[]
  @description('Of the control plane; none for a built-in role, whose actions the app knows.')
  actions: string[]?
  active: bool
  why: string
}

@export()
@description('A vault of this deployment. signers are keys of the principals.')
type vaultPlan = {
  name: string
  kind: 'token' | 'documents' | 'checkpoints'
  signers: string[]
}

@export()
@description('''Each right. id is empty for a custom role, else that of a built-in one. keys and secrets are the same right as an access policy: empty means that
an access policy cannot say it, and that it is assigned as a role in either model.''')
var roles = {
  rotator: {
    id: ''
    title: 'Rekey rotator'
    description: 'Reads, rotates and updates keys; cannot sign, export, import or delete.'
    actions: []
    dataActions: [
      'Microsoft.KeyVault/vaults/keys/read'
      'Microsoft.KeyVault/vaults/keys/rotate/action'
      'Microsoft.KeyVault/vaults/keys/update/action'
      'Microsoft.KeyVault/vaults/keyrotationpolicies/read'
    ]
    keys: ['get', 'list', 'rotate', 'update', 'getrotationpolicy']
    secrets: []
  }
  signer: {
    id: ''
    title: 'Rekey signer'
    description: 'Reads keys and signs with them; cannot rotate, update, export, import or delete.'
    actions: []
    dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keys/sign/action']
    keys: ['get', 'list', 'sign']
    secrets: []
  }
  auditor: {
    id: ''
    title: 'Rekey auditor'
    description: 'Reads who may do what, and the metadata of vaults, keys and of what can run as somebody; uses nothing and changes nothing.'
    // Anything may run as somebody: a kind of resource that is left out would be a way round that nobody sees. Reads of the control plane show no key, secret or content.
    actions: ['*/read']
    dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keyrotationpolicies/read']
    keys: []
    secrets: []
  }
  remover: {
    id: ''
    title: 'Rekey remover'
    description: 'Reads and deletes role assignments, and cannot make any.'
    actions: ['Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleAssignments/delete']
    dataActions: []
    keys: []
    secrets: []
  }
  secretReader: {
    id: '4633458b-17de-408a-b874-0445c86b69e6'
    title: 'Key Vault Secrets User'
    description: ''
    actions: []
    dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action']
    keys: []
    secrets: ['get', 'list']
  }
  keyOfficer: {
    id: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'
    title: 'Key Vault Crypto Officer'
    description: ''
    actions: []
    dataActions: ['Microsoft.KeyVault/vaults/keys/*', 'Microsoft.KeyVault/vaults/keyrotationpolicies/*']
    keys: [
      'get'
      'list'
      'create'
      'import'
      'update'
      'delete'
      'recover'
      'backup'
      'restore'
      'purge'
      'release'
      'sign'
      'verify'
      'encrypt'
      'decrypt'
      'wrapKey'
      'unwrapKey'
      'rotate'
      'getrotationpolicy'
      'setrotationpolicy'
    ]
    secrets: []
  }
  vaultOperator: {
    id: 'f25e0fa2-a7c8-4377-a976-54e9f2a30e0c'
    title: 'Key Vault Contributor'
    description: ''
    actions: ['Microsoft.KeyVault/*']
    dataActions: []
    keys: []
    secrets: []
  }
  blobOwner: {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    title: 'Storage Blob Data Owner'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  blobContributor: {
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
    title: 'Storage Blob Data Contributor'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  queueContributor: {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
    title: 'Storage Queue Data Contributor'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  tableContributor: {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
    title: 'Storage Table Data Contributor'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  logReader: {
    id: '73c42c96-874c-492b-b04d-ab87d138a893'
    title: 'Log Analytics Reader'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  logWriter: {
    id: '3913510d-42f4-4e42-8a64-420c390055eb'
    title: 'Monitoring Metrics Publisher'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  eventSender: {
    id: 'd5a91429-5739-47e2-a06b-3470a27159e7'
    title: 'EventGrid Data Sender'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
}

@export()
@description('The last part of a role definition id. Custom roles are one set an environment, so that dev can change its own only.')
func roleGuid(subscriptionId string, environmentName string, role string) string => empty(roles[role].id) ? guid('rekey', subscriptionId, environmentName, role) : roles[role].id

@export()
@description('The properties of a role assignment.')
type assignment = {
  principalId: string
  principalType: string
  roleDefinitionId: string
  description: string
}

@export()
@description('A grant as a role assignment. It always says whom: a policy refuses requests that leave principalType out.')
func assignmentOf(g grant, principals principalIds, subscriptionId string, environmentName string) assignment => {
  principalId: principals[g.who]
  principalType: g.whoType
  roleDefinitionId: roleDefinitionId(subscriptionId, environmentName, g.role)
  description: g.why
}

@export()
@description('The id of a role definition.')
func roleDefinitionId(subscriptionId string, environmentName string, role string) string =>
  '/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleGuid(subscriptionId, environmentName, role)}'

@export()
@description('Whether an access policy, and not a role assignment, carries a grant out.')
func byAccessPolicy(model permissionModelName, role string) bool => model == 'accessPolicies' && !empty(concat(roles[role].keys, roles[role].secrets))

@export()
@description('Every grant on vaults and their resource group.')
func vaultGrants(vaults vaultPlan[], model permissionModelName, developers string[], breakGlass string[], keysGroup string) grant[] =>
  concat(
    [
      {
        on: { kind: 'keysGroup', name: keysGroup }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: 'auditor'
        active: true
        why: 'Rekey reads who may do what on the vaults, to find what was not declared.'
      }
    ],
    flatten(map(vaults, vault => grantsOnVault(vault, model, developers, breakGlass)))
  )

@description('What is granted on one vault. Token vaults: the app rotates and cannot sign, the issuer signs and cannot rotate. Its own two: each key has one identity.')
func grantsOnVault(vault vaultPlan, model permissionModelName, developers string[], breakGlass string[]) grant[] =>
  concat(
    map(vault.kind == 'token' ? ['app'] : [], who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      role: 'rotator'
      active: true
      why: 'Rekey rotates and disables versions. It cannot sign with token keys.'
    }),
    map(vault.signers, who => {
      on: { kind: 'vault', name: vault.name }
      who: who
      whoType: 'ServicePrincipal'
      role: 'signer'
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
    // An access policy is no role assignment: in that model removal is asked for, and an operator does it.
    map(vault.kind == 'token' && model == 'rbac' ? ['remover'] : [], who => {
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

func whoOnVault(vaultName string, grants grant[], model permissionModelName) string[] =>
  reduce(filter(grants, g => g.on.name == vaultName && g.active && byAccessPolicy(model, g.role)), [], (all, g) => union(all, [g.who]))

@export()
@description('Every grant on what the app works with.')
func appGrants(names appNames, issuers string[], gateways string[], watchedGroups string[]) grant[] =>
  concat(
    map(
      [
        { kind: 'appGroup', name: names.group, role: 'auditor', why: 'Reads the identities and the app, to find ways round to the keys.' }
        { kind: 'storage', name: names.host, role: 'blobOwner', why: 'The Functions host: leases, timers, its package.' }
        { kind: 'storage', name: names.host, role: 'queueContributor', why: 'The Functions host.' }
        { kind: 'storage', name: names.host, role: 'tableContributor', why: 'The Functions host: diagnostics.' }
        { kind: 'storage', name: names.state, role: 'blobContributor', why: 'Published documents.' }
        { kind: 'storage', name: names.state, role: 'queueContributor', why: 'Work: reads, answers and sends messages, poisoned ones too.' }
        { kind: 'storage', name: names.state, role: 'tableContributor', why: 'Departures, rotations, findings.' }
        { kind: 'storage', name: names.evidence, role: 'blobContributor', why: 'Appends to the ledger; the container\'s locked policy keeps it from changing what stands.' }
        { kind: 'workspace', name: names.workspace, role: 'logReader', why: 'Sweeps read what was issued and what was accepted.' }
        { kind: 'topic', name: names.topic, role: 'eventSender', why: 'Tells what happened.' }
      ],
      g => {
        on: { kind: g.kind, name: g.name }
        who: 'app'
        whoType: 'ServicePrincipal'
        role: g.role
        active: true
        why: g.why
      }
    ),
    [
      {
        on: { kind: 'container', name: names.eventDeadLetters }
        who: 'events'
        whoType: 'ServicePrincipal'
        role: 'blobContributor'
        active: true
        why: 'Event Grid writes events that could not be delivered.'
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
      why: 'The gateway logs every token that it accepted. It cannot read the log, nor write issuances.'
    }),
    map(watchedGroups, group => {
      on: { kind: 'watchedGroup', name: group }
      who: 'app'
      whoType: 'ServicePrincipal'
      role: 'auditor'
      active: true
      why: 'Whoever governs the issuer\'s compute can sign as the issuer: Rekey must see who that is.'
    })
  )

@export()
@description('Names of what grants are about.')
type appNames = {
  group: string
  host: string
  state: string
  evidence: string
  eventDeadLetters: string
  workspace: string
  issuances: string
  accesses: string
  topic: string
}

@export()
@description('What the app is told of the grants on a vault, or on the resource group that it lies in.')
func declaredGrants(on string, grants grant[], model permissionModelName, principals principalIds, subscriptionId string, environmentName string) declaredGrant[] =>
  concat(
    // A vault has one access policy a principal, whatever it adds up from.
    map(whoOnVault(on, grants, model), who => {
      principalId: principals[who]
      principalType: filter(grants, g => g.who == who)[0].whoType
      dataActions: reduce(filter(grants, g => g.on.name == on && g.who == who && g.active), [], (all, g) => union(all, roles[g.role].dataActions))
      active: true
      why: join(map(filter(grants, g => g.on.name == on && g.who == who && g.active), g => g.why), ' ')
    }),
    map(filter(grants, g => g.on.name == on && !(g.active && byAccessPolicy(model, g.role))), g => declaredRole(g, model, principals, subscriptionId, environmentName))
  )

// Where access policies decide, a role's data actions give nothing.
func declaredRole(g grant, model permissionModelName, principals principalIds, subscriptionId string, environmentName string) declaredGrant =>
  union(
    {
      principalId: principals[g.who]
      principalType: g.whoType
      role: roleDefinitionId(subscriptionId, environmentName, g.role)
      dataActions: model == 'rbac' ? roles[g.role].dataActions : []
      active: g.active
      why: g.why
    },
    empty(roles[g.role].id) ? { actions: roles[g.role].actions } : {}
  )
