// What parameter files say, in types.

import { permissionModelName } from 'rights.bicep'
import { storageRedundancy } from 'modules/storage.bicep'

@export()
@sealed()
@description('What an issuer\'s key is: in an HSM, and never to leave it. There is nothing else to choose.')
type issuerKey = {
  @description('The kind of key.')
  kty: 'EC-HSM' | 'RSA-HSM'
  @description('The curve of an EC key. Without it: P-256.')
  curve: ('P-256' | 'P-384' | 'P-521')?
  @description('Bits of an RSA key. Without it: 2048.')
  size: (2048 | 3072 | 4096)?
}

@export()
@sealed()
@description('An issuer with the one key that it signs with. Each has a vault of its own: an access policy covers a whole vault, and so does the quota of its HSM.')
type issuerPlan = {
  @description('1 to 16 lower-case letters, digits and hyphens: it stands in routes, and in the names of its vault and its key where nothing else is said.')
  @minLength(1)
  @maxLength(16)
  name: string
  @description('The exact iss of its tokens.')
  issuer: string
  @description('The aud that its tokens may have.')
  @minLength(1)
  audiences: string[]
  @description('Where verifiers fetch its JWKS.')
  publicJwksUri: string
  @description('What its key is.')
  key: issuerKey
  @description('A vault that is there already, in the resource group of the vaults. Without it the deployment makes one.')
  vaultName: string?
  @description('Only with the size observe: the resource group of that vault, in this subscription. In the other sizes it is the resource group of the vaults.')
  vaultGroup: string?
  @description('The key in that vault, where it is not called like the issuer: 1 to 127 letters, digits and hyphens. A key that is there already stays as it is.')
  @minLength(1)
  @maxLength(127)
  keyName: string?
  @description('Tokens that it mints in its busiest second. Half of what the vault signs is the limit, since the other half is for everything unforeseen.')
  @minValue(1)
  peakTokensASecond: int
  @description('Object ids of the persons responsible for the key.')
  custodians: string[]
  @description('Object ids of managed identities that sign already. Without any, the deployment makes one.')
  signerPrincipalIds: string[]?
  @description('Workloads that sign in as the identity made here without a secret: a Kubernetes service account, a pipeline elsewhere.')
  federatedCredentials: federatedWorkload[]?
  @description('Subnets from which it reaches the vault, one a network: an endpoint is made in it, and a DNS zone that is linked to its network.')
  subnets: issuerSubnet[]?
  @description('Ids of networks from which it reaches the vault by the endpoint in Rekey\'s, because they are peered with that (which this deployment does not do). Rekey\'s DNS zone is linked to them.')
  peeredNetworkIds: string[]?
}

@sealed()
@description('A workload that signs in by the token of another system (OpenID Connect).')
type federatedWorkload = {
  @description('The iss of its tokens.')
  issuer: string
  @description('The sub of its tokens.')
  subject: string
}

@sealed()
@description('A subnet of an issuer\'s network.')
type issuerSubnet = {
  @description('Its ARM id.')
  id: string
  @description('Region of its network.')
  location: string
}

@export()
@description('What the issuer\'s key is called in its vault.')
func keyNameOf(issuer issuerPlan) string => issuer.?keyName ?? issuer.name

@export()
@sealed()
@description('A grant at or above the vaults, or on what runs as their identities, that this deployment did not make and that is known: of the pipeline, of a platform team. It is declared to the app, and not carried out.')
type knownGrant = {
  @description('Object id of who has it.')
  principalId: string
  @description('What that is.')
  principalType: 'ServicePrincipal' | 'Group' | 'User'
  @description('Name, GUID or id of the role.')
  role: string
  @description('ARM id that it is assigned at: every vault below has it, and at a management group every vault.')
  scope: string
  @description('false where it must be activated first.')
  active: bool
  @description('The reason, in a sentence.')
  why: string
}

