// What a deployment refuses. Each sentence says what is wrong and what to do; main.bicep fails with all of them at once.

import { grant } from 'access.bicep'
import { permissionModelName } from 'rights.bicep'
import { hasOwnZones, networkOf } from 'reach.bicep'
import { settingsOf } from 'settings.bicep'
import { environmentSize, issuerPlan, keyNameOf, knownGrant, networkPlan, notificationChannel, responseModes, settingMap } from 'types.bicep'

@export()
@description('What a parameter file may not ask for.')
func mistakesOf(
  size environmentSize,
  production bool,
  environmentName string,
  issuers issuerPlan[],
  developers string[],
  breakGlass string,
  ranges string[],
  model permissionModelName,
  modes responseModes,
  settings settingMap,
  lockEvidence bool
) string[] =>
  concat(
    production && !lockEvidence ? ['Evidence of production is locked: set evidence.lock to true.'] : [],
    // A live environment under another name must not pass for one where people may do anything.
    !production && !startsWith(toLower(environmentName), 'dev') && !startsWith(toLower(environmentName), 'test')
      ? ['The environment ${environmentName} must be deployed with production = true, or be called dev or test.']
      : [],
    map(filter(items(settings), s => !isFree(toLower(s.key), issuers)), s => 'app.settings: ${s.key} is not for a parameter file to say.'),
    production && !empty(developers) ? ['Developers have no rights in production: leave access.developerGroupIds empty, they have vaults of their own in dev.'] : [],
    production && !empty(ranges) ? ['Vaults of production are reached by private endpoints only: leave vaults.allowedRanges empty.'] : [],
    production && size == 'full' && empty(breakGlass) ? ['Production needs a break-glass group (access.breakGlassGroupId): without one no person can act when Rekey cannot.'] : [],
    model == 'accessPolicies' && modes.vaultAccess == 'Enforce'
      ? ['Access policies are taken away by a person: set modes.vaultAccess to Ask, or vaults.permissionModel to rbac.']
      : [],
    empty(issuers) ? ['issuers: name at least one.'] : [],
    length(union(map(issuers, i => i.name), [])) < length(issuers) ? ['issuers: two have the same name.'] : [],
    map(
      filter(issuers, i => !isPlain(toLower(keyNameOf(i)))),
      i => 'issuers: ${i.name} has the keyName ${keyNameOf(i)}: a key is called by letters, digits and hyphens, without its version.'
    ),
    map(
      filter(issuers, i => i.?vaultName != null && length(filter(issuers, other => toLower(other.?vaultName ?? '') == toLower(i.?vaultName ?? ''))) > 1),
      i => 'issuers: ${i.name} shares the vault ${i.?vaultName ?? ''} with another issuer. Each has a vault of its own: give one of them a new one.'
    ),
    map(
      filter(issuers, i => !empty(i.?signerPrincipalIds ?? []) && !empty(i.?federatedCredentials ?? [])),
      i => 'issuers: ${i.name} signs under an identity of its own: its federated credentials are made there.'
    ),
    map(
      filter(issuers, i => i.peakTokensASecond * 2 > signaturesASecond(i)),
      i =>
        'issuers: ${i.name} mints ${i.peakTokensASecond} tokens a second at its peak, more than half of the ${signaturesASecond(i)} that one vault signs. Split it into issuers with a vault each.'
    )
  )

@export()
@description('Names that a resource could not have: Azure would refuse them in the middle of a deployment.')
func nameMistakes(environmentName string, issuers issuerPlan[]) string[] =>
  concat(
    !isOf('abcdefghijklmnopqrstuvwxyz0123456789', environmentName)
      ? ['environmentName: ${environmentName} must be lower-case letters and digits: it stands in the names of storage accounts and vaults.']
      : [],
    map(filter(issuers, i => !isPlain(i.name)), i => 'issuers: the name ${i.name} must be lower-case letters, digits and hyphens.'),
    map(filter(issuers, i => startsWith(i.name, '-') || endsWith(i.name, '-')), i => 'issuers: the name ${i.name} must begin and end with a letter or a digit.'),
    map(
      filter(issuers, i => i.?vaultName != null && !isVaultName(i.?vaultName ?? '')),
      i => 'issuers: ${i.name} has the vaultName ${i.?vaultName ?? ''}: a vault is called by 3 to 24 letters, digits and single hyphens, and begins with a letter.'
    )
  )

