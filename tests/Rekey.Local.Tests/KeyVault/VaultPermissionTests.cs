using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class VaultPermissionTests : VaultTest
{
    [Fact]
    public async Task Without_a_token_the_vault_should_challenge()
    {
        var answer = (await Call("GET", "keys", token: "")).Expect(401);

        Assert.Equal("Unauthorized", answer.Code);
        Assert.Equal(
            $"Bearer authorization=\"{Tenant.Identity.TenantAuthority}\", resource=\"https://vault.azure.net\"",
            answer.Headers.WwwAuthenticate.Single().ToString()
        );
        Assert.Equal("Authentication", Assert.Single(Vault.Audit).OperationName);
    }

    [Fact]
    public async Task Bad_tokens_should_be_401_with_a_challenge()
    {
        var identity = Tenant.Identity;
        string[] bad =
        [
            identity.Mint(LocalTenant.Officer, Audiences.Graph),
            identity.Mint(LocalTenant.Officer, Audiences.KeyVault, lifetime: TimeSpan.FromSeconds(-1)),
            identity.Mint(LocalTenant.Officer, Audiences.KeyVault)[..^4] + "AAAA",
            "nonsense",
        ];
        foreach (var token in bad)
        {
            var answer = (await Call("GET", "keys", token: token)).Expect(401);
            Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        }
    }

    [Fact]
    public async Task Without_the_data_action_the_vault_should_refuse_and_say_who_and_what()
    {
        await CreateEc("issuer");

        var answer = (await Call("POST", "keys/issuer/rotate", token: Tenant.Identity.Mint(LocalTenant.Nobody, Audiences.KeyVault))).Expect(
            403
        );

        Assert.Equal("Forbidden", answer.Code);
        Assert.Equal("ForbiddenByRbac", answer.Inner);
        Assert.Contains($"oid={LocalTenant.Nobody}", answer.Message, StringComparison.Ordinal);
        Assert.Contains("Action: 'Microsoft.KeyVault/vaults/keys/rotate/action'", answer.Message, StringComparison.Ordinal);
        Assert.Contains("/vaults/kv-test/keys/issuer'", answer.Message, StringComparison.Ordinal);
        Assert.Contains("Assignment: (not found)", answer.Message, StringComparison.Ordinal);
        Assert.Contains("DecisionReason: 'DeniedWithNoValidRBAC' \r\n", answer.Message, StringComparison.Ordinal);
        Assert.Contains("Vault: kv-test;location=", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotator_should_rotate_and_not_sign()
    {
        await CreateEc("issuer");
        Vault.Grant(LocalTenant.Nobody, KeyPermissions.Rotator);
        var token = Tenant.Identity.Mint(LocalTenant.Nobody, Audiences.KeyVault);

        (await Call("POST", "keys/issuer/rotate", token: token)).Expect(200);
        (await Call("POST", "keys/issuer/sign", new { alg = "ES256", value = "AAAA" }, token)).Expect(403);
        (await Call("POST", "keys/issuer/backup", token: token)).Expect(403);
    }

    [Fact]
    public async Task A_grant_on_one_key_should_not_reach_another()
    {
        await CreateEc("one");
        await CreateEc("two");
        Vault.Grant(LocalTenant.Nobody, KeyPermissions.Read, "ONE");
        var token = Tenant.Identity.Mint(LocalTenant.Nobody, Audiences.KeyVault);

        (await Call("GET", "keys/one", token: token)).Expect(200);
        (await Call("GET", "keys/two", token: token)).Expect(403);
        Vault.Revoke(LocalTenant.Nobody);
        (await Call("GET", "keys/one", token: token)).Expect(403);
    }

    [Fact]
    public async Task Under_access_policies_the_missing_permission_should_be_named()
    {
        var vault = await Tenant.StartVaultAsync(o =>
            o with
            {
                Folder = o.Folder + "-policies",
                PermissionModel = VaultPermissionModel.AccessPolicies,
            }
        );

        var answer = (
            await Tenant.CallAsync(vault, "POST", "keys/k/sign", token: Tenant.Identity.Mint(LocalTenant.Nobody, Audiences.KeyVault))
        ).Expect(403);

        Assert.Equal("ForbiddenByPolicy", answer.Inner);
        Assert.Contains(
            "does not have keys sign permission on key vault 'kv-test;location=local'. For help resolving this issue, ",
            answer.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_api_version_should_be_mandatory() =>
        Assert.Equal("BadParameter", (await Tenant.CallAsync(Vault, "GET", "keys", apiVersion: "")).Expect(400).Code);

    [Fact]
    public async Task Answers_should_carry_the_service_headers_and_the_client_id()
    {
        var id = Guid.NewGuid().ToString();

        var answer = await Tenant.SendAsync(
            "GET",
            $"{Vault.Address}keys?api-version=7.5",
            null,
            Tenant.Identity.Mint(LocalTenant.Officer, Audiences.KeyVault),
            ("x-ms-client-request-id", id)
        );

        Assert.Equal(id, answer.Headers.GetValues("x-ms-client-request-id").Single());
        Assert.True(Guid.TryParse(answer.Headers.GetValues("x-ms-request-id").Single(), out _));
        Assert.True(answer.Headers.CacheControl!.NoCache);
        Assert.All(
            ["x-ms-keyvault-region", "x-ms-keyvault-service-version", "x-ms-keyvault-network-info", "Strict-Transport-Security"],
            h => Assert.True(answer.Headers.Contains(h))
        );
        Assert.Equal(id, Vault.Audit[^1].CorrelationId);
    }
}