@export()
@sealed()
@description('The network of the app. With nothing said the deployment makes one, with private DNS zones and one public address to go out by.')
type networkPlan = {
  @description('Address space of a network that the deployment makes: /24 or wider. Without it: 10.77.0.0/24.')
  addressSpace: string?
  @description('How the app goes out of a network that the deployment makes. nat: by a NAT gateway and an address of its own. none: by what the platform team routes the subnet to. Without it: nat.')
  egress: ('nat' | 'none')?
  @description('Subnets of a network that is there already: one delegated to Microsoft.App/environments, /27 or wider, and one for private endpoints. Who deploys needs subnets/join/action there.')
  existingSubnetIds: subnetPair?
  @description('none: a policy of the platform team registers private endpoints, and the deployment makes no zones. Without it: own.')
  zones: ('own' | 'none')?
  @description('Central private DNS zones, by id, that the endpoints register in. They must be linked to the network already.')
  existingZoneIds: zonesOfEndpoints?
}

@sealed()
@description('Two subnets of one network, by their ARM ids.')
type subnetPair = {
  @description('What the app goes out through.')
  app: string
  @description('Where private endpoints are.')
  endpoints: string
}

@sealed()
@description('Private DNS zones, by their ARM ids.')
type zonesOfEndpoints = {
  @description('Of vaults.')
  vault: string
  @description('Of blobs.')
  blob: string
  @description('Of queues.')
  queue: string
  @description('Of tables.')
  table: string
}

@export()
@sealed()
@description('Who may do what, and who is known.')
type accessPlan = {
  @description('Managed identities of gateways that log what they accepted, by their object ids.')
  gatewayPrincipalIds: string[]?
  @description('Gateways that have no Entra identity, by the hash of their key.')
  gatewayKeys: gatewayKey[]?
  @description('Groups of developers. They get the vaults of this environment, and cannot in production.')
  developerGroupIds: string[]?
  @description('Group that may activate its right on the token vaults (PIM). Without it no person may.')
  breakGlassGroupId: string?
  @description('How long that group stays eligible (ISO 8601): deploy again before it ends. The PIM policy of a new vault takes a year at most. Without it: P365D.')
  breakGlassDuration: string?
  @description('Resource groups, in this subscription, of the issuers\' compute: Rekey reads who governs it.')
  watchedResourceGroups: string[]?
  @description('User names or object ids of those who deploy: the right that they give is no alarm.')
  deployers: string[]?
  @description('Grants at or above the vaults that others made and that are known. Declared to the app, not carried out.')
  knownGrants: knownGrant[]?
  @description('Principals of other environments. None of them may have a right here, and the app finds those that have.')
  foreignPrincipalIds: string[]?
}

@export()
@sealed()
@description('How the vaults are made and reached.')
type vaultRules = {
  @description('How vaults decide who may do what. Without it: rbac.')
  permissionModel: permissionModelName?
  @description('Only while permissionModel is accessPolicies: assigns the roles too. They do nothing until the vaults are switched, and then they are in force at once. Without it: false.')
  rolesAhead: bool?
  @description('Address ranges from which developers reach the vaults (CIDR). Not in production.')
  allowedRanges: string[]?
  @description('Takes vaults back that were deleted less than 90 days ago, with their keys: for an environment that is made again. Only for that one deployment. Without it: false.')
  recover: bool?
}

@export()
@sealed()
@description('Where logs are, how long they are kept, and which of them the app reads.')
type logPlan = {
  @description('A Log Analytics workspace that is there already, by its ARM id. Without it the deployment makes one. What is kept how long, but for the tables of Rekey, is said there.')
  existingWorkspaceId: string?
  @description('Tables that the app reads. A table that is not there does no harm. Without it: the token logs that infra/kql names, the audit logs of the vaults, and the audit and sign-in logs of Entra ID.')
  readTables: string[]?
  @description('Days that logs are kept. Without it: 730. The breach that Rekey is built around ran for 322 days, and its logs had expired when they were needed.')
  totalRetentionDays: (365 | 730 | 1095 | 1460 | 1826 | 2191 | 2556)?
  @description('Days that logs can be queried at once; sweeps look back that far at most. Without it: 90.')
  @minValue(30)
  @maxValue(730)
  interactiveRetentionDays: int?
}