@export()
@description('What a size does not have.')
func environmentSizeMistakes(size environmentSize, issuers issuerPlan[], modes responseModes, breakGlass string, others { name: string, isGiven: bool }[]) string[] =>
  concat(
    size == 'observe' && (modes.rotations != 'Observe' || modes.sweeps != 'Observe' || modes.vaultAccess != 'Observe')
      ? ['modes: the size observe can only observe. Set rotations, sweeps and vaultAccess to Observe, or size to standard.']
      : [],
    size == 'observe'
      ? map(
          filter(issuers, i => empty(i.?vaultName ?? '') || empty(i.?vaultGroup ?? '')),
          i => 'issuers: ${i.name} is observed in a vault that is there already. Name it (vaultName) and its resource group (vaultGroup).'
        )
      : map(
          filter(issuers, i => i.?vaultGroup != null),
          i => 'issuers: ${i.name} has a vaultGroup, which is for the size observe. Move the vault into the resource group of the vaults first.'
        ),
    size == 'observe'
      ? map(
          filter(issuers, i => !empty(concat(i.?subnets ?? [], i.?peeredNetworkIds ?? [])) || !empty(i.?federatedCredentials ?? [])),
          i => 'issuers: ${i.name} has subnets, peeredNetworkIds or federatedCredentials. The size observe makes no way to its vault and no identity.'
        )
      : [],
    size == 'observe' ? map(filter(others, o => o.isGiven), o => '${o.name}: the size observe has no such thing. Leave it out, or set size to standard.') : [],
    size != 'full' && !empty(breakGlass) ? ['access.breakGlassGroupId: only the size full has break glass (PIM). Leave it out, or set size to full.'] : [],
    size == 'standard' && modes.vaultAccess == 'Enforce' ? ['modes: only the size full takes grants away by itself. Set vaultAccess to Ask, or size to full.'] : []
  )

@export()
@description('Zones double what is always ready: for the size that production has.')
func zoneMistakes(size environmentSize, zoneRedundant bool) string[] =>
  zoneRedundant && size != 'full' ? ['app.zoneRedundant: only the size full spreads the app over zones. Leave it out, or set size to full.'] : []

@export()
@description('A network that could not work as it is described.')
func networkMistakes(network networkPlan, issuers issuerPlan[]) string[] =>
  concat(
    network.?existingSubnetIds != null && (network.?addressSpace != null || network.?egress != null)
      ? ['network: addressSpace and egress are those of a network that the deployment makes. Leave them out with existingSubnetIds.']
      : [],
    network.?existingSubnetIds != null && networkOf(network.?existingSubnetIds.?app ?? '') != networkOf(network.?existingSubnetIds.?endpoints ?? '')
      ? ['network: existingSubnetIds names subnets of two networks. Name two of one network.']
      : [],
    network.?existingZoneIds != null && network.?zones != null ? ['network: existingZoneIds and zones say two things. Leave one of them out.'] : [],
    // A zone has one record a vault: a second endpoint in a zone that all networks share takes the name from the first.
    !hasOwnZones(network)
      ? map(
          filter(issuers, i => !empty(i.?subnets ?? [])),
          i => 'issuers: ${i.name} cannot have an endpoint of its own (subnets) with zones that others made: peer its network and name it in peeredNetworkIds.'
        )
      : []
  )

@export()
@description('What access.bicep may never return: persons and groups that can act in production, principals of another environment.')
func grantMistakes(production bool, grants grant[], known knownGrant[], given string[], foreign string[]) string[] =>
  concat(
    map(
      filter(grants, g => production && g.active && g.whoType != 'ServicePrincipal'),
      g => 'access.bicep: ${g.who} would hold ${g.role} on ${g.on.name} in production at any time. Only managed identities may.'
    ),
    map(
      filter(known, g => production && g.active && g.principalType != 'ServicePrincipal'),
      g => 'access.knownGrants: ${g.principalId} holds ${g.role} at ${g.scope} at any time. Make it eligible (PIM) first: production declares no standing access of people.'
    ),
    map(
      intersection(map(given, id => toLower(id)), map(foreign, id => toLower(id))),
      id => 'access.foreignPrincipalIds: ${id} belongs to another environment and cannot have a right in this one.'
    )
  )

