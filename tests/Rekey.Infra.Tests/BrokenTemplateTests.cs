namespace Rekey.Infra.Tests;

/// <summary>Templates that somebody has weakened: each promise that they break is named. Without that, the promises would prove nothing.</summary>
public sealed class BrokenTemplateTests
{
    [Fact]
    public Task Weakened_resources_are_seen() => BreaksAsync(
    [
        new("modules/vault.bicep", "exportable: false", "exportable: true", "The key shop can be exported"),
        new("modules/vault.bicep", "type: 'notify'", "type: 'rotate'", "The key shop is rotated by its vault"),
        new("modules/vault.bicep", "keyOps: ['sign', 'verify']", "keyOps: ['sign', 'verify', 'wrapKey']", "The key shop is for more than signatures"),
        new("modules/vault.bicep", "kty: key.kty\n", "kty: 'EC'\n", "The key shop is not in an HSM"),
        new("modules/vault.bicep", "name: 'premium'", "name: 'standard'", "is not Premium"),
        new("modules/vault.bicep", "softDeleteRetentionInDays: 90", "softDeleteRetentionInDays: 7", "does not keep what was deleted for 90 days"),
        new("modules/vault.bicep", "enablePurgeProtection: true\n", "\n", "is not purge-protected"),
        new("modules/vault.bicep", "enabledForTemplateDeployment: false", "enabledForTemplateDeployment: true", "is open to deployments or disks"),
        new("modules/vault.bicep", "defaultAction: 'Deny'", "defaultAction: 'Allow'", "lets networks in"),
        new("modules/vault.bicep", "empty(allowedRanges) ? 'Disabled' : 'Enabled'", "'Enabled'", "can be reached from outside"),
        new("modules/vault.bicep", "permissionModel == 'rbac'", "permissionModel != 'rbac'", "has the other permission model"),
        new("modules/vault.bicep", "logAnalyticsDestinationType: 'Dedicated'", "logAnalyticsDestinationType: 'AzureDiagnostics'", "does not log to the table of its own"),
        new("modules/vault.bicep", "{ category: 'AuditEvent', enabled: true }", "{ category: 'AuditEvent', enabled: false }", "does not log what is done with it"),
        new("main.bicep", "archiveId: storage.outputs.evidenceId", "archiveId: storage.outputs.hostId", "does not log to the archive"),
        new("main.bicep", "production ? ['ServicePrincipal'] : ", "", "Roles on vaults can be assigned to: ServicePrincipal, Group"),
        new("main.bicep", "param location", "param location", "Roles on the app and its issuers' identities can be assigned to: ServicePrincipal, Group"),
        new("modules/alerts.bicep", "let AppGroup = \"${toLower(groupIds.app)}/\"", "let AppGroup = \"${toLower(groupIds.app)}\"", "Nobody hears of a right that is given on /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod."),
        new("modules/alerts.bicep", "toLower(groupIds.keys)", "toLower(groupIds.app)", "Nobody hears of a right that is given on /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod-keys."),
        new("modules/policy-definition.bicep", "notIn: '[parameters(\\'allowedPrincipalTypes\\')]'", "equals: 'User'", "does not refuse what is not expressly allowed"),
        new("modules/policy.bicep", "587c79fe-dd04-4a5e-9d0b-f89598c7261b", "587c79fe-dd04-4a5e-9d0b-f89598c7261c", "The built-in policy 587c79fe-dd04-4a5e-9d0b-f89598c7261b is not assigned"),
        new("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "takes shared keys"),
        new("modules/storage.bicep", "allowBlobPublicAccess: false", "allowBlobPublicAccess: true", "can be made public"),
        new("modules/storage.bicep", "allowProtectedAppendWrites: true", "allowProtectedAppendWrites: false", "What lies in ledger can be changed"),
        new("modules/storage.bicep", "{ account: 'evidence', part: 'blob' }", "{ account: 'host', part: 'blob' }", "cannot be reached by the app"),
        new("modules/monitoring.bicep", "etag: '*'", "etag: ''", "TokenIssuance cannot be deployed a second time"),
        new("modules/events.bicep", "partnerName: 'MicrosoftGraphAPI'", "partnerName: 'MicrosoftGraphAPI', authorizationExpirationTimeInUtc: '2027-12-31T00:00:00Z'", "Graph's authorization ends on a fixed day"),
        new("modules/events.bicep", "deadLetterWithResourceIdentity", "deliveryWithResourceIdentity", "An event that cannot be delivered is lost"),
        new("modules/events.bicep", "maxDeliveryAttempts: 30", "maxDeliveryAttempts: 3", "An event is given up early"),
        new("main.bicep", "totalRetentionDays: totalRetentionDays", "totalRetentionDays: min(totalRetentionDays, 90)", "AZKVAuditLogs is not kept long enough"),
        new("modules/function-app.bicep", "type: 'UserAssignedIdentity', userAssigned", "type: 'SystemAssignedIdentity', userAssigned", "fetches its package with a key"),
        new("modules/function-app.bicep", "runtime == 'custom' ? '1.0' : '10.0'", "runtime == 'custom' ? '10.0' : '1.0'", "The app has a runtime that no head is for"),
        new("modules/function-app.bicep", "tier: 'FlexConsumption'", "tier: 'ElasticPremium'", "is not on Flex Consumption"),
        new("modules/function-app.bicep", "httpsOnly: true", "httpsOnly: false", "The app takes plain HTTP"),
        new("modules/function-app.bicep", "allow: false", "allow: true", "can be published to with a password"),
        new("settings.bicep", "'@Microsoft.KeyVault(SecretUri=${facts.clientStateUri})'", "'a secret: ${facts.clientStateUri}'", "holds the client state itself"),
    ]);

    [Fact]
    public Task Roles_that_give_more_are_seen() => BreaksAsync(
    [
        new("rights.bicep", "'Microsoft.KeyVault/vaults/keys/rotate/action'\n", "'Microsoft.KeyVault/vaults/keys/rotate/action'\n      'Microsoft.KeyVault/vaults/keys/sign/action'\n", "shop: id-rekey-prod-app is Rekey rotator (prod): the app can sign tokens"),
        new("rights.bicep", "'Microsoft.KeyVault/vaults/keys/sign/action']", "'Microsoft.KeyVault/vaults/keys/sign/action', 'Microsoft.KeyVault/vaults/keys/rotate/action', 'Microsoft.KeyVault/vaults/keys/backup/action']", "id-rekey-prod-issuer-shop can sign and rotate"),
        new("main.bicep", "param location", "param location", "shop: id-rekey-prod-issuer-shop is Rekey signer (prod): it can copy, replace or delete keys"),
        new("rights.bicep", "'Microsoft.Authorization/roleAssignments/delete']", "'Microsoft.Authorization/roleAssignments/delete', 'Microsoft.Authorization/roleAssignments/write']", "it can change who may do what"),
        new("modules/vault-access.bicep", "StringEqualsIgnoreCase {\\'User\\'}", "StringEqualsIgnoreCase {\\'User\\', \\'ServicePrincipal\\'}", "it can take an issuer's right away"),
        new("main.bicep", "signers: ['checkpoint']", "signers: ['app']", "checkpoint is signed by id-rekey-prod-app"),
    ]);

    [Fact]
    public Task Wildcards_rights_elsewhere_and_conditions_with_a_way_out_are_seen() => BreaksAsync(
    [
        new("modules/vault-access.bicep", "{\\'User\\'}))'", "{\\'User\\'}) OR true)'", "it can take an issuer's right away"),
        new("rights.bicep", "actions: ['*/read']", "actions: ['*']", "id-rekey-prod-app is Rekey auditor (prod): it can change who may do what"),
        new("main.bicep", "param location", "param location", "resourceGroups/rg-shop-prod: id-rekey-prod-app can change what leads to the keys"),
        new("access.bicep", "kind: 'appGroup', name: names.group, role: 'auditor'", "kind: 'appGroup', name: names.group, role: 'vaultOperator'", "resourceGroups/rg-rekey-prod: id-rekey-prod-app can change what leads to the keys"),
    ]);

    [Fact]
    public Task A_policy_on_one_group_only_is_seen() => BreaksAsync(
    [
        new("main.bicep", "module appRolePolicy 'modules/role-assignment-policy.bicep' = {\n  scope: appGroup", "module appRolePolicy 'modules/role-assignment-policy.bicep' = if (!production) {\n  scope: appGroup", "Roles on the app and its issuers' identities can be assigned to: anybody"),
        new("kql/right-given.kql", " or Scope startswith AppGroup or AppGroup startswith Scope", "", "Nobody hears of a right that is given on /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-rekey-prod."),
        new("kql/right-given.kql", "\"MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/WRITE\", ", "", "Nobody hears of MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/WRITE"),
        new("main.bicep", "watchedGroupIds: map(watchedResourceGroups,", "watchedGroupIds: map(skip(watchedResourceGroups, 1),", "Nobody hears who may sign in as an issuer from outside"),
        new("main.bicep", "rotator: vault.kind == 'token'", "rotator: vault.kind != 'token'", "trust-list: the app is told of another rotator than itself"),
    ]);

    [Fact]
    public Task Grants_that_are_declared_and_not_made_are_seen() => BreaksAsync(
    [
        new("modules/vault-access.bicep", "filter(onVault, g => g.active)", "filter(onVault, g => g.active && g.role != 'signer')", "shop: declared to the app, and not granted: shop id-rekey-prod-issuer-shop"),
        new("main.bicep", "=> 'pe-rekey-${vault.name}-issuer-${at}') : []),\n", "=> 'pe-${at}') : []),\n", "the app is told of other ways through the network than there are"),
        new("main.bicep", "{ principalId: principals.app, letInBy: [", "{ principalId: principals.checkpoint, letInBy: [", "shop: the app is told of another rotator than itself"),
        new("main.bicep", "privateEndpoints/pe-rekey-${vault.name}'] }", "privateEndpoints/pe-${vault.name}'] }", "shop: the app is not told by what it comes to the vault"),
        new("main.bicep", "declaredGrants(keysGroupName,", "declaredGrants('${keysGroupName}-other',", "shop: granted, and the app is not told: shop id-rekey-prod-app Rekey auditor"),
        new("settings.bicep", "__Name', value: keyNameOf(issuer)", "__Name', value: 'key-${keyNameOf(issuer)}'", "/keys/shop is there, and the app does not govern it"),
        new("main.bicep", "        logAnalyticsDestinationType: 'Dedicated'\n", "", "logs elsewhere than the app is told"),
        new("access.bicep", "vault.kind == 'token' && model == 'rbac' ? ['remover']", "vault.kind != 'token' && model == 'rbac' ? ['remover']", "Grants can be removed on: trust-list, checkpoint"),
    ]);

    private static async Task BreaksAsync(Change[] changes)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(changes);
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        var broken = Promises.Broken(await copy.EstateAsync("prod"), production: true, rbac: true);
        Assert.All(changes, change => Assert.Contains(broken, b => b.Contains(change.Because, StringComparison.Ordinal)));
    }
}
