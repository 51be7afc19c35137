using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.Tests.Support;

/// <summary>A test with a vault of its own, which the officer may use in every way.</summary>
public abstract class VaultTest : LocalTest
{
    protected KeyVaultServer Vault { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Vault = await Tenant.StartVaultAsync(Configure);
    }

    protected virtual KeyVaultOptions Configure(KeyVaultOptions options) => options;

    protected Task<Answer> Call(string method, string path, object? body = null, string? token = null) =>
        Tenant.CallAsync(Vault, method, path, body, token);

    protected Task<Answer> CreateEc(string name) => Call("POST", $"keys/{name}/create", new { kty = "EC", crv = "P-256" });
}