@export()
@description('A version that Key Vault cannot have would leave the text of the reference itself as a client state that is taken.')
func clientStateMistakes(previousVersion string, partnerTopicName string, hasClientState bool) string[] =>
  concat(
    !hasClientState && !empty('${previousVersion}${partnerTopicName}')
      ? ['feed.hasClientState: without a client state no event of the partner topic is taken. Give one (REKEY_GRAPH_CLIENT_STATE), and set feed.hasClientState to true.']
      : [],
    !empty(previousVersion) && (length(previousVersion) != 32 || !isOf('0123456789abcdef', previousVersion))
      ? ['feed.previousClientStateVersion: a version of a secret is 32 digits and letters from a to f.']
      : []
  )

@export()
@description('Channels that the app would not start with.')
func channelMistakes(channels notificationChannel[]) string[] =>
  concat(
    map(filter(channels, c => !isPlain(toLower(c.name))), c => 'alerts.channels: the name ${c.name} must be letters, digits and hyphens.'),
    length(union(map(channels, c => toLower(c.name)), [])) < length(channels) ? ['alerts.channels: two have the same name.'] : []
  )

@description('Whether the template leaves a setting to the parameter file. .NET reads names without regard to case.')
func isFree(lowerName string, issuers issuerPlan[]) bool =>
  startsWith(lowerName, 'rekey__') && !contains(map(objectKeys(ownSettings(issuers)), k => toLower(k)), lowerName) && empty(filter(
    [
      'rekey__vaultaccess__declaration'
      'rekey__issuers__'
      'rekey__keys__'
      'rekey__auth__gatewaykeys__'
      'rekey__departures__subscriptionids__'
      'rekey__notifications__channels__'
    ],
    family => startsWith(lowerName, family)
  ))

@description('The settings that the template itself makes at most; only their names count.')
func ownSettings(issuers issuerPlan[]) settingMap =>
  settingsOf(
    {
      environmentName: ''
      stopped: false
      modes: { rotations: 'Ask', sweeps: 'Ask', vaultAccess: 'Ask' }
      tenantId: ''
      audience: ''
      authority: ''
      cloud: ''
      app: { clientId: '' }
      checkpoint: { exists: true, clientId: '', thumbprint: 'any', vaultUri: '' }
      documentVaultUri: ''
      hasClientState: true
      clientStateUri: ''
      previousClientStateVersion: 'any'
      graphSubscriptionIds: []
      feed: { partnerTopicId: '', location: '' }
      workspaceId: ''
      connectionString: ''
      topicEndpoint: ''
      accounts: { host: '', package: '', state: '', evidence: '' }
      storageSuffix: ''
      vaultUris: map(issuers, i => '')
      gatewayKeys: []
      notificationChannels: []
      secretsUri: ''
      declaration: ''
      hasCutOff: true
      cutOffClientId: ''
      hasRemover: true
      removerClientId: ''
    },
    issuers,
    {}
  )

@description('Signatures that one vault makes in a second with HSM keys: 2,000 in 10 s, fewer with long RSA keys ("Azure Key Vault service limits").')
func signaturesASecond(issuer issuerPlan) int => issuer.key.kty == 'EC-HSM' ? 200 : issuer.key.?size == 4096 ? 25 : issuer.key.?size == 3072 ? 50 : 200

func isVaultName(name string) bool =>
  length(name) >= 3 && length(name) <= 24 && isPlain(toLower(name)) && !contains(name, '--') && !endsWith(name, '-') && isOf('abcdefghijklmnopqrstuvwxyz', toLower(take(name, 1)))

func isPlain(name string) bool => isOf('abcdefghijklmnopqrstuvwxyz0123456789-', name)

func isOf(alphabet string, text string) bool => empty(filter(map(range(0, length(text)), n => substring(text, n, 1)), c => !contains(alphabet, c)))
