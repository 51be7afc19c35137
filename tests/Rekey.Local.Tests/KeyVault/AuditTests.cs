using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class AuditTests : VaultTest
{
    [Fact]
    public async Task Every_call_should_be_recorded_with_who_what_and_how_it_ended()
    {
        var created = await CreateEc("k");
        await Call("POST", "keys/k/sign", new { alg = "ES256", value = "AAAA" });
        await Call("POST", "keys/k/rotate", token: Tenant.Identity.Mint(LocalTenant.Nobody, Audiences.KeyVault));
        await Call("GET", "keys/k", token: "");

        var audit = Vault.Audit;

        Assert.Equal(["KeyCreate", "KeySign", "KeyRotate", "Authentication"], audit.Select(r => r.OperationName));
        Assert.Equal([200, 400, 403, 401], audit.Select(r => r.HttpStatus));
        Assert.Equal([LocalTenant.Officer, LocalTenant.Officer, LocalTenant.Nobody, null], audit.Select(r => r.CallerObjectId));
        Assert.Equal(["OK", "Bad Request", "Forbidden", "Unauthorized"], audit.Select(r => r.ResultSignature));
        Assert.Equal(created.Kid, audit[0].KeyId);
        Assert.Equal(created.Kid, audit[1].KeyId);
        Assert.Equal(Tenant.Time.GetUtcNow(), audit[0].Time);
        Assert.False(audit[2].IsAuthorized);
    }

    [Fact]
    public async Task The_file_should_have_the_same_records_as_diagnostic_settings_write_them_and_nothing_secret()
    {
        await CreateEc("k");
        var token = Tenant.Identity.Mint(LocalTenant.Officer, Audiences.KeyVault);
        var digest = new string('Q', 43);
        var signed = await Call("POST", "keys/k/sign", new { alg = "ES256", value = digest }, token);
        await Vault.DisposeAsync();

        var text = await File.ReadAllTextAsync(Path.Combine(Tenant.Folder, "kv-test", "audit.ndjson"));

        var record = JsonNode.Parse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1])!;
        Assert.Equal("KeySign", record["operationName"]!.GetValue<string>());
        Assert.Equal("AuditEvent", record["category"]!.GetValue<string>());
        Assert.Equal(Vault.ResourceId.ToUpperInvariant(), record["resourceId"]!.GetValue<string>());
        Assert.Equal(LocalTenant.Officer, record["identity"]!["claim"]!["oid"]!.GetValue<string>());
        Assert.Equal(200, record["properties"]!["httpStatusCode"]!.GetValue<int>());
        Assert.All([token, token.Split('.')[2], digest, signed.Body!["value"]!.GetValue<string>(), "Bearer"], secret =>
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal)
        );
    }
}
