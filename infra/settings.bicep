// The app's settings. A test holds their names against what the app reads: a name that nothing reads stops its start.

import { storageNames } from 'modules/storage.bicep'
import { gatewayKey, issuerPlan, keyNameOf, notificationChannel, responseModes, settingMap } from 'types.bicep'

@export()
@description('What settings are made of.')
type settingFacts = {
  environmentName: string
  stopped: bool
  modes: responseModes
  tenantId: string
  audience: string
  authority: string
  cloud: string
  app: { clientId: string }
  @description('exists: not in the size observe.')
  checkpoint: { exists: bool, clientId: string, thumbprint: string, vaultUri: string }
  documentVaultUri: string
  @description('Whether a deployment has written the client state. Without one no event of a user is taken.')
  hasClientState: bool
  clientStateUri: string
  @description('Version of the client state before; empty: one only is taken.')
  previousClientStateVersion: string
  graphSubscriptionIds: string[]
  @description('Where Graph sends changes of users: the partner topic, which Graph makes with the subscription that the app creates.')
  feed: { partnerTopicId: string, location: string }
  workspaceId: string
  connectionString: string
  topicEndpoint: string
  accounts: storageNames
  storageSuffix: string
  vaultUris: string[]
  gatewayKeys: gatewayKey[]
  notificationChannels: notificationChannel[]
  @description('Where the secrets of channels lie.')
  secretsUri: string
  declaration: string
  @description('Not in the size observe: operators sign people out.')
  hasCutOff: bool
  cutOffClientId: string
  @description('Not in the model of access policies: nobody takes those away by itself.')
  hasRemover: bool
  removerClientId: string
}

type setting = { name: string, value: string }

@export()
@description('Every setting by its name.')
func settingsOf(facts settingFacts, issuers issuerPlan[], more settingMap) settingMap =>
  union(
    {
      APPLICATIONINSIGHTS_CONNECTION_STRING: facts.connectionString
      // By the app's identity: the component takes nothing that comes with its key alone.
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${facts.app.clientId};Authorization=AAD'
      AzureWebJobsStorage__blobServiceUri: 'https://${facts.accounts.host}.blob.${facts.storageSuffix}'
      AzureWebJobsStorage__tableServiceUri: 'https://${facts.accounts.host}.table.${facts.storageSuffix}'
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: facts.app.clientId
      AzureWebJobsDisableHomepage: 'true'
      RekeyState__blobServiceUri: 'https://${facts.accounts.state}.blob.${facts.storageSuffix}'
      RekeyState__queueServiceUri: 'https://${facts.accounts.state}.queue.${facts.storageSuffix}'
      RekeyState__tableServiceUri: 'https://${facts.accounts.state}.table.${facts.storageSuffix}'
      RekeyState__credential: 'managedidentity'
      RekeyState__clientId: facts.app.clientId
      RekeyEvidence__blobServiceUri: 'https://${facts.accounts.evidence}.blob.${facts.storageSuffix}'
      RekeyEvidence__queueServiceUri: 'https://${facts.accounts.evidence}.queue.${facts.storageSuffix}'
      RekeyEvidence__credential: 'managedidentity'
      RekeyEvidence__clientId: facts.app.clientId
      Rekey__Environment: facts.environmentName
      Rekey__Stopped: facts.stopped ? 'true' : 'false'
      Rekey__Rotations__Mode: facts.modes.rotations
      Rekey__Sweeps__Mode: facts.modes.sweeps
      Rekey__Departures__TenantId: facts.tenantId
      Rekey__Auth__Authority: facts.authority
      Rekey__Auth__Audience: facts.audience
      Rekey__Azure__Cloud: facts.cloud
      Rekey__Azure__ManagedIdentityClientId: facts.app.clientId
      Rekey__Azure__DocumentKeyVault: facts.documentVaultUri
      Rekey__Azure__DocumentKeyName: 'trust-list'
      Rekey__Azure__EventGridTopicEndpoint: facts.topicEndpoint
      Rekey__Azure__EventSource: '/rekey/${facts.environmentName}'
      Rekey__Azure__LogAnalytics__WorkspaceId: facts.workspaceId
      Rekey__VaultAccess__Declaration: facts.declaration
      // Its hash is set when the deployment has ended (infra/complete.sh): until then nothing is taken away.
      Rekey__VaultAccess__Mode: facts.modes.vaultAccess
    },
    // A secret: the setting only says where it lies. A reference to a secret that is not there would be its own text.
    facts.hasClientState
      ? {
          Rekey__Departures__ClientState: '@Microsoft.KeyVault(SecretUri=${facts.clientStateUri})'
          Rekey__Departures__Feed__PartnerTopicId: facts.feed.partnerTopicId
          Rekey__Departures__Feed__Location: facts.feed.location
        }
      : {},
    empty(facts.previousClientStateVersion)
      ? {}
      : { Rekey__Departures__PreviousClientState: '@Microsoft.KeyVault(SecretUri=${facts.clientStateUri}/${facts.previousClientStateVersion})' },
    facts.hasCutOff ? { Rekey__Departures__CutOffClientId: facts.cutOffClientId } : {},
    facts.hasRemover ? { Rekey__VaultAccess__RemoverClientId: facts.removerClientId } : {},
    facts.checkpoint.exists
      ? {
          Rekey__Azure__CheckpointKeyVault: facts.checkpoint.vaultUri
          Rekey__Azure__CheckpointKeyName: 'checkpoint'
          Rekey__Azure__CheckpointClientId: facts.checkpoint.clientId
        }
      : {},
    // Known only when the key has been made: `rekey doctor` shows it. Until it is set no checkpoint is signed.
    !facts.checkpoint.exists || empty(facts.checkpoint.thumbprint) ? {} : { Rekey__Azure__CheckpointThumbprint: facts.checkpoint.thumbprint },
    toObject(flatten(concat(map(issuers, (issuer, n) => ofIssuer(issuer, n)), map(issuers, (issuer, n) => ofKey(issuer, n, facts.vaultUris[n])))), s => s.name, s => s.value),
    toObject(numbered('Rekey__Departures__SubscriptionIds', facts.graphSubscriptionIds), s => s.name, s => s.value),
    toObject(
      flatten(map(facts.gatewayKeys, (key, n) => [
        { name: 'Rekey__Auth__GatewayKeys__${n}__Name', value: key.name }
        { name: 'Rekey__Auth__GatewayKeys__${n}__Sha256', value: key.sha256 }
      ])),
      s => s.name,
      s => s.value
    ),
    toObject(flatten(map(facts.notificationChannels, (channel, n) => ofChannel(channel, n, facts.secretsUri))), s => s.name, s => s.value),
    more
  )

