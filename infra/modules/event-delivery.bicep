// Delivers changes of users from Graph's partner topic into a queue, and what fails for a day into a container, by the topic's identity.

import { appNames, assignmentOf, grant } from '../access.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Name of the partner topic that Graph made.')
param partnerTopicName string
@description('''Of the topic's identity: another one when Graph makes the topic again. It stands in the names of its assignments, since an
assignment cannot be given to another principal.''')
param principalId string
@description('Grants of access.bicep; those of other kinds are left out.')
param grants grant[]
@description('What resources are called.')
param names appNames

resource evidence 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: names.evidence

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource eventDeadLetters 'containers' existing = {
      name: names.eventDeadLetters
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource userChanges 'queues' existing = {
      name: names.userChanges
    }
  }
}

resource topic 'Microsoft.EventGrid/partnerTopics@2025-02-15' existing = {
  name: partnerTopicName
}

resource queueAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in filter(grants, g => g.on.kind == 'queue'): {
    scope: evidence::queues::userChanges
    name: guid(evidence::queues::userChanges.id, principalId, g.role)
    properties: assignmentOf(g, { '${g.who}': principalId }, subscription().subscriptionId, environmentName)
  }
]

resource containerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in filter(grants, g => g.on.kind == 'container'): {
    scope: evidence::blobs::eventDeadLetters
    name: guid(evidence::blobs::eventDeadLetters.id, principalId, g.role)
    properties: assignmentOf(g, { '${g.who}': principalId }, subscription().subscriptionId, environmentName)
  }
]

resource userChanges 'Microsoft.EventGrid/partnerTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'user-changes'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'Microsoft.Graph.UserUpdated'
        'Microsoft.Graph.UserDeleted'
        'Microsoft.Graph.SubscriptionReauthorizationRequired'
      ]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        // Messages wait for ever: a day on which the app is down costs no event.
        properties: { resourceId: evidence.id, queueName: names.userChanges, queueMessageTimeToLiveInSeconds: -1 }
      }
    }
    // All that Event Grid gives: a day, thirty tries. What is not delivered by then lies in the container.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: evidence.id, blobContainerName: names.eventDeadLetters }
      }
    }
  }
  // Its rights first: without them it delivers nothing, and Event Grid may refuse the subscription.
  dependsOn: [queueAssignments, containerAssignments]
}
