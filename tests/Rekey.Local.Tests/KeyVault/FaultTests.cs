using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class FaultTests : VaultTest
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await CreateEc("k");
        await CreateEc("other");
    }

    [Fact]
    public async Task A_failure_should_strike_the_operation_and_key_it_names_and_do_no_work()
    {
        Vault.Faults.Fail("KeyRotate", 403, innerCode: "ForbiddenByFirewall", target: "k", times: 2);

        (await Call("POST", "keys/other/rotate")).Expect(200);
        (await Call("GET", "keys/k")).Expect(200);
        Assert.Equal("ForbiddenByFirewall", (await Call("POST", "keys/k/rotate")).Expect(403).Inner);
        (await Call("POST", "keys/k/rotate")).Expect(403);
        Assert.Single(Vault.VersionsOf("k"));
        (await Call("POST", "keys/k/rotate")).Expect(200);
    }

    [Fact]
    public async Task A_drop_after_the_work_should_leave_the_work_done_and_on_record()
    {
        Vault.Faults.DropAfter("KeyRotate");

        await Assert.ThrowsAsync<HttpRequestException>(() => Call("POST", "keys/k/rotate"));

        Assert.Equal(2, Vault.VersionsOf("k").Count);
        Assert.Equal(("KeyRotate", 200), (Vault.Audit[^1].OperationName, Vault.Audit[^1].HttpStatus));
        (await Call("POST", "keys/k/rotate")).Expect(200);
    }

    [Fact]
    public async Task A_drop_before_the_work_should_leave_it_undone()
    {
        Vault.Faults.DropBefore("KeyRotate");

        await Assert.ThrowsAsync<HttpRequestException>(() => Call("POST", "keys/k/rotate"));

        Assert.Single(Vault.VersionsOf("k"));
    }

    [Fact]
    public async Task A_held_call_should_wait_with_its_work_undone_or_done()
    {
        using var before = Vault.Faults.HoldBefore("KeyRotate", "k");
        using var after = Vault.Faults.HoldAfter("KeyRotate", "k");

        var call = Call("POST", "keys/k/rotate");
        await before.Reached;
        Assert.Single(Vault.VersionsOf("k"));
        before.Release();
        await after.Reached;
        Assert.Equal(2, Vault.VersionsOf("k").Count);
        Assert.False(call.IsCompleted);
        after.Release();

        (await call).Expect(200);
        (await Call("POST", "keys/k/rotate")).Expect(200);
    }

    [Fact]
    public async Task Concurrent_rotations_should_lose_nothing()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Call("POST", "keys/k/rotate")));

        Assert.All(answers, a => a.Expect(200));
        Assert.Equal(13, Vault.VersionsOf("k").Distinct().Count());
    }
}
