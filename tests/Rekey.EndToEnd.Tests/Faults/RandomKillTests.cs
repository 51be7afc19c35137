using Rekey.EndToEnd.Tests.Support;
using Rekey.Ledgers;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>
/// The worker is killed at random moments while people leave: <c>SIGKILL</c>, no goodbye. In the end each key has one new version that is
/// trusted, nobody else's signs, and no departure is lost.
/// </summary>
public sealed class RandomKillTests
{
    private const int Kills = 8;

    /// <summary>After this long without a call to the vault the process is killed wherever it is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string[] Names = ["one", "two", "three", "four"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_it_is_killed_it_ends_with_one_new_version_a_key_and_nothing_lost()
    {
        var seed = Environment.GetEnvironmentVariable("REKEY_KILL_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"REKEY_KILL_SEED={seed} kills at the same moments, as far as the machine is as fast."
        );
        await using var company = await LocalCompany.StartAsync([.. Names.Select(LocalCompany.KeyOf)]);

        await KillAsync(company, new Random(seed));

        foreach (var name in Names)
        {
            await company.SettledAsync(company.DepartureId(LocalCompany.PersonOf(name)));
            await company.AssertContainedAsync(company.Key(name));
        }

        var ledger = await company.LedgerAsync();
        foreach (var name in Names)
        {
            var id = company.DepartureId(LocalCompany.PersonOf(name));
            Assert.Single(ledger, l => l.Entry.Kind == LedgerKinds.DepartureNoticed && l.Entry.About == id);
            Assert.Single(ledger, l => l.Entry.Kind == LedgerKinds.DepartureSettled && l.Entry.About == id);
            Assert.Single(ledger.Rotated(company, company.Key(name)));
            Assert.Single(ledger.About(company, company.Key(name), LedgerKinds.RotationVerified));
        }

        var walked = await company.World.Host.TriggerTimerAsync("VerifyLedger", Cancel);
        Assert.True(walked.Succeeded, walked.Error);
        Assert.DoesNotContain(await company.LedgerAsync(), l =>
            l.Entry.Kind == LedgerKinds.FindingRaised && l.Entry.Facts["kind"].StartsWith("ledger-", StringComparison.Ordinal)
        );
    }

    /// <summary>People leave one after the other, and the process dies in between: shortly after it was seen at work, or wherever it
    /// happens to be.</summary>
    private static async Task KillAsync(LocalCompany company, Random random)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var timers = TimersAsync(company, over.Token);
        var leaving = new List<Task>();
        for (var kill = 0; kill < Kills; kill++)
        {
            if (leaving.Count < Names.Length && kill % 2 == 0)
            {
                leaving.Add(LeaveAsync(company, LocalCompany.PersonOf(Names[leaving.Count])));
            }

            var hit = await AtWorkAsync(company, random);
            await company.World.Host.RestartWorkerAsync(Cancel);
            company.World.Vault.Faults.Clear();
            TestContext.Current.TestOutputHelper?.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} killed {hit}");
        }

        await Task.WhenAll(leaving);
        await over.CancelAsync();
        await timers;
    }

    /// <summary>Waits for a random moment: in a call of the vault that was done and not answered yet, a little after one, or wherever the
    /// process happens to be.</summary>
    private static async Task<string> AtWorkAsync(LocalCompany company, Random random)
    {
        var call = random.Next(4) switch
        {
            0 => "KeyRotate",
            1 => "KeyUpdate",
            2 => "KeyGet",
            _ => null,
        };
        var hold = company.World.Vault.Faults.HoldAfter(call);
        var unanswered = random.Next(2) == 0;
        var later = random.Next(0, 120);
        if (await Task.WhenAny(hold.Reached, Task.Delay(Patience, Cancel)) != hold.Reached)
        {
            await Task.Delay(later, Cancel);
            return "wherever it was";
        }

        if (unanswered)
        {
            return $"before the answer to {call ?? "a call"}";
        }

        hold.Release();
        await Task.Delay(later, Cancel);
        return $"{later} ms after the answer to {call ?? "a call"}";
    }

    /// <summary>The account is disabled, and Event Grid delivers the event.</summary>
    private static async Task LeaveAsync(LocalCompany company, string person)
    {
        company.Hire(person, enabled: false);
        var told = company.World.Graph.NewEvent(person).ToCloudEvent();
        await company.World.DeliverAsync(told, cancellationToken: Cancel);
    }

    /// <summary>What dies is taken up by the timer, which here runs more often than its schedule says.</summary>
    private static async Task TimersAsync(LocalCompany company, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await company.World.Host.TriggerTimerAsync("ContinueRotations", Cancel);
            await Task.Delay(200, CancellationToken.None);
        }
    }
}
