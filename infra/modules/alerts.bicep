// What must be heard of while Rekey itself is dead, switched off or ill, and the findings that cannot wait. Rekey's own events report everything else.

@description('Short name of the environment. It stands in every name.')
param environmentName string
@description('Region.')
param location string
@description('Tags of every resource.')
param tags tagSet
@description('ARM id of the workspace that the rules query.')
param workspaceId string
@description('Mail addresses. None: alerts are raised and shown, and no mail is sent.')
param receivers string[]
@description('Object ids or user names of those who deploy: what they grant is declared.')
param deployers string[]
@description('The resource groups in which a right leads to the keys: of the vaults, and of the identities.')
param groupIds { keys: string, app: string }
@description('The resource groups of issuers\' compute, where identities that sign may be.')
param watchedGroupIds string[]
@description('Whether the subscription sends its activity log to the workspace: who gave whom a right.')
param hasActivityLog bool
@description('ARM id of the partner topic; empty while there is none.')
param partnerTopicId string
@description('false while Graph has made none.')
param hasPartnerTopic bool
@description('The account whose queues are those of changes of users and no others.')
param evidenceId string

type tagSet = {
  *: string
}

var quoted = join(map(deployers, d => '"${d}"'), ', ')
var watched = join(map(watchedGroupIds, id => '"${toLower(id)}/"'), ', ')
var given = 'let Deployers = dynamic([${quoted}]);\nlet KeysGroup = "${toLower(groupIds.keys)}/";\nlet AppGroup = "${toLower(groupIds.app)}/";\nlet WatchedGroups = dynamic([${watched}]);\n'
// A rule of rows asks by their arrival, of the last two hours of their own time: rows arrive up to twenty minutes late, and each raises one alert. Silence lasts: it sends
// one mail an hour. A metric alert cannot see it: without data a metric is not evaluated, and an app that never ran has none.
var late = 'PT2H'
var rules = [
  {
    name: 'silence'
    severity: 0
    every: 'PT5M'
    window: 'PT15M'
    reads: null
    mute: 'PT1H'
    title: 'Rekey does nothing'
    query: loadTextContent('../kql/silence.kql')
  }
  {
    name: 'finding'
    severity: 1
    every: 'PT5M'
    window: 'PT5M'
    reads: late
    mute: null
    title: 'Rekey found something'
    query: loadTextContent('../kql/finding.kql')
  }
  {
    name: 'key-copied'
    severity: 0
    every: 'PT5M'
    window: 'PT5M'
    reads: late
    mute: null
    title: 'A key was copied or brought in'
    query: loadTextContent('../kql/key-copied.kql')
  }
  {
    name: 'right-given'
    severity: 1
    every: 'PT5M'
    window: 'PT5M'
    reads: late
    mute: null
    title: 'A right on the vaults or the identities was given'
    query: '${given}${loadTextContent('../kql/right-given.kql')}'
  }
]

// Of the partner topic. Event Grid tries again after seconds and minutes: more than three failures in an hour are not one that passes.
var losses = [
  {
    name: 'event-undelivered'
    severity: 2
    window: 'PT1H'
    threshold: 3
    metric: 'DeliveryAttemptFailCount'
    title: 'Changes of users cannot be delivered into the queue'
  }
  { name: 'event-dead-lettered', severity: 1, window: 'PT15M', threshold: 0, metric: 'DeadLetteredCount', title: 'A change of a user was not delivered' }
  { name: 'event-dropped', severity: 1, window: 'PT15M', threshold: 0, metric: 'DroppedEventCount', title: 'A change of a user was lost' }
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
  for rule in filter(rules, r => hasActivityLog || r.name != 'right-given'): {
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
      overrideQueryTimeRange: rule.reads
      muteActionsDuration: rule.mute
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

// Criteria of one rule must all hold, so that each loss is a rule of its own. What is lost so must be reported by hand (POST /departures).
resource lost 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for loss in losses: if (hasPartnerTopic) {
    name: 'rekey-${environmentName}-${loss.name}'
    location: 'global'
    tags: tags
    properties: {
      description: loss.title
      enabled: true
      severity: loss.severity
      scopes: [partnerTopicId]
      evaluationFrequency: 'PT5M'
      windowSize: loss.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: loss.name
            metricName: loss.metric
            operator: 'GreaterThan'
            threshold: loss.threshold
            timeAggregation: 'Total'
          }
        ]
      }
      actions: [{ actionGroupId: group.id }]
    }
  }
]

// Azure Monitor switches off a rule whose query fails for a week, and says so by Resource Health only.
resource unwell 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'rekey-${environmentName}-alert-rule-fails'
  location: 'global'
  tags: tags
  properties: {
    description: 'An alert rule of Rekey fails or was switched off'
    enabled: true
    scopes: [groupIds.app]
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        { anyOf: [{ field: 'resourceType', equals: 'microsoft.insights/scheduledqueryrules' }] }
        {
          anyOf: [
            { field: 'properties.currentHealthStatus', equals: 'Degraded' }
            { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
          ]
        }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: group.id }] }
  }
}

// The count is of all queues of the account, and some hours old. The app looks itself, every twenty seconds (finding user-changes-not-taken);
// this rule is for an app that cannot look either.
resource waiting 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'rekey-${environmentName}-event-waiting'
  location: 'global'
  tags: tags
  properties: {
    description: 'Changes of users wait in the queue'
    enabled: true
    severity: 1
    scopes: ['${evidenceId}/queueServices/default']
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'waiting'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          operator: 'GreaterThan'
          threshold: 100
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: group.id }]
  }
}
