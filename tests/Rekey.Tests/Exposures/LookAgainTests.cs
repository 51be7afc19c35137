using Rekey.Core.Records;
using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Exposures;

/// <summary>The leaver's last access token outlives the account (T4). When it has expired, Rekey looks again, once (T14).</summary>
public sealed class LookAgainTests
{
    [Fact]
    public async Task Without_an_audit_log_what_could_be_taken_is_rotated_again()
    {
        var world = await LeftAsync();
        world.Company.AuditLog = null;
        await LookAsync(world, TimeSpan.FromMinutes(100));
        Assert.Equal(2, Versions(world, 1));

        await LookAsync(world, TimeSpan.FromMinutes(10));
        Assert.Equal(3, Versions(world, 1));
        await LookAsync(world, TimeSpan.FromHours(10));
        Assert.Equal(3, Versions(world, 1));
        Assert.Single(world.Company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DepartureLookedAgain);
    }

    [Theory]
    [InlineData(false, false, 2)]
    [InlineData(true, false, 3)]
    [InlineData(false, true, 3)]
    public async Task A_complete_log_without_a_call_is_proof(bool hasGap, bool isTorn, int versions)
    {
        var world = await LeftAsync();
        Log(world, hasGap);
        world.Audit.IsTorn = isTorn;
        await LookAsync(world, TimeSpan.FromHours(2));
        Assert.Equal(versions, Versions(world, 1));
        Assert.Empty(Used(world));
    }

    [Theory]
    [InlineData(30, "within the lifetime")]
    [InlineData(100, "every access token of theirs had expired")]
    public async Task What_the_person_touched_is_a_finding_and_is_rotated_again(int minutes, string words)
    {
        var world = await LeftAsync();
        Log(world, hasGap: false);
        world.Does("keysign", 1, at: world.Company.Now + TimeSpan.FromMinutes(minutes));
        await LookAsync(world, TimeSpan.FromHours(2));

        Assert.Equal((3, 2), (Versions(world, 1), Versions(world, 2)));
        Assert.Contains(words, Assert.Single(Used(world)).Title, StringComparison.Ordinal);
    }

    /// <summary>T14: the leaver owned the issuer's application, and each of its honest signatures looks like theirs.</summary>
    [Fact]
    public async Task An_application_that_the_person_owned_rotates_nothing()
    {
        const string issuer = "the-issuer";
        var world = await LeftAsync();
        Log(world, hasGap: false);
        world.Audit.Changes.Add(new("add owner to application", "admin", issuer, world.Leaver, issuer, world.Company.Now));
        for (var hour = 0; hour < 12; hour++)
        {
            world.Does("keysign", 1, oid: issuer, appId: issuer);
            world.Does("keybackup", 1, oid: issuer, appId: issuer);
            await LookAsync(world, TimeSpan.FromHours(1));
        }

        Assert.Equal(2, Versions(world, 1));
        Assert.Empty(Used(world));
    }

    /// <summary>The person goes on and on: the second look rotates once, and no more.</summary>
    [Fact]
    public async Task However_often_the_person_uses_the_key_the_look_rotates_once()
    {
        var world = await LeftAsync();
        for (var hour = 0; hour < 12; hour++)
        {
            world.Does("keysign", 1);
            await LookAsync(world, TimeSpan.FromHours(1));
        }

        Assert.Equal(3, Versions(world, 1));
    }

    /// <summary>What is over is read by no timer; what becomes known later opens it again.</summary>
    [Fact]
    public async Task After_the_second_look_the_departure_is_over_until_it_gets_worse()
    {
        var world = await LeftAsync();
        Log(world, hasGap: false);
        Assert.Single(await OpenAsync());
        await LookAsync(world, TimeSpan.FromHours(2));
        Assert.Empty(await OpenAsync());
        Assert.Single(world.Company.Departures.All);

        await world.Company.NewProcess().LeavesAsync(Company.Leaver, hostile: true, source: "an operator", eventId: "event-2");
        Assert.True(Assert.Single(await OpenAsync()).Value.Hostile);

        async Task<IReadOnlyList<Versioned<Departure>>> OpenAsync()
        {
            var process = world.Company.NewProcess();
            return await world
                .Company.Departures.For(process.Ledger, process.Reader, process.Fate)
                .ListOpenAsync("departure", default)
                .ToListAsync();
        }
    }

    [Fact]
    public async Task A_person_who_is_back_is_not_looked_at()
    {
        var world = await LeftAsync();
        await world.Company.NewProcess().LeavesAsync(Company.Leaver, eventId: "event-2", standing: PersonStanding.Enabled);
        await LookAsync(world, TimeSpan.FromHours(2));
        Assert.Equal(2, Versions(world, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_it_dies_the_key_is_rotated_again_once(bool afterTheEffect)
    {
        for (var n = 1; ; n++)
        {
            var world = await LeftAsync();
            world.Company.Clock.Advance(TimeSpan.FromHours(2));
            world.Does("keysign", 1, at: world.Company.Now - TimeSpan.FromHours(1));
            var died = await Record.ExceptionAsync(() =>
                world.Company.NewProcess(new DiesAt(n, afterTheEffect)).LookAgain.RunAsync(default)
            );
            await LookAsync(world, TimeSpan.FromMinutes(1));
            Assert.Equal(3, Versions(world, 1));
            Assert.Single(Used(world));
            Assert.Single(world.Company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DepartureLookedAgain);
            if (died is null)
            {
                Assert.True(n > 3, $"Only {n} effects: this proves little.");
                return;
            }
        }
    }

    /// <summary>Two keys, and the leaver had a right to both: they were rotated at once.</summary>
    private static async Task<ExposureWorld> LeftAsync()
    {
        var world = await ExposureWorld.StartAsync();
        world.Company.AuditLog = world.Audit;
        world.Assign(world.Leaver, world.Vault.Officer);
        await world.LeavesAsync();
        await world.Company.NewProcess().WorkAsync(TimeSpan.FromMinutes(20));
        Assert.Equal((2, 2), (Versions(world, 1), Versions(world, 2)));
        return world;
    }

    /// <summary>Rows of the vault's log around the departure, with or without a gap.</summary>
    private static void Log(ExposureWorld world, bool hasGap)
    {
        var end = world.Company.Now + TimeSpan.FromHours(14);
        for (var at = world.Company.Now - TimeSpan.FromDays(3); at < end; at += TimeSpan.FromMinutes(10))
        {
            world.Does("keyget", 2, oid: "rekey", at: at);
        }

        if (hasGap)
        {
            world.Audit.Rows.RemoveAll(r => r.At > world.Company.Now - TimeSpan.FromHours(1));
        }
    }

    private static async Task LookAsync(ExposureWorld world, TimeSpan later)
    {
        world.Company.Clock.Advance(later);
        await world.Company.NewProcess().LookAgain.RunAsync(default);
        await world.Company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
    }

    private static int Versions(ExposureWorld world, int key) => world.Company.Vault.VersionsOf(world.Key(key)).Count;

    private static IReadOnlyList<Finding> Used(ExposureWorld world) =>
        [.. world.Company.Findings.Open.Where(f => f.Kind == FindingKinds.LeaverUsedKey)];
}
