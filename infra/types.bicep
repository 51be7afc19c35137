// What parameter files say, in types.

@export()
@sealed()
@description('What an issuer\'s key is: in an HSM, and never to leave it. There is nothing else to choose.')
type issuerKey = { kty: 'EC-HSM' | 'RSA-HSM', curve: 'P-256' | 'P-384' | 'P-521'?, size: 2048 | 3072 | 4096? }

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
  @minLength(1)
  audiences: string[]
  @description('Where verifiers fetch its JWKS.')
  publicJwksUri: string
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
  federatedCredentials: { issuer: string, subject: string }[]?
  @description('Subnets from which it reaches the vault, one a network: an endpoint is made in it, and a DNS zone that is linked to its network.')
  subnets: { id: string, location: string }[]?
  @description('Ids of networks from which it reaches the vault by the endpoint in Rekey\'s, because they are peered with that (which this deployment does not do). Rekey\'s DNS zone is linked to them.')
  peeredNetworkIds: string[]?
}

@export()
@description('What the issuer\'s key is called in its vault.')
func keyNameOf(issuer issuerPlan) string => issuer.?keyName ?? issuer.name

@export()
@sealed()
@description('A grant at or above the vaults, or on what runs as their identities, that this deployment did not make and that is known: of the pipeline, of a platform team. It is declared to the app, and not carried out.')
type knownGrant = {
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
  @description('Name, GUID or id of the role.')
  role: string
  @description('ARM id that it is assigned at: every vault below has it, and at a management group every vault.')
  scope: string
  @description('false where it must be activated first.')
  active: bool
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
  existingSubnetIds: { app: string, endpoints: string }?
  @description('none: a policy of the platform team registers private endpoints, and the deployment makes no zones. Without it: own.')
  zones: ('own' | 'none')?
  @description('Central private DNS zones, by id, that the endpoints register in. They must be linked to the network already.')
  existingZoneIds: { vault: string, blob: string, queue: string, table: string }?
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
type responseModes = { rotations: 'Observe' | 'Ask' | 'Enforce', sweeps: 'Observe' | 'Ask' | 'Enforce', vaultAccess: 'Observe' | 'Ask' | 'Enforce' }

@export()
type settingMap = {
  *: string
}

@export()
@sealed()
@description('A key that gateways without Entra send, by the SHA-256 of its UTF-8 bytes (hex).')
type gatewayKey = { name: string, sha256: string }

@export()
@sealed()
@description('A channel that people are notified through. Its address, and the signing secret of a webhook, are secrets of the documents vault.')
type notificationChannel = {
  @description('Letters, digits and hyphens. Another name is another channel.')
  @minLength(1)
  @maxLength(40)
  name: string
  kind: 'Webhook' | 'Teams' | 'Slack'
  @description('Of lower incidents it is not notified. Without it: High.')
  minimumSeverity: ('Informational' | 'Low' | 'Medium' | 'High' | 'Critical')?
  @description('Whether it shows names of people beside their ids. Without it: no.')
  showNames: bool?
}
