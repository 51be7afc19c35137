// What everything is called. What must be unique in the world or in the tenant has a hash of the subscription in its name. Names depend on nothing that a later deployment
// may change: a resource that holds data keeps its name for ever.

import { appNames } from 'access.bicep'
import { monitoringNames } from 'modules/monitoring.bicep'
import { storageNames } from 'modules/storage.bicep'

@export()
@description('Lower-case letters and digits that no other environment has.')
func uniqueOf(subscriptionId string, environmentName string, location string) string => uniqueString('/subscriptions/${subscriptionId}', environmentName, location)

@export()
func appGroupOf(environmentName string) string => 'rg-rekey-${environmentName}'

@export()
func keysGroupOf(environmentName string) string => 'rg-rekey-${environmentName}-keys'

@export()
@description('3 to 24 lower-case letters and digits each.')
func accountsOf(environmentName string, unique string) storageNames => {
  host: 'strk${take(environmentName, 4)}host${take(unique, 8)}'
  package: 'strk${take(environmentName, 4)}pack${take(unique, 8)}'
  state: 'strk${take(environmentName, 4)}state${take(unique, 8)}'
  evidence: 'strk${take(environmentName, 4)}evid${take(unique, 8)}'
}

@export()
func logsOf(environmentName string) monitoringNames => {
  workspace: 'log-rekey-${environmentName}'
  insights: 'appi-rekey-${environmentName}'
  issuances: 'dcr-rekey-${environmentName}-issuances'
  accesses: 'dcr-rekey-${environmentName}-accesses'
}

@export()
func appNamesOf(environmentName string, unique string) appNames => {
  group: appGroupOf(environmentName)
  host: accountsOf(environmentName, unique).host
  package: accountsOf(environmentName, unique).package
  state: accountsOf(environmentName, unique).state
  evidence: accountsOf(environmentName, unique).evidence
  userChanges: 'user-changes'
  userChangesPoison: 'user-changes-poison'
  eventDeadLetters: 'event-dead-letters'
  workspace: logsOf(environmentName).workspace
  insights: logsOf(environmentName).insights
  issuances: logsOf(environmentName).issuances
  accesses: logsOf(environmentName).accesses
  topic: 'evgt-rekey-${environmentName}-${take(unique, 8)}'
}

@export()
func functionAppOf(environmentName string, unique string) string => 'func-rekey-${environmentName}-${take(unique, 8)}'

@export()
@description('At most 24 letters, digits and single hyphens, where nothing else is said of the vault.')
func tokenVaultOf(environmentName string, unique string, issuerName string) string =>
  'kv-${replace(take(issuerName, 9), '-', '')}-${take(environmentName, 4)}-${take(uniqueString(unique, issuerName), 5)}'

@export()
func documentVaultOf(environmentName string, unique string) string => 'kv-rkdocs-${take(environmentName, 4)}-${take(uniqueString(unique, 'documents'), 5)}'

@export()
func checkpointVaultOf(environmentName string, unique string) string => 'kv-rkmark-${take(environmentName, 4)}-${take(uniqueString(unique, 'checkpoints'), 5)}'
