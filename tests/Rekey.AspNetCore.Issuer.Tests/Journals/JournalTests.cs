using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rekey.AspNetCore.Issuer.Tests.Support;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.AspNetCore.Issuer.Tests.Journals;

/// <summary>The record of the tokens: numbers without a hole, and no token without its row.</summary>
public sealed class JournalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_go_on_after_a_restart_and_two_instances_have_their_own()
    {
        await using var world = await IssuerWorld.StartAsync();
        var other = await world.IssuerAsync("issuer-2");
        await using (var first = await world.IssuerAsync())
        {
            Assert.NotNull(await first.TokenAsync());
            Assert.NotNull(await first.TokenAsync());

            // One process a folder: two would use one number twice.
            await Assert.ThrowsAsync<IOException>(() => world.IssuerAsync());
        }

        // The last process died within a row, whose token it has not signed.
        var file = Directory.EnumerateFiles(world.Journal()).Single();
        await File.AppendAllTextAsync(file, """{"TimeGenerated":"2027-""", Cancel);
        await using (var again = await world.IssuerAsync())
        {
            Assert.NotNull(await again.TokenAsync());
            Assert.NotNull(await other.TokenAsync());
            Assert.Equal([1L, 2, 3], Numbers(world.Rows()));
            Assert.Equal([1L], Numbers(world.Rows("issuer-2")));
            Assert.Single(world.Rows().Select(Instance).Distinct(StringComparer.Ordinal));
            Assert.NotEqual(Instance(world.Rows()[0]), Instance(world.Rows("issuer-2")[0]));
        }

        // The disk is lost. Numbers that begin anew under the same name would hide what is missing.
        var before = Instance(world.Rows()[0]);
        Directory.Delete(Path.Combine(world.Folder, "issuer-1"), recursive: true);
        await using var fresh = await world.IssuerAsync();
        Assert.NotNull(await fresh.TokenAsync());
        Assert.Equal([1L], Numbers(world.Rows()));
        Assert.NotEqual(before, Instance(world.Rows()[0]));
    }

    [Fact]
    public async Task A_full_disk_mints_nothing_and_leaves_no_hole()
    {
        await using var world = await IssuerWorld.StartAsync();
        var isFull = false;
        var issuer = await world.IssuerAsync(configure: o =>
            o.Journal.Create = path => new FullDisk(path, () => Volatile.Read(ref isFull))
        );
        Assert.NotNull(await issuer.TokenAsync());

        Volatile.Write(ref isFull, true);
        Assert.Null(await issuer.TokenAsync());
        Assert.Equal("journal-failed", await issuer.RefusalAsync());
        var health = await issuer.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("No space left", health.Description, StringComparison.Ordinal);
        Assert.Single(world.Rows());

        Volatile.Write(ref isFull, false);
        Assert.NotNull(await issuer.TokenAsync());
        Assert.Equal(HealthStatus.Healthy, (await issuer.HealthAsync()).Status);
        Assert.Equal([1L, 2], Numbers(world.Rows()));
    }

    [Fact]
    public async Task A_folder_of_rows_that_nobody_took_mints_nothing_more()
    {
        await using var world = await IssuerWorld.StartAsync();
        world.Rekey.TakesNoRows = true;
        var issuer = await world.IssuerAsync(configure: o =>
        {
            (o.Journal.MaxFileBytes, o.Journal.MaxFolderBytes) = (4096, 4 * 4096);
            o.Journal.Ingestion = new() { Endpoint = world.Rekey.Address, RuleId = RekeyServer.RuleId };
        });
        var minted = 0;
        string? refusal;
        for (; (refusal = await issuer.RefusalAsync(RunningIssuer.Claims($"{minted}"))) is null; minted++)
        {
            Assert.True(minted < 100, "The folder has no limit.");
        }

        Assert.Equal("journal-full", refusal);
        Assert.Equal(minted, world.Rows().Count);

        // Sent rows make room.
        world.Rekey.TakesNoRows = false;
        Assert.Equal(minted, (await world.Rekey.ArrivedAsync(h => h.Count == minted)).Count);
        await WaitUntil.HoldsAsync(async () => await issuer.RefusalAsync(RunningIssuer.Claims("after")) is null);
        var row = world.Rekey.Taken.First();
        Assert.Equal(row.GetProperty("TimeGenerated").GetString(), row.GetProperty("EventTime").GetString());
    }

    [Fact]
    public async Task Rows_that_are_refused_for_good_hold_up_no_other_and_are_kept()
    {
        await using var world = await IssuerWorld.StartAsync();
        world.Rekey.TakesNoRows = true;
        world.Rekey.Refuses = IsOdd;
        var issuer = await world.IssuerAsync(configure: o =>
            o.Journal.Ingestion = new() { Endpoint = world.Rekey.Address, RuleId = RekeyServer.RuleId }
        );
        for (var i = 1; i <= 9; i++)
        {
            Assert.Null(await issuer.RefusalAsync(RunningIssuer.Claims($"{i}")));
        }

        world.Rekey.TakesNoRows = false;
        var refused = Path.Combine(world.Folder, "issuer-1", "log", "TokenIssuance.refused.ndjson");
        await WaitUntil.HoldsAsync(async () =>
            (await issuer.HealthAsync()) is { Status: HealthStatus.Degraded } health
            && health.Description!.Contains(refused, StringComparison.Ordinal)
        );
        var all = world.Rows();
        Assert.Equal(Numbers([.. all.Where(r => !IsOdd(r))]), Numbers([.. world.Rekey.Taken]).Distinct().Order());
        Assert.Equal(
            Numbers([.. all.Where(IsOdd)]),
            Numbers([.. File.ReadLines(refused).Select(l => JsonSerializer.Deserialize<JsonElement>(l))])
        );

        // The operator has added them to the workspace.
        File.Delete(refused);
        Assert.Equal(HealthStatus.Healthy, (await issuer.HealthAsync()).Status);

        static bool IsOdd(JsonElement row) => row.GetProperty("Sequence").GetInt64() % 2 == 1;
    }

    [Fact]
    public async Task A_rule_that_takes_no_row_loses_none()
    {
        await using var world = await IssuerWorld.StartAsync();
        var refusals = 0;
        world.Rekey.Refuses = _ => Interlocked.Increment(ref refusals) > 0;
        var issuer = await world.IssuerAsync(configure: o =>
            o.Journal.Ingestion = new() { Endpoint = world.Rekey.Address, RuleId = RekeyServer.RuleId }
        );
        for (var i = 1; i <= 5; i++)
        {
            Assert.Null(await issuer.RefusalAsync(RunningIssuer.Claims($"{i}")));
        }

        // Each row alone was refused at least once.
        await WaitUntil.HoldsAsync(() => Task.FromResult(Volatile.Read(ref refusals) > 20));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(world.Folder, "issuer-1", "log"), "*.refused.ndjson"));

        world.Rekey.Refuses = null;
        Assert.Equal(5, (await world.Rekey.ArrivedAsync(h => h.Count == 5)).Count);
    }

    [Fact]
    public async Task A_sweep_reads_the_files_as_they_are()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        var token = await issuer.TokenAsync();
        await issuer.DisposeAsync();
        var access = Path.Combine(world.Folder, "access.ndjson");
        var row = world.Rows().Single();
        await File.WriteAllTextAsync(
            access,
            JsonSerializer.Serialize(
                new
                {
                    TimeGenerated = DateTimeOffset.UtcNow,
                    Iss = row.GetProperty("Iss").GetString(),
                    Jti = row.GetProperty("Jti").GetString(),
                    SigningInputSha256 = IssuerWorld.Hash(token!),
                }
            ),
            Cancel
        );
        await using var logs = await LogFiles.OpenAsync(
            new([world.Journal()], [access], LogMapping.None),
            new DuckDbOptions { MemoryLimitBytes = 256_000_000, Threads = 1 },
            progress: null,
            Cancel
        );
        Assert.Equal((1, 0, 0), (logs.Issued.Rows, logs.Issued.DamagedLines, logs.Issued.BadLines));
    }

    private static IEnumerable<long> Numbers(IReadOnlyList<JsonElement> rows) => rows.Select(r => r.GetProperty("Sequence").GetInt64());

    private static string Instance(JsonElement row) => row.GetProperty("IssuerInstance").GetString()!;
}
