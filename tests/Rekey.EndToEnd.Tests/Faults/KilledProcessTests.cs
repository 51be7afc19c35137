using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>The process dies between a deed and its saving, answers are lost, and two instances work at once. In the end one version is
/// trusted and no other can sign.</summary>
public sealed class KilledProcessTests(KilledProcessTests.Setup setup) : IClassFixture<KilledProcessTests.Setup>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalCompany Company => setup.Company;

    [Fact]
    public async Task A_rotate_whose_answer_is_lost_leaves_no_orphan_that_signs()
    {
        var key = Company.Key("lost");
        Company.World.Vault.Faults.DropAfter("KeyRotate", times: 1, target: key.Name);
        await Company.SettledAsync(await Company.LeaveAsync(LocalCompany.PersonOf("lost")));
        await Company.AssertContainedAsync(key);
        Assert.Equal(3, Company.World.Vault.VersionsOf(key.Name).Count);
    }

    [Theory]
    [InlineData("KeyRotate", "rotating")]
    [InlineData("KeyUpdate", "disabling")]
    public async Task Killed_between_the_vaults_deed_and_the_saving_it_goes_on_where_it_was(string operation, string name)
    {
        var key = Company.Key(name);
        using var hold = Company.World.Vault.Faults.HoldAfter(operation, key.Name);
        var departure = await Company.LeaveAsync(LocalCompany.PersonOf(name));
        await hold.Reached.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await Company.World.Host.RestartWorkerAsync(Cancel);
        hold.Release();

        await Company.SettledAsync(departure);
        await Company.AssertContainedAsync(key);
    }

    [Fact]
    public async Task Two_instances_at_once_make_one_rotation_a_key()
    {
        var names = new[] { "one", "two", "three" };
        await using var second = await Company.World.StartAnotherHostAsync(Cancel);
        var departures = await Task.WhenAll(names.Select(n => Company.LeaveAsync(LocalCompany.PersonOf(n))));
        foreach (var departure in departures)
        {
            await Company.SettledAsync(departure);
        }

        foreach (var name in names)
        {
            await Company.AssertContainedAsync(Company.Key(name));
        }
    }

    [Fact]
    public async Task The_ledger_is_walked_and_promised_by_another_key()
    {
        var first = await Company.World.Host.TriggerTimerAsync("VerifyLedger", Cancel);
        var second = await Company.World.Host.TriggerTimerAsync("VerifyLedger", Cancel);
        Assert.True(first.Succeeded && second.Succeeded, $"{first.Error} {second.Error}");
        var ledger = await Company.LedgerAsync();

        // The timer may add a checkpoint when trust ended meanwhile. Two in a row would mean that a checkpoint was signed for
        // nothing new.
        static bool IsCheckpoint(Rekey.Ledgers.LedgerLine line) => line.Entry.Kind == Rekey.Ledgers.LedgerKinds.LedgerCheckpointed;
        Assert.Contains(ledger, IsCheckpoint);
        Assert.DoesNotContain(ledger.Zip(ledger.Skip(1)), l => IsCheckpoint(l.First) && IsCheckpoint(l.Second));
        Assert.DoesNotContain(ledger, l =>
            l.Entry.Kind == Rekey.Ledgers.LedgerKinds.FindingRaised && l.Entry.Facts["kind"].StartsWith("ledger-", StringComparison.Ordinal)
        );
    }

    /// <summary>One company, a key a test.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        public LocalCompany Company { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Company = await LocalCompany.StartAsync([
                .. new[] { "lost", "rotating", "disabling", "one", "two", "three" }.Select(LocalCompany.KeyOf),
            ]);

        public ValueTask DisposeAsync() => Company.DisposeAsync();
    }
}
