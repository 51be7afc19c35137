// Changes of users come in through Graph's partner topic; what Rekey did goes out through a topic of its own.

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('Name of the topic that Rekey sends to.')
param topicName string
@description('The partner topic that Graph made with the subscription for changes of users. Empty until there is one: then deploy again.')
param partnerTopicName string

type tagSet = {
  *: string
}

// Microsoft Graph as an Event Grid partner.
var graphPartner = 'c02e0126-707c-436d-b6a1-175d2748fb58'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: topicName
  location: location
  tags: union(tags, { 'rekey-environment': environmentName })
  properties: { inputSchema: 'CloudEventSchemaV1_0', disableLocalAuth: true, minimumTlsVersionAllowed: '1.2', publicNetworkAccess: 'Enabled' }
}

resource partners 'Microsoft.EventGrid/partnerConfigurations@2025-02-15' = {
  name: 'default'
  location: 'global'
  tags: tags
  properties: {
    partnerAuthorization: {
      // From each deployment on. A date said here would have to lie within these days, and would be past one day.
      defaultMaximumExpirationTimeInDays: 365
      authorizedPartnersList: [{ partnerRegistrationImmutableId: graphPartner, partnerName: 'MicrosoftGraphAPI' }]
    }
  }
}

// Graph makes it; this activates it and gives it an identity. A user-assigned one does not pass a storage account's firewall.
resource users 'Microsoft.EventGrid/partnerTopics@2025-02-15' = if (!empty(partnerTopicName)) {
  name: empty(partnerTopicName) ? 'none' : partnerTopicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { partnerRegistrationImmutableId: graphPartner, activationState: 'Activated' }
  dependsOn: [partners]
}

output topicEndpoint string = topic.properties.endpoint
output partnerTopicId string = empty(partnerTopicName) ? '' : users.id
output partnerTopicPrincipalId string = empty(partnerTopicName) ? '' : users!.identity!.principalId!
