// The rights that Rekey's environment knows: custom roles and built-in ones, and each as an access policy where one can say it.

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
  | 'reader'
  | 'keyReader'
  | 'cryptoUser'
  | 'queueUpdater'
  | 'secretReader'
  | 'keyOfficer'
  | 'vaultOperator'
  | 'blobOwner'
  | 'blobContributor'
  | 'blobReader'
  | 'queueContributor'
  | 'queueReader'
  | 'queueProcessor'
  | 'queueSender'
  | 'tableContributor'
  | 'logDataReader'
  | 'logWriter'
  | 'eventSender'

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
    // Anything may run as somebody: a kind of resource that is left out would be a way round that is not seen. Reads that return a key or content are taken out.
    actions: ['*/read']
    notActions: [
      'Microsoft.OperationalInsights/workspaces/sharedKeys/read'
      'Microsoft.OperationalInsights/workspaces/query/*'
      'Microsoft.Insights/logs/*'
      'Microsoft.Insights/components/query/*'
      'Microsoft.Web/sites/functions/masterkey/read'
      'Microsoft.Web/sites/functions/token/read'
      'Microsoft.Web/sites/functions/keys/read'
      'Microsoft.Web/sites/hostruntime/*'
      'Microsoft.ContainerRegistry/registries/pull/read'
      'Microsoft.ApiManagement/service/users/keys/read'
      'Microsoft.DocumentDB/databaseAccounts/readonlykeys/read'
      'Microsoft.Automation/automationAccounts/agentRegistrationInformation/read'
      'Microsoft.Automation/automationAccounts/listKeys/read'
      'Microsoft.Automation/automationAccounts/runbooks/content/read'
      'Microsoft.Automation/automationAccounts/jobs/output/read'
    ]
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
  queueUpdater: {
    id: ''
    title: 'Rekey queue updater'
    // Reader and Processor are not enough for a trigger: without it the first function that fails ends the host (azure-docs issue 120932).
    description: 'Changes how long a message is hidden, which a queue trigger does when a function runs long or fails.'
    actions: []
    dataActions: ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/write']
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
  reader: {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
    title: 'Reader'
    description: ''
    actions: ['*/read']
    dataActions: []
    keys: []
    secrets: []
  }
  keyReader: {
    id: '21090545-7ca7-4776-b22c-e363652d74d2'
    title: 'Key Vault Reader'
    description: ''
    actions: ['Microsoft.KeyVault/vaults/*/read']
    dataActions: ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action']
    keys: ['get', 'list', 'getrotationpolicy']
    secrets: ['list']
  }
  cryptoUser: {
    id: '12338af0-0e69-4776-bea7-57ae8d297424'
    title: 'Key Vault Crypto User'
    description: ''
    actions: []
    dataActions: [
      'Microsoft.KeyVault/vaults/keys/read'
      'Microsoft.KeyVault/vaults/keys/update/action'
      'Microsoft.KeyVault/vaults/keys/backup/action'
      'Microsoft.KeyVault/vaults/keys/encrypt/action'
      'Microsoft.KeyVault/vaults/keys/decrypt/action'
      'Microsoft.KeyVault/vaults/keys/wrap/action'
      'Microsoft.KeyVault/vaults/keys/unwrap/action'
      'Microsoft.KeyVault/vaults/keys/sign/action'
      'Microsoft.KeyVault/vaults/keys/verify/action'
    ]
    keys: ['get', 'list', 'update', 'backup', 'encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify']
    secrets: []
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
  blobReader: {
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
    title: 'Storage Blob Data Reader'
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
  queueReader: {
    id: '19e7f393-937e-4f77-808e-94535e297925'
    title: 'Storage Queue Data Reader'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  queueProcessor: {
    id: '8a0f0c08-91a1-4084-bc3d-661d67233fed'
    title: 'Storage Queue Data Message Processor'
    description: ''
    actions: []
    dataActions: []
    keys: []
    secrets: []
  }
  queueSender: {
    id: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
    title: 'Storage Queue Data Message Sender'
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
  logDataReader: {
    id: '3b03c2da-16b3-4a49-8834-0f8130efdd3b'
    title: 'Log Analytics Data Reader'
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
@description('What a custom role is called. A tenant takes a name once, also from another subscription.')
func customRoleName(subscriptionId string, environmentName string, role string) string => '${roles[role].title} (${environmentName}, ${take(uniqueString(subscriptionId), 4)})'

@export()
@description('The id of a role definition.')
func roleDefinitionId(subscriptionId string, environmentName string, role string) string =>
  '/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleGuid(subscriptionId, environmentName, role)}'

@export()
@description('Whether an access policy, and not a role assignment, carries a grant out.')
func byAccessPolicy(model permissionModelName, role string) bool => model == 'accessPolicies' && !empty(concat(roles[role].keys, roles[role].secrets))
