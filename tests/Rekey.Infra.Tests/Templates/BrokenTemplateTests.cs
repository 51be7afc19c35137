using Rekey.Infra.Tests.Rules;

namespace Rekey.Infra.Tests.Templates;

/// <summary>Templates that somebody has weakened: each promise that they break is named. Without that, the promises would prove
/// nothing.</summary>
public sealed class BrokenTemplateTests
{
    [Fact]
    public Task Weakened_resources_are_seen() =>
        BreaksAsync([
            new("modules/vault.bicep", "exportable: false", "exportable: true", "The key shop can be exported"),
            new("modules/vault.bicep", "type: 'notify'", "type: 'rotate'", "The key shop is rotated by its vault"),
            new(
                "modules/vault.bicep",
                "keyOps: ['sign', 'verify']",
                "keyOps: ['sign', 'verify', 'wrapKey']",
                "The key shop is for more than signatures"
            ),
            new("modules/vault.bicep", "kty: key.kty\n", "kty: 'EC'\n", "The key shop is not in an HSM"),
            new("modules/vault.bicep", "name: 'premium'", "name: 'standard'", "is not Premium"),
            new(
                "modules/vault.bicep",
                "softDeleteRetentionInDays: 90",
                "softDeleteRetentionInDays: 7",
                "does not keep what was deleted for 90 days"
            ),
            new("modules/vault.bicep", "enablePurgeProtection: true\n", "\n", "is not purge-protected"),
            new(
                "modules/vault.bicep",
                "enabledForTemplateDeployment: false",
                "enabledForTemplateDeployment: true",
                "is open to deployments or disks"
            ),
            new(
                "modules/vault.bicep",
                "defaultAction: isPrivate ? 'Deny' : 'Allow'",
                "defaultAction: isPrivate ? 'Allow' : 'Deny'",
                "lets networks in"
            ),
            new(
                "modules/vault.bicep",
                "empty(allowedRanges) ? 'Disabled' : 'Enabled'",
                "empty(allowedRanges) ? 'Enabled' : 'Enabled'",
                "can be reached from outside"
            ),
            new("modules/vault.bicep", "permissionModel == 'rbac'", "permissionModel != 'rbac'", "has the other permission model"),
            new(
                "modules/vault.bicep",
                "logAnalyticsDestinationType: 'Dedicated'",
                "logAnalyticsDestinationType: 'AzureDiagnostics'",
                "does not log to the table of its own"
            ),
            new(
                "modules/vault.bicep",
                "{ category: 'AuditEvent', enabled: true }",
                "{ category: 'AuditEvent', enabled: false }",
                "does not log what is done with it"
            ),
            new("main.bicep", "archiveId: storage.outputs.evidenceId", "archiveId: storage.outputs.hostId", "does not log to the archive"),
            new("main.bicep", "production ? ['ServicePrincipal'] : ", "", "Roles on vaults can be assigned to: ServicePrincipal, Group"),
            new(
                "main.bicep",
                "param location",
                "param location",
                "Roles on the app and its issuers' identities can be assigned to: ServicePrincipal, Group"
            ),
            new(
                "modules/alerts.bicep",
                "let AppGroup = \"${toLower(groupIds.app)}/\"",
                "let AppGroup = \"${toLower(groupIds.app)}\"",
                "Nobody hears of a right that is given on /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod."
            ),
            new(
                "modules/alerts.bicep",
                "toLower(groupIds.keys)",
                "toLower(groupIds.app)",
                "Nobody hears of a right that is given on "
                    + "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod-keys."
            ),
            new(
                "modules/policy-definition.bicep",
                "notIn: '[parameters(\\'allowedPrincipalTypes\\')]'",
                "equals: 'User'",
                "does not refuse what is not expressly allowed"
            ),
            new(
                "modules/policy.bicep",
                "587c79fe-dd04-4a5e-9d0b-f89598c7261b",
                "587c79fe-dd04-4a5e-9d0b-f89598c7261c",
                "The built-in policy 587c79fe-dd04-4a5e-9d0b-f89598c7261b is not assigned"
            ),
            new("access.bicep", "who: 'package'", "who: 'cut-off'", "id-rekey-prod-cut-off can do more than sign people out"),
            new("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "takes shared keys"),
            new("modules/storage.bicep", "allowBlobPublicAccess: false", "allowBlobPublicAccess: true", "can be made public"),
            new(
                "modules/storage.bicep",
                "allowProtectedAppendWrites: true",
                "allowProtectedAppendWrites: false",
                "What lies in ledger can be changed"
            ),
            new(
                "modules/storage.bicep",
                "{ account: 'evidence', part: 'blob' }",
                "{ account: 'host', part: 'blob' }",
                "The app has no way to RekeyEvidence__blobServiceUri"
            ),
            new("modules/log-streams.bicep", "etag: '*'", "etag: ''", "TokenIssuance cannot be deployed a second time"),
            new(
                "modules/events.bicep",
                "partnerName: 'MicrosoftGraphAPI'",
                "partnerName: 'MicrosoftGraphAPI', authorizationExpirationTimeInUtc: '2027-12-31T00:00:00Z'",
                "Graph's authorization ends on a fixed day"
            ),
            new("modules/event-delivery.bicep", "maxDeliveryAttempts: 30", "maxDeliveryAttempts: 3", "An event is given up early"),
            new(
                "main.bicep",
                "totalRetentionDays: totalRetentionDays",
                "totalRetentionDays: min(totalRetentionDays, 90)",
                "AZKVAuditLogs is not kept long enough"
            ),
            new(
                "modules/function-app.bicep",
                "type: 'UserAssignedIdentity', userAssigned",
                "type: 'SystemAssignedIdentity', userAssigned",
                "fetches its package with a key"
            ),
            new("modules/function-app.bicep", "version: '10.0'", "version: '10'", "The app has another runtime than its worker"),
            new(
                "modules/function-app.bicep",
                "http20Enabled: true",
                "http20Enabled: true, ftpsState: 'Disabled'",
                "The app has a site property that Flex Consumption refuses"
            ),
            new(
                "settings.bicep",
                "APPLICATIONINSIGHTS_CONNECTION_STRING: facts.connectionString\n",
                "APPLICATIONINSIGHTS_CONNECTION_STRING: facts.connectionString\n      FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'\n",
                "The app has a setting that Flex Consumption refuses"
            ),
            new("modules/workspace.bicep", "dailyQuotaGb: -1", "dailyQuotaGb: 5", "Logs have a daily cap"),
            new("modules/function-app.bicep", "tier: 'FlexConsumption'", "tier: 'ElasticPremium'", "is not on Flex Consumption"),
            new("modules/function-app.bicep", "httpsOnly: true", "httpsOnly: false", "The app takes plain HTTP"),
            new("modules/function-app.bicep", "allow: false", "allow: true", "can be published to with a password"),
            new(
                "settings.bicep",
                "'@Microsoft.KeyVault(SecretUri=${facts.clientStateUri})'",
                "'a secret: ${facts.clientStateUri}'",
                "holds the client state itself"
            ),
        ]);

    /// <summary>Each of them stops a deployment into a subscription that has never seen Rekey, and no other test would say so.</summary>
    [Fact]
    public Task What_stops_a_first_deployment_is_seen() =>
        BreaksAsync([
            new(
                "modules/vault-access.bicep",
                "duration: eligibilityDuration }",
                "duration: eligibilityDuration == 'P1D' ? 'P1D' : 'P366D' }",
                "a new vault's PIM policy refuses an eligibility of more than a year"
            ),
            new(
                "main.bicep",
                "var allTags = union(tags, {",
                "var allTags = union(tags, { 'azd-env-name': environmentName,",
                "azd does not find the app's resource group"
            ),
            new(
                "rights.bicep",
                ", ${take(uniqueString(subscriptionId), 4)})'",
                ")'",
                "The role Rekey signer (prod) cannot be made by a second subscription of the tenant"
            ),
            new("names.bicep", "'evgt-rekey-${", "'evgt_rekey-${", "Microsoft.EventGrid/topics cannot be called evgt_rekey-prod-"),
            new(
                "modules/function-app.bicep",
                "properties: {\n    serverFarmId: plan.id",
                "properties: {\n    reserved: true\n    serverFarmId: plan.id",
                "The app has a site property that Flex Consumption refuses"
            ),
            new(
                "settings.bicep",
                "AzureWebJobsDisableHomepage: 'true'\n",
                "AzureWebJobsDisableHomepage: 'true'\n      WEBSITE_CONTENTSHARE: 'x'\n",
                "The app has a setting that Flex Consumption refuses"
            ),
            new(
                "main.bicep",
                "hasClientState: hasClientState\n",
                "hasClientState: false\n",
                "The app refers to a client state that is not there yet, or to none"
            ),
            new(
                "modules/alerts.bicep",
                "equals: 'microsoft.insights/scheduledqueryrules'",
                "equals: 'microsoft.web/sites'",
                "No alert is raised when an alert rule fails or is switched off"
            ),
        ]);

    [Fact]
    public Task Rights_to_data_that_are_more_or_less_are_seen() =>
        BreaksAsync([
            new(
                "rights.bicep",
                "      'Microsoft.OperationalInsights/workspaces/sharedKeys/read'\n",
                "",
                "Rekey auditor (prod, rbyp) shows what it must not: Microsoft.OperationalInsights/workspaces/sharedKeys/read"
            ),
            new(
                "rights.bicep",
                "3b03c2da-16b3-4a49-8834-0f8130efdd3b",
                "73c42c96-874c-492b-b04d-ab87d138a893",
                "id-rekey-prod-app reads everything on log-rekey-prod"
            ),
            new(
                "main.bicep",
                "watchedResourceGroups, readTables)",
                "watchedResourceGroups, [...readTables, 'SigninLogs'])",
                "Logs are read by others than the app, or in other tables than sweeps read"
            ),
            new(
                "access.bicep",
                "{ kind: 'storage', name: names.state, role: 'blobContributor'",
                "{ kind: 'storage', name: names.package, role: 'blobContributor'",
                "The app's package can be changed by: id-rekey-prod-app: Storage Blob Data Contributor"
            ),
            new(
                "modules/function-app.bicep",
                "userAssignedIdentityResourceId: packageIdentityId",
                "userAssignedIdentityResourceId: identityIds[0]",
                "The app's package is fetched from elsewhere, or by another identity"
            ),
            new(
                "access.bicep",
                "{ container: names.eventDeadLetters, role: 'blobReader'",
                "{ container: names.eventDeadLetters, role: 'blobOwner'",
                "In event-dead-letters the app has: id-rekey-prod-app: Storage Blob Data Owner"
            ),
            new(
                "access.bicep",
                "{ container: 'snapshots', role:",
                "{ container: 'insights-logs-auditevent', role:",
                "In insights-logs-auditevent the app has: id-rekey-prod-app"
            ),
            new(
                "rights.bicep",
                "19e7f393-937e-4f77-808e-94535e297925",
                "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
                "id-rekey-prod-app can make and delete queues in strkprodstate"
            ),
            new(
                "modules/monitoring.bicep",
                "DisableLocalAuth: true",
                "DisableLocalAuth: false",
                "Telemetry can be sent without an identity"
            ),
            new(
                "settings.bicep",
                "APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${facts.app.clientId};",
                "APPLICATIONINSIGHTS_AUTHENTICATION_STRING: '",
                "The app cannot send its telemetry by its identity"
            ),
        ]);

    [Fact]
    public Task A_size_that_makes_more_than_it_says_is_seen() =>
        BreaksAsync(
            "variants/dev-observe",
            new EstatePlan(Production: false, Rbac: true, "observe"),
            [
                new(
                    "main.bicep",
                    "var hasRoles = size != 'observe'",
                    "var hasRoles = true",
                    "makes Microsoft.Authorization/roleDefinitions"
                ),
                new(
                    "main.bicep",
                    "var hasPolicies = size != 'observe'",
                    "var hasPolicies = true",
                    "makes Microsoft.Authorization/policyAssignments"
                ),
                new(
                    "main.bicep",
                    "var hasActivityLog = size != 'observe'",
                    "var hasActivityLog = true",
                    "makes Microsoft.Insights/diagnosticSettings"
                ),
                new(
                    "access.bicep",
                    "? ['reader', 'keyReader'] : []",
                    "? ['keyReader', 'vaultOperator'] : []",
                    "The size observe changes what it observes"
                ),
                new(
                    "main.bicep",
                    "        modes: modes\n",
                    "        modes: { rotations: 'Ask', sweeps: 'Ask', vaultAccess: 'Ask' }\n",
                    "Rekey__Rotations__Mode is Ask in the size observe"
                ),
                new("main.bicep", "    checkpoint: hasCheckpoints\n", "    checkpoint: true\n", "makes an identity that has nothing to do"),
            ]
        );

    [Fact]
    public Task Break_glass_and_removal_are_not_in_the_size_between() =>
        BreaksAsync(
            "variants/dev-standard",
            new EstatePlan(Production: false, Rbac: true, "standard"),
            [
                new("main.bicep", "var hasRemover = size == 'full' &&", "var hasRemover = size != 'observe' &&", "The size standard makes"),
                new(
                    "access.bicep",
                    "map(size == 'full' && vault.kind",
                    "map(size != 'observe' && vault.kind",
                    "Grants can be removed on: shop"
                ),
            ]
        );

    [Fact]
    public Task Events_that_are_lost_or_taken_by_others_are_seen() =>
        BreaksAsync([
            new(
                "modules/events.bicep",
                "identity: { type: 'SystemAssigned' }",
                "identity: { type: 'UserAssigned', userAssignedIdentities: { "
                    + "'/subscriptions/x/resourceGroups/y/providers/Microsoft.ManagedIdentity/userAssignedIdentities/z': {} } }",
                "An event comes by another identity"
            ),
            new(
                "modules/event-delivery.bicep",
                "deliveryWithResourceIdentity: {\n      identity: { type: 'SystemAssigned' }",
                "deliveryWithResourceIdentity: {\n      identity: { type: 'UserAssigned', userAssignedIdentity: 'z' }",
                "An event is delivered by another identity"
            ),
            new(
                "modules/event-delivery.bicep",
                "deadLetterWithResourceIdentity: {\n      identity: { type: 'SystemAssigned' }",
                "deadLetterWithResourceIdentity: {\n      identity: { type: 'UserAssigned', userAssignedIdentity: 'z' }",
                "An event is kept by another identity"
            ),
            new(
                "modules/event-delivery.bicep",
                "queueName: names.userChanges,",
                "queueName: names.userChangesPoison,",
                "An event does not come into the queue user-changes"
            ),
            new(
                "modules/event-delivery.bicep",
                "queueMessageTimeToLiveInSeconds: -1",
                "queueMessageTimeToLiveInSeconds: 604800",
                "An event does not wait for ever"
            ),
            new(
                "modules/event-delivery.bicep",
                "blobContainerName: names.eventDeadLetters",
                "blobContainerName: 'elsewhere'",
                "An event that cannot be delivered is lost"
            ),
            new(
                "modules/event-delivery.bicep",
                "eventDeliverySchema: 'CloudEventSchemaV1_0'",
                "eventDeliverySchema: 'EventGridSchema'",
                "An event is no CloudEvent"
            ),
            new(
                "modules/event-delivery.bicep",
                "        'Microsoft.Graph.SubscriptionReauthorizationRequired'\n",
                "",
                "An event of a kind that the app takes is left out"
            ),
            new(
                "modules/storage.bicep",
                "bypass: accountKinds[i] == 'evidence' ? 'AzureServices' : 'None'",
                "bypass: accountKinds[i] == 'evidence' ? 'None' : 'AzureServices'",
                "lets others in than it must"
            ),
            new(
                "modules/storage.bicep",
                "  { account: 'evidence', part: 'queue' }\n",
                "",
                "The app has no way to RekeyEvidence__queueServiceUri"
            ),
            new("modules/storage.bicep", "'${name}-poison'", "'${name}-failed'", "The queues are not those of the triggers"),
            new(
                "modules/alerts.bicep",
                "metric: 'DeadLetteredCount'",
                "metric: 'DeliverySuccessCount'",
                "No alert is raised on DeadLetteredCount"
            ),
            new(
                "modules/alerts.bicep",
                "metric: 'DroppedEventCount'",
                "metric: 'DeliverySuccessCount'",
                "No alert is raised on DroppedEventCount"
            ),
            new(
                "modules/alerts.bicep",
                "metric: 'DeliveryAttemptFailCount'",
                "metric: 'DeliverySuccessCount'",
                "No alert is raised on DeliveryAttemptFailCount"
            ),
            new(
                "modules/alerts.bicep",
                "metricName: 'QueueMessageCount'",
                "metricName: 'QueueCount'",
                "No alert is raised on QueueMessageCount"
            ),
        ]);

    [Fact]
    public Task Alerts_that_miss_rows_or_repeat_themselves_are_seen() =>
        BreaksAsync([
            new("modules/alerts.bicep", "overrideQueryTimeRange: rule.reads", "", "does not see rows that arrive late"),
            new("modules/alerts.bicep", "var late = 'PT2H'", "var late = 'PT20M'", "does not see rows that arrive late"),
            new("modules/alerts.bicep", "muteActionsDuration: rule.mute", "", "silence sends a mail at every evaluation"),
            new("kql/key-copied.kql", "ago(6m)", "ago(4m)", "key-copied leaves out rows that arrive between two evaluations"),
            new("kql/right-given.kql", "isfuzzy=true", "isfuzzy=false", "right-given fails before its table has a row"),
            new("modules/alerts.bicep", "name: 'finding'", "name: 'found'", "No alert is raised for finding"),
        ]);

    [Fact]
    public Task Rights_on_the_queue_of_events_that_are_more_or_less_are_seen() =>
        BreaksAsync([
            new(
                "access.bicep",
                "queue: names.userChanges, role: 'queueProcessor'",
                "queue: names.userChangesPoison, role: 'queueUpdater'",
                "queues/user-changes lacks id-rekey-prod-app: Storage Queue Data Message Processor"
            ),
            new(
                "main.bicep",
                "param location",
                "param location",
                "queues/user-changes-poison can be used by id-rekey-prod-app: Rekey queue updater (prod, rbyp)"
            ),
            new(
                "access.bicep",
                "{ kind: 'storage', name: names.state, role: 'tableContributor'",
                "{ kind: 'storage', name: names.evidence, role: 'tableContributor'",
                "queues/user-changes can be used by id-rekey-prod-app: 0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
            ),
            new(
                "access.bicep",
                "{ kind: 'queue', name: names.userChanges, role: 'queueSender'",
                "{ kind: 'queue', name: names.userChanges, role: 'queueUpdater'",
                "queues/user-changes can be used by pt-rekey-users: Rekey queue updater (prod, rbyp)"
            ),
            new(
                "access.bicep",
                "{ kind: 'container', name: names.eventDeadLetters, role: 'blobContributor'",
                "{ kind: 'container', name: names.eventDeadLetters, role: 'blobOwner'",
                "pt-rekey-users can do something else than deliver"
            ),
            new(
                "rights.bicep",
                "dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keyrotationpolicies/read']",
                "dataActions: ['Microsoft.Storage/*']",
                "queues/user-changes can be used by id-rekey-prod-app: Rekey auditor (prod, rbyp)"
            ),
        ]);

    [Fact]
    public Task Roles_that_give_more_are_seen() =>
        BreaksAsync([
            new(
                "rights.bicep",
                "'Microsoft.KeyVault/vaults/keys/rotate/action'\n",
                "'Microsoft.KeyVault/vaults/keys/rotate/action'\n      'Microsoft.KeyVault/vaults/keys/sign/action'\n",
                "shop: id-rekey-prod-app is Rekey rotator (prod, rbyp): the app can sign tokens"
            ),
            new(
                "rights.bicep",
                "'Microsoft.KeyVault/vaults/keys/sign/action']",
                "'Microsoft.KeyVault/vaults/keys/sign/action', 'Microsoft.KeyVault/vaults/keys/rotate/action', "
                    + "'Microsoft.KeyVault/vaults/keys/backup/action']",
                "id-rekey-prod-issuer-shop can sign and rotate"
            ),
            new(
                "main.bicep",
                "param location",
                "param location",
                "shop: id-rekey-prod-issuer-shop is Rekey signer (prod, rbyp): it can copy, replace or delete keys"
            ),
            new(
                "rights.bicep",
                "'Microsoft.Authorization/roleAssignments/delete']",
                "'Microsoft.Authorization/roleAssignments/delete', 'Microsoft.Authorization/roleAssignments/write']",
                "it can change who may do what"
            ),
            new(
                "modules/vault-access.bicep",
                "StringEqualsIgnoreCase {\\'User\\'}",
                "StringEqualsIgnoreCase {\\'User\\', \\'ServicePrincipal\\'}",
                "it can take an issuer's right away"
            ),
            new("main.bicep", "signers: ['checkpoint']", "signers: ['app']", "checkpoint is signed by id-rekey-prod-app"),
        ]);

    [Fact]
    public Task Wildcards_rights_elsewhere_and_conditions_with_a_way_out_are_seen() =>
        BreaksAsync([
            new("modules/vault-access.bicep", "{\\'User\\'}))'", "{\\'User\\'}) OR true)'", "it can take an issuer's right away"),
            new(
                "rights.bicep",
                "actions: ['*/read']",
                "actions: ['*']",
                "id-rekey-prod-app is Rekey auditor (prod, rbyp): it can change who may do what"
            ),
            new(
                "main.bicep",
                "param location",
                "param location",
                "resourceGroups/rg-shop-prod: id-rekey-prod-app can change what leads to the keys"
            ),
            new(
                "access.bicep",
                "kind: 'appGroup', name: names.group, role: 'auditor'",
                "kind: 'appGroup', name: names.group, role: 'vaultOperator'",
                "resourceGroups/rg-rekey-prod: id-rekey-prod-app can change what leads to the keys"
            ),
        ]);

    [Fact]
    public Task A_policy_on_one_group_only_is_seen() =>
        BreaksAsync([
            new(
                "main.bicep",
                "module appRolePolicy 'modules/role-assignment-policy.bicep' = if (hasPolicies) {\n  scope: appGroup",
                "module appRolePolicy 'modules/role-assignment-policy.bicep' = if (!production) {\n  scope: appGroup",
                "Roles on the app and its issuers' identities can be assigned to: anybody"
            ),
            new(
                "kql/right-given.kql",
                " or Scope startswith AppGroup or AppGroup startswith Scope",
                "",
                "Nobody hears of a right that is given on /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod."
            ),
            new(
                "kql/right-given.kql",
                "\"MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/WRITE\", ",
                "",
                "Nobody hears of MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/WRITE"
            ),
            new(
                "main.bicep",
                "watchedGroupIds: map(watchedResourceGroups,",
                "watchedGroupIds: map(skip(watchedResourceGroups, 1),",
                "Nobody hears who may sign in as an issuer from outside"
            ),
            new(
                "main.bicep",
                "rotator: vault.kind == 'token'",
                "rotator: vault.kind != 'token'",
                "trust-list: the app is told of another rotator than itself"
            ),
        ]);

    [Fact]
    public Task Grants_that_are_declared_and_not_made_are_seen() =>
        BreaksAsync([
            new(
                "modules/vault-access.bicep",
                "filter(onVault, g => g.active)",
                "filter(onVault, g => g.active && g.role != 'signer')",
                "shop: declared to the app, and not granted: shop id-rekey-prod-issuer-shop"
            ),
            new(
                "main.bicep",
                "=> 'pe-rekey-${vault.name}-issuer-${at}') : []),\n",
                "=> 'pe-${at}') : []),\n",
                "the app is told of other ways through the network than there are"
            ),
            new(
                "main.bicep",
                "{ principalId: principals.app, letInBy: [",
                "{ principalId: principals.checkpoint, letInBy: [",
                "shop: the app is told of another rotator than itself"
            ),
            new(
                "main.bicep",
                "privateEndpoints/pe-rekey-${vault.name}'] }",
                "privateEndpoints/pe-${vault.name}'] }",
                "shop: the app is not told by what it comes to the vault"
            ),
            new(
                "main.bicep",
                "declaredGrants(keysGroupName,",
                "declaredGrants('${keysGroupName}-other',",
                "shop: granted, and the app is not told: shop id-rekey-prod-app Rekey auditor"
            ),
            new(
                "settings.bicep",
                "__Name', value: keyNameOf(issuer)",
                "__Name', value: 'key-${keyNameOf(issuer)}'",
                "/keys/shop is there, and the app does not govern it"
            ),
            new("main.bicep", "      logAnalyticsDestinationType: 'Dedicated'\n", "", "logs elsewhere than the app is told"),
            new(
                "access.bicep",
                "vault.kind == 'token' && model == 'rbac' ? ['remover']",
                "vault.kind != 'token' && model == 'rbac' ? ['remover']",
                "Grants can be removed on: trust-list, checkpoint"
            ),
        ]);

    /// <summary>Production with everything in it.</summary>
    private const string Events = "variants/prod-events";

    private static Task BreaksAsync(TemplateChange[] changes) => BreaksAsync(Events, new EstatePlan(Production: true, Rbac: true), changes);

    private static async Task BreaksAsync(string name, EstatePlan plan, TemplateChange[] changes)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(changes);
        var (exit, output) = await copy.EvaluateAsync(name);
        Assert.True(exit == 0, output);
        var broken = Promises.Broken(await copy.EstateAsync(name), plan);
        Assert.All(changes, change => Assert.Contains(broken, b => b.Contains(change.Because, StringComparison.Ordinal)));
    }
}
