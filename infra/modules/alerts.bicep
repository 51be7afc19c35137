// What must be heard of while Rekey itself is dead, switched off or ill, and the findings that cannot wait. Everything else is told by Rekey's own events.

param environmentName string
param location string
param tags tagSet
param workspaceId string
@description('Mail addresses. None: alerts are raised and shown, and nobody is told.')
param receivers string[]
@description('Object ids or user names of those who deploy: what they grant is declared.')
param deployers string[]
@description('The resource groups in which a right leads to the keys: of the vaults, and of the identities.')
param groupIds { keys: string, app: string }
@description('The resource groups of issuers\' compute, where identities that sign may be.')
param watchedGroupIds string[]
param partnerTopicId string
@description('false while Graph has made none.')
param hasPartnerTopic bool

type tagSet = {
  *: string
}

var quoted = join(map(deployers, d => '"${d}"'), ', ')
var watched = join(map(watchedGroupIds, id => '"${toLower(id)}/"'), ', ')
var given = 'let Deployers = dynamic([${quoted}]);\nlet KeysGroup = "${toLower(groupIds.keys)}/";\nlet AppGroup = "${toLower(groupIds.app)}/";\nlet WatchedGroups = dynamic([${watched}]);\n'
var rules = [
  { name: 'silence', severity: 0, every: 'PT5M', window: 'PT15M', title: 'Rekey does nothing', query: loadTextContent('../kql/silence.kql') }
  { name: 'finding', severity: 1, every: 'PT5M', window: 'PT5M', title: 'Rekey found something', query: loadTextContent('../kql/finding.kql') }
  { name: 'key-copied', severity: 0, every: 'PT5M', window: 'PT15M', title: 'A key was copied or brought in', query: loadTextContent('../kql/key-copied.kql') }
  {
    name: 'right-given'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    title: 'A right on the vaults or the identities was given'
    query: '${given}${loadTextContent('../kql/right-given.kql')}'
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rekey-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take('rekey${environmentName}', 12)
    enabled: true
    emailReceivers: [for (address, i) in receivers: { name: 'receiver-${i}', emailAddress: address, useCommonAlertSchema: true }]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'rekey-${environmentName}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${rule.title} (${environmentName})'
      enabled: true
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: false
      // A table that has never received a row does not exist yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [group.id] }
    }
  }
]

// A change in the directory that Rekey was never told of; reconciliation finds it later.
resource lost 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasPartnerTopic) {
  name: 'rekey-${environmentName}-event-lost'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    severity: 2
    scopes: [partnerTopicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        { criterionType: 'StaticThresholdCriterion', name: 'dead-lettered', metricName: 'DeadLetteredCount', operator: 'GreaterThan', threshold: 0, timeAggregation: 'Total' }
      ]
    }
    actions: [{ actionGroupId: group.id }]
  }
}