@description('Its address is a secret too: who knows that of a chat can write there.')
func ofChannel(channel notificationChannel, n int, secretsUri string) setting[] =>
  concat(
    [
      { name: 'Rekey__Notifications__Channels__${n}__Name', value: channel.name }
      { name: 'Rekey__Notifications__Channels__${n}__Kind', value: channel.kind }
      { name: 'Rekey__Notifications__Channels__${n}__MinimumSeverity', value: channel.?minimumSeverity ?? 'High' }
      { name: 'Rekey__Notifications__Channels__${n}__ShowNames', value: channel.?showNames ?? false ? 'true' : 'false' }
      { name: 'Rekey__Notifications__Channels__${n}__Url', value: '@Microsoft.KeyVault(SecretUri=${secretsUri}/notify-${channel.name}-url)' }
    ],
    channel.kind == 'Webhook'
      ? [{ name: 'Rekey__Notifications__Channels__${n}__SigningSecret', value: '@Microsoft.KeyVault(SecretUri=${secretsUri}/notify-${channel.name}-secret)' }]
      : []
  )

func ofIssuer(issuer issuerPlan, n int) setting[] =>
  concat(
    [
      { name: 'Rekey__Issuers__${n}__Name', value: issuer.name }
      { name: 'Rekey__Issuers__${n}__Issuer', value: issuer.issuer }
      { name: 'Rekey__Issuers__${n}__PublicJwksUri', value: issuer.publicJwksUri }
      { name: 'Rekey__Issuers__${n}__PeakTokensPerSecond', value: string(issuer.peakTokensASecond) }
      { name: 'Rekey__Issuers__${n}__Algorithms__0', value: algorithmOf(issuer) }
    ],
    numbered('Rekey__Issuers__${n}__Audiences', issuer.audiences)
  )

func ofKey(issuer issuerPlan, n int, vaultUri string) setting[] =>
  concat(
    [
      { name: 'Rekey__Keys__${n}__VaultUri', value: vaultUri }
      { name: 'Rekey__Keys__${n}__Name', value: keyNameOf(issuer) }
      { name: 'Rekey__Keys__${n}__Issuer', value: issuer.name }
    ],
    issuer.key.kty == 'RSA-HSM' ? [{ name: 'Rekey__Keys__${n}__RsaKeySize', value: string(issuer.key.?size ?? 2048) }] : [],
    numbered('Rekey__Keys__${n}__Custodians', issuer.custodians)
  )

@description('RFC 7518: a curve has one algorithm; for RSA it is PS256, which RFC 8725 prefers.')
func algorithmOf(issuer issuerPlan) string => issuer.key.kty == 'RSA-HSM' ? 'PS256' : issuer.key.?curve == 'P-384' ? 'ES384' : issuer.key.?curve == 'P-521' ? 'ES512' : 'ES256'

func numbered(path string, values string[]) setting[] => map(values, (value, n) => { name: '${path}__${n}', value: value })
