namespace Rekey.Infra.Tests;

/// <summary>Templates that somebody has weakened: the promise that they break is named.</summary>
public sealed class BrokenTemplateTests
{
    public static TheoryData<string, string, string, string> Weakened => new()
    {
        { "modules/vault.bicep", "exportable: false", "exportable: true", "The key shop can be exported" },
        { "modules/vault.bicep", "type: 'notify'", "type: 'rotate'", "The key shop is rotated by its vault" },
        { "modules/vault.bicep", "keyOps: ['sign', 'verify']", "keyOps: ['sign', 'verify', 'wrapKey']", "The key shop is for more than signatures" },
        { "modules/vault.bicep", "kty: key.kty\n", "kty: 'EC'\n", "The key shop is not in an HSM" },
        { "modules/vault.bicep", "name: 'premium'", "name: 'standard'", "is not Premium" },
        { "modules/vault.bicep", "softDeleteRetentionInDays: 90", "softDeleteRetentionInDays: 7", "does not keep what was deleted for 90 days" },
        { "modules/vault.bicep", "enablePurgeProtection: true\n", "", "is not purge-protected" },
        { "modules/vault.bicep", "defaultAction: 'Deny'", "defaultAction: 'Allow'", "lets networks in" },
        { "modules/vault.bicep", "empty(allowedRanges) ? 'Disabled' : 'Enabled'", "'Enabled'", "can be reached from outside" },
        { "modules/vault.bicep", "permissionModel == 'rbac'\n", "false\n", "has the other permission model" },
        { "modules/vault.bicep", "logAnalyticsDestinationType: 'Dedicated'", "logAnalyticsDestinationType: 'AzureDiagnostics'", "does not log to the table of its own" },
        { "modules/vault.bicep", "storageAccountId: archiveId", "storageAccountId: null", "does not log to the archive" },
        { "access.bicep", "'Microsoft.KeyVault/vaults/keys/rotate/action'\n", "'Microsoft.KeyVault/vaults/keys/rotate/action'\n      'Microsoft.KeyVault/vaults/keys/sign/action'\n", "the app can sign tokens" },
        { "access.bicep", "'Microsoft.KeyVault/vaults/keys/sign/action']", "'Microsoft.KeyVault/vaults/keys/sign/action', 'Microsoft.KeyVault/vaults/keys/rotate/action']", "issuer-shop can sign and rotate" },
        { "access.bicep", "'Microsoft.KeyVault/vaults/keys/sign/action']", "'Microsoft.KeyVault/vaults/keys/sign/action', 'Microsoft.KeyVault/vaults/keys/backup/action']", "it can copy, replace or delete keys" },
        { "access.bicep", "'Microsoft.Authorization/roleAssignments/delete']", "'Microsoft.Authorization/roleAssignments/delete', 'Microsoft.Authorization/roleAssignments/write']", "it can change who may do what" },
        { "modules/vault-access.bicep", "StringEqualsIgnoreCase {\\'User\\'}", "StringEqualsIgnoreCase {\\'User\\', \\'ServicePrincipal\\'}", "it can take an issuer's right away" },
        { "main.bicep", "name: 'kv-rkmark-", "name: 'kv-rkdocs-", "trust-list" },
        { "main.bicep", "signers: ['checkpoint']", "signers: ['app']", "" },
        { "modules/vault-access.bicep", "filter(onVault, g => g.active)", "filter(onVault, g => g.active && g.role != 'signer')", "has 0 signers" },
        { "modules/policy-definition.bicep", "notIn: '[parameters(\\'allowedPrincipalTypes\\')]'", "equals: 'User'", "does not refuse what is not expressly allowed" },
        { "main.bicep", "production ? ['ServicePrincipal'] : ", "", "Roles on vaults can be assigned to: ServicePrincipal, Group" },
        { "modules/policy.bicep", "587c79fe-dd04-4a5e-9d0b-f89598c7261b", "587c79fe-dd04-4a5e-9d0b-f89598c7261c", "The built-in policy 587c79fe-dd04-4a5e-9d0b-f89598c7261b is not assigned" },
        { "modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "takes shared keys" },
        { "modules/storage.bicep", "allowProtectedAppendWrites: true", "allowProtectedAppendWrites: false", "What lies in ledger can be changed" },
        { "modules/events.bicep", "deadLetterWithResourceIdentity", "deadLetterDestination: null\n      deliveryWithResourceIdentity", "An event that cannot be delivered is lost" },
        { "modules/monitoring.bicep", "totalRetentionInDays: totalRetentionDays", "totalRetentionInDays: 90", "AZKVAuditLogs is not kept long enough" },
        { "modules/function-app.bicep", "type: 'UserAssignedIdentity', userAssigned", "type: 'SystemAssignedIdentity', userAssigned", "fetches its package with a key" },
        { "settings.bicep", "'@Microsoft.KeyVault(SecretUri=${facts.clientStateUri})'", "'a secret'", "holds the client state itself" },
    };

    [Theory]
    [MemberData(nameof(Weakened))]
    public async Task A_weakened_template_breaks_a_promise(string file, string from, string to, string promise)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(file, from, to);
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        Assert.Contains(Promises.Broken(await copy.EstateAsync("prod"), production: true, rbac: true), broken => broken.Contains(promise, StringComparison.Ordinal));
    }
}
