using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Trust.Vaults;
using static Rekey.Azure.Tests.KeyVault.Vault;

namespace Rekey.Azure.Tests.KeyVault;

public sealed class VaultErrorTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, "BadParameter", null, VaultReasons.BadRequest)]
    [InlineData(401, "Unauthorized", null, VaultReasons.Unauthorized)]
    [InlineData(403, "Forbidden", "ForbiddenByRbac", VaultReasons.Forbidden)]
    [InlineData(403, "Forbidden", "ForbiddenByPolicy", VaultReasons.Forbidden)]
    [InlineData(403, "Forbidden", "AccessDenied", VaultReasons.Forbidden)]
    [InlineData(403, "Forbidden", "ForbiddenByFirewall", VaultReasons.Firewall)]
    [InlineData(403, "Forbidden", "ForbiddenByConnection", VaultReasons.Firewall)]
    [InlineData(403, "Forbidden", "KeyDisabled", VaultReasons.Disabled)]
    [InlineData(403, "Forbidden", "SomethingNew", VaultReasons.Forbidden)]
    [InlineData(404, "KeyNotFound", null, VaultReasons.NotFound)]
    [InlineData(409, "Conflict", "ObjectIsDeletedButRecoverable", VaultReasons.Deleted)]
    [InlineData(409, "Conflict", "ObjectIsBeingDeleted", VaultReasons.Deleted)]
    [InlineData(418, "Teapot", null, VaultReasons.BadRequest)]
    public async Task A_refusal_says_what_it_means_and_what_to_do(int status, string code, string? inner, string reason)
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Reply.Error(status, code, inner)).On("GET", "/keys/issuer/", Bundle());

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.RotateKeyAsync(Key, Cancel));

        Assert.Equal(reason, refused.Reason);
        Assert.NotEmpty(refused.Remedy);
        Assert.DoesNotContain("token-", refused.Message);
    }

    [Theory]
    [InlineData("ForbiddenByRbac", "role")]
    [InlineData("ForbiddenByPolicy", "access policies")]
    [InlineData("AccessDenied", "access policies")]
    [InlineData("ForbiddenByFirewall", "network rules")]
    [InlineData("ForbiddenByConnection", "private endpoint")]
    public async Task The_remedy_is_for_what_refused_and_no_certificate_is_suspected(string inner, string remedy)
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Reply.Error(403, "Forbidden", inner)).On("GET", "/keys/issuer/", Bundle());

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.RotateKeyAsync(Key, Cancel));

        Assert.Contains(remedy, refused.Remedy, StringComparison.Ordinal);
        Assert.Contains(inner, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["POST"], vault.Stub.Authorized.Select(r => r.Method));
    }

    [Theory]
    [InlineData("AKV10046: Unable to resolve the key used for signature validation. EncodedJwtHeader: 'e30'", true)]
    [InlineData("AKV10032: Invalid issuer.", false)]
    [InlineData("Somebody mentions AKV10046: in passing", false)]
    public async Task A_token_whose_signing_key_the_vault_cannot_look_up_is_tried_again_later(string message, bool passes)
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", new Reply(401, $$"""{"error":{"code":"Unauthorized","message":"{{message}}"} }"""));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => vault.Client.RotateKeyAsync(Key, Cancel));

        Assert.Equal((passes, passes), (failure is RetryLaterException, failure is RetryLaterException { Untouched: true }));
        Assert.Equal(passes ? null : VaultReasons.Unauthorized, (failure as CannotContinueException)?.Reason);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(409)]
    public async Task A_passing_failure_is_tried_later(int status)
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Reply.Error(status, "X") with { Headers = new() { ["Retry-After"] = "17" } });

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.RotateKeyAsync(Key, Cancel));

        Assert.Equal(TimeSpan.FromSeconds(17), later.Delay);
    }

    [Fact]
    public async Task A_missing_key_that_lies_among_the_deleted_ones_is_deleted()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/deletedkeys/issuer", Bundle());

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, V1, Cancel));
        Assert.Equal(VaultReasons.Deleted, refused.Reason);

        vault.Stub.On("GET", "/deletedkeys/issuer", Reply.Error(403, "Forbidden", "ForbiddenByRbac"));
        refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, V1, Cancel));
        Assert.Equal(VaultReasons.NotFound, refused.Reason);
    }

    [Fact]
    public async Task A_key_of_a_certificate_is_managed()
    {
        await using var vault = await StartAsync();
        vault
            .Stub.On("POST", "/keys/issuer/rotate", Reply.Error(403, "Forbidden"))
            .On("GET", "/keys/issuer/", Bundle(more: ",\"managed\":true"));

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.Equal(VaultReasons.Managed, refused.Reason);
    }

    [Fact]
    public async Task A_symmetric_key_and_a_reply_that_is_no_bundle_are_refused()
    {
        await using var vault = await StartAsync();
        vault.Stub.On(
            "GET",
            "/keys/issuer/",
            Bundle(kty: "oct"),
            new Reply(200, "<html>"),
            new Reply(200, "{}"),
            new Reply(200, new string(' ', 2_000_000))
        );

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, version: null, Cancel));
        }

        await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.GetKeyAsync(Key, version: null, Cancel));
    }

    [Fact]
    public async Task Reads_and_changes_are_sent_again_after_a_broken_connection_or_a_500()
    {
        await using var vault = await StartAsync();
        vault
            .Stub.On("GET", "/keys/issuer/", Reply.Drop, Reply.Error(500, "X"), Bundle())
            .On("PATCH", $"/keys/issuer/{V1}", Reply.Error(503, "X"), Reply.Drop, Bundle());

        Assert.Equal(V1, (await vault.Client.GetKeyAsync(Key, version: null, Cancel)).Version);
        await vault.Client.UpdateKeyPropertiesAsync(Key, V1, new KeyChange(Enabled: false), Cancel);
        Assert.All(vault.Stub.Authorized.Where(r => r.Method == "PATCH"), r =>
            Assert.Equal("""{"attributes":{"enabled":false}}""", r.Body)
        );
    }

    [Fact]
    public async Task Rotate_is_never_sent_again_after_a_500()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Reply.Error(500, "X"), Bundle(V2));

        await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.Single(vault.Stub.Authorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_is_never_sent_again_after_a_broken_connection_not_even_on_a_reused_one(bool inGoodOrder)
    {
        await using var vault = await StartAsync();
        // The read leaves a connection in the pool; when such a one ends in good order, .NET's handler repeats requests without content by
        // itself.
        vault
            .Stub.On("GET", "/keys/issuer/", Bundle())
            .On("POST", "/keys/issuer/rotate", inGoodOrder ? Reply.HangUp : Reply.Drop, Bundle(V2));
        await vault.Client.GetKeyAsync(Key, version: null, Cancel);

        await Assert.ThrowsAsync<RetryLaterException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.Single(vault.Stub.Authorized, r => r.Method == "POST");
    }
}