@export()
@sealed()
@description('What cannot be changed afterwards: the ledger, its checkpoints, the archived audit log.')
type evidencePlan = {
  @description('Days that evidence cannot be changed. Without it: 730.')
  @minValue(365)
  @maxValue(3650)
  days: int?
  @description('Whether infra/complete.sh locks the evidence: for good, and neither the account nor its group can be deleted before the days are over. Production is always locked. Without it: as production.')
  lock: bool?
  @description('RFC 7638 thumbprint of the checkpoint key. Left out until the key is there; without it there are no signed checkpoints, which is a finding.')
  checkpointThumbprint: string?
  @description('How often, and where, each storage account keeps each byte. Not every region has zones. Without it: Standard_ZRS.')
  redundancy: storageRedundancy?
}

@export()
@sealed()
@description('How changes of users arrive.')
type feedPlan = {
  @description('Partner topic that Graph made. Left out until there is one.')
  partnerTopicName: string?
  @description('Whether there is a client state: set it with the deployment that is given one. Until then the app takes no change of a user. Without it: whether partnerTopicName is there.')
  hasClientState: bool?
  @description('Version of the secret graph-client-state from before. Only while one client state replaces another: events with either are taken.')
  previousClientStateVersion: string?
  @description('Ids of the Graph subscriptions whose events are taken. Without it: those of any with the right client state.')
  subscriptionIds: string[]?
}

@export()
@sealed()
@description('Who is notified.')
type alertPlan = {
  @description('Mail addresses that alerts are sent to. Without any, alerts are raised and shown.')
  receivers: string[]?
  @description('Channels that people are notified through, beside the mail to receivers.')
  channels: notificationChannel[]?
}

@export()
@sealed()
@description('The function app.')
type appPlan = {
  @description('Stops everything but serving. Without it: false.')
  stopped: bool?
  @description('Instances at most. Flex Consumption takes no fewer than 40. Without it: 40.')
  @minValue(40)
  @maxValue(1000)
  maximumInstances: int?
  @description('Instances that are always there to answer gateways. Without it: 1.')
  @minValue(0)
  @maxValue(20)
  alwaysReady: int?
  @description('Whether the app is spread over zones of the region. Only in the size full. Azure then keeps two instances always ready for each group of functions, and the region must have zones (docs/costs.md). Without it: false.')
  zoneRedundant: bool?
  @description('Any other setting of the app, by its name.')
  settings: settingMap?
}

@export()
@description('''How much a deployment makes.
observe: the app, its storage and logs, and the right to read vaults that are there. No vault of issuers, network, policy, custom role or PIM. It can only observe.
standard: vaults, network, policies and custom roles too: the app rotates.
full: break glass by PIM too, and an identity that takes undeclared grants away.''')
type environmentSize = 'observe' | 'standard' | 'full'

@export()
@sealed()
@description('How far each response goes by itself.')
type responseModes = {
  @description('Rotations of exposed keys.')
  rotations: responseMode
  @description('What sweeps find in the token logs.')
  sweeps: responseMode
  @description('Undeclared grants on the vaults.')
  vaultAccess: responseMode
}

@description('Observe: says what it would do. Ask: waits for an approver. Enforce: acts.')
type responseMode = 'Observe' | 'Ask' | 'Enforce'

@export()
@description('Texts by their names.')
type settingMap = {
  *: string
}

@export()
@sealed()
@description('A key that gateways without Entra send, by the SHA-256 of its UTF-8 bytes (hex).')
type gatewayKey = {
  @description('What the gateway is called in logs and findings.')
  name: string
  @description('The hash, as 64 digits and letters from a to f.')
  sha256: string
}

@export()
@sealed()
@description('A channel that people are notified through. Its address, and the signing secret of a webhook, are secrets of the documents vault.')
type notificationChannel = {
  @description('Letters, digits and hyphens. Another name is another channel.')
  @minLength(1)
  @maxLength(40)
  name: string
  @description('What it speaks.')
  kind: 'Webhook' | 'Teams' | 'Slack'
  @description('Of lower incidents it is not notified. Without it: High.')
  minimumSeverity: ('Informational' | 'Low' | 'Medium' | 'High' | 'Critical')?
  @description('Whether it shows names of people beside their ids. Without it: no.')
  showNames: bool?
}
