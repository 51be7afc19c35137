// Carries out the grants of access.bicep on what the app works with.

import { appNames, assignmentOf, grant, principalIds } from '../access.bicep'

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Grants of access.bicep; those of other kinds are left out.')
param grants grant[]
@description('Object ids, by the names that grants use.')
param principals principalIds
@description('Those of them that are known before a deployment. They stand in the names of assignments: an assignment cannot be given to another principal, so that of another one needs another name.')
param given principalIds
@description('What resources are called.')
param names appNames

var onGroup = filter(grants, g => g.on.kind == 'appGroup')
var onStorage = filter(grants, g => g.on.kind == 'storage')
var onQueue = filter(grants, g => g.on.kind == 'queue')
var onContainer = filter(grants, g => g.on.kind == 'container' || g.on.kind == 'packageContainer')
var onTelemetry = filter(grants, g => g.on.kind == 'telemetry')
var onRule = filter(grants, g => g.on.kind == 'dataCollectionRule')
var onTopic = filter(grants, g => g.on.kind == 'topic')

resource accounts 'Microsoft.Storage/storageAccounts@2025-08-01' existing = [
  for g in onStorage: {
    name: g.on.name
  }
]

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' existing = [
  for g in onQueue: {
    name: '${names.evidence}/default/${g.on.name}'
  }
]

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' existing = [
  for g in onContainer: {
    name: '${g.on.kind == 'container' ? names.evidence : names.package}/default/${g.on.name}'
  }
]

resource telemetry 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.insights
}

resource rules 'Microsoft.Insights/dataCollectionRules@2023-03-11' existing = [
  for g in onRule: {
    name: g.on.name
  }
]

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: names.topic
}

resource groupAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in onGroup: {
    name: guid(resourceGroup().id, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource storageAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (g, i) in onStorage: {
    scope: accounts[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource queueAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (g, i) in onQueue: {
    scope: queues[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource containerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (g, i) in onContainer: {
    scope: containers[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource telemetryAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in onTelemetry: {
    scope: telemetry
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource ruleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (g, i) in onRule: {
    scope: rules[i]
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]

resource topicAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for g in onTopic: {
    scope: topic
    name: guid(resourceGroup().id, g.on.name, environmentName, given[?g.who] ?? g.who, g.role)
    properties: assignmentOf(g, principals, subscription().subscriptionId, environmentName)
  }
]
