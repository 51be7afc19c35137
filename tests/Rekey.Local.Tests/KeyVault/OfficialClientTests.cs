using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

/// <summary>Fidelity, shown by software that we did not write: @azure/keyvault-keys and @azure/identity over TLS.</summary>
public sealed class OfficialClientTests : LocalTest
{
    private static readonly string[] Checks =
    [
        "create",
        "get",
        "list",
        "rotate",
        "sign and verify",
        "wrap and unwrap",
        "update",
        "rotation policy",
        "import",
        "delete and recover",
        "backup, purge and restore",
        "challenge host check",
        "client credentials",
    ];

    [Fact]
    public async Task The_official_client_should_find_nothing_amiss()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "sdk");
        await NpmFolder.InstallAsync(folder);
        // The official credentials go by the system clock.
        await using var identity = await IdentityServer.StartAsync(new IdentityOptions(), Tenant.Authority);
        identity.Register(new ManagedIdentity("client-app", LocalTenant.Officer), asDefault: true);
        identity.Register(new RegisteredClient("33333333-4444-5555-6666-777777777777", "s3cret", LocalTenant.Nobody));
        await using var vault = await KeyVaultServer.StartAsync(
            new KeyVaultOptions
            {
                Name = "kv-sdk",
                Folder = Path.Combine(Tenant.Folder, "kv-sdk"),
                PurgeProtection = false,
                Grants = new Dictionary<string, KeyPermissions>
                {
                    [LocalTenant.Officer] = KeyPermissions.CryptoOfficer,
                    [LocalTenant.Nobody] = KeyPermissions.Reader,
                },
            },
            identity,
            Tenant.Authority
        );

        var result = await TestProcess.RunAsync("node", ["vault.mjs"], Environment(identity, vault), folder);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Equal(
            Checks,
            result.Output.Split('\n').Where(l => l.StartsWith("ok ", StringComparison.Ordinal)).Select(l => l[3..].Trim())
        );
        Assert.Contains(vault.Audit, r => r is { OperationName: "KeySign", HttpStatus: 200, CallerObjectId: LocalTenant.Officer });
        Assert.True(identity.ManagedIdentityTokens > 0);
    }

    private Dictionary<string, string> Environment(IdentityServer identity, KeyVaultServer vault) =>
        new()
        {
            ["NODE_EXTRA_CA_CERTS"] = Tenant.Authority.Path,
            ["IDENTITY_ENDPOINT"] = identity.IdentityEndpoint,
            ["IDENTITY_HEADER"] = identity.IdentityHeader,
            ["AUTHORITY_HOST"] = identity.AuthorityHost.AbsoluteUri.TrimEnd('/'),
            ["TENANT_ID"] = identity.TenantId,
            ["CLIENT_ID"] = "33333333-4444-5555-6666-777777777777",
            ["CLIENT_SECRET"] = "s3cret",
            ["VAULT_URL"] = vault.Address.AbsoluteUri,
        };
}
