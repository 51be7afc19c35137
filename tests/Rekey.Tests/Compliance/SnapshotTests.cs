using System.Text;
using System.Text.Json;
using CsCheck;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers.Snapshots;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Compliance;

/// <summary>A start from a snapshot knows what a start from the first line knows, and reads the rest only.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_process_that_starts_from_a_snapshot_knows_what_one_that_reads_everything_knows() =>
        Gen.Int[0, int.MaxValue].Sample(seed => RunAsync(new(seed)).GetAwaiter().GetResult(), iter: 12, threads: 1);

    [Fact]
    public async Task It_reads_no_line_before_the_snapshot()
    {
        var company = await WithSnapshotAsync();
        var process = company.NewProcess();
        await process.TrustLedger.ReadAsync(default);
        Assert.Equal(company.Snapshots.Blobs.Keys.Max(), process.Reader.Read);
        Assert.Single((await process.TrustLedger.ReadAsync(default)).TrustedOf(company.Key.Id));
        Assert.Null((await process.Reader.SaveAsync(default)));
    }

    /// <summary>Whatever somebody puts there leads to the same knowledge, only later.</summary>
    [Theory]
    [InlineData("garbage")]
    [InlineData("signed by another key")]
    [InlineData("another document of ours")]
    [InlineData("altered")]
    [InlineData("of a ledger that was cut since")]
    [InlineData("of another environment")]
    [InlineData("deleted")]
    public async Task One_that_does_not_verify_is_passed_over(string what)
    {
        var company = await WithSnapshotAsync();
        var (line, good) = company.Snapshots.Blobs.Single();
        var process = company.NewProcess();
        var planted = new LedgerSnapshot(line, new('0', 64), new Dictionary<string, SavedView>(StringComparer.Ordinal));
        company.Snapshots.Blobs.Clear();
        switch (what)
        {
            case "garbage":
                company.Snapshots.Blobs[line] = [1, 2, 3, (byte)'\n', 4];
                break;
            case "signed by another key":
                await new SignedSnapshots(company.Snapshots, process.Ledger, new DocumentSigner(), company.GovernedKeys).KeepAsync(
                    (await ReadAllAsync(company)) with
                    {
                        Views = planted.Views,
                    },
                    default
                );
                break;
            case "another document of ours":
                company.Snapshots.Blobs[line] = [.. company.Container.Current["trust-list.jwt"].Content.ToArray(), (byte)'\n'];
                break;
            case "altered":
                company.Snapshots.Blobs[line] = [.. good, 0];
                break;
            case "of a ledger that was cut since":
                await process.Snapshots.KeepAsync(planted, default);
                break;
            case "of another environment":
                var other = Company.Found(configure: o => o.Environment = "dev");
                await new SignedSnapshots(company.Snapshots, process.Ledger, company.Signer, other.GovernedKeys).KeepAsync(
                    (await ReadAllAsync(company)) with
                    {
                        Views = planted.Views,
                    },
                    default
                );
                break;
        }

        var fresh = company.NewProcess();
        Assert.Single((await fresh.TrustLedger.ReadAsync(default)).TrustedOf(company.Key.Id));
        Assert.NotNull(await fresh.Reader.SaveAsync(default));
    }

    [Fact]
    public async Task One_is_kept_each_few_thousand_lines_and_the_last_few_stay()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var keep = new KeepSnapshots(process.Reader, process.Snapshots);
        for (var n = 0; n < 5; n++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, KeepSnapshots.Every)
                    .Select(i =>
                        process.Ledger.AppendAsync(
                            new($"{n}/{i}", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal)),
                            default
                        )
                    )
            );
            await keep.RunAsync(default);
            await keep.RunAsync(default);
        }

        Assert.Equal(3, company.Snapshots.Blobs.Count);
        var fresh = company.NewProcess();
        company.Clock.Advance(TimeSpan.FromDays(1));
        await new KeepSnapshots(fresh.Reader, fresh.Snapshots).RunAsync(default);
        Assert.Equal(3, company.Snapshots.Blobs.Count);
        Assert.Equal(company.Snapshots.Blobs.Keys.Max(), fresh.Reader.Read);
    }

    private static async Task RunAsync(Random random)
    {
        // 1. A company to which something happens, and a snapshot somewhere on the way.
        var company = await Company.WithBaselineAsync(keys: 3, o =>
            o.Rotations.Mode = random.Next(2) == 0 ? ResponseMode.Enforce : ResponseMode.Ask
        );
        await company.NewProcess().OrderAsync("age/0", Urgency.Graceful);
        var at = random.Next(8);
        for (var n = 0; n < 8; n++)
        {
            var process = company.NewProcess();
            await (
                random.Next(4) switch
                {
                    0 => process.LeavesAsync(
                        random.Next(2) == 0 ? Company.Leaver : Company.OtherLeaver,
                        hostile: random.Next(2) == 0,
                        eventId: $"event-{n}"
                    ),
                    1 => process.OrderAsync($"age/{n + 1}", Urgency.Graceful),
                    2 => Task.WhenAll(
                        company
                            .Decisions.All.Where(d => d.State is DecisionState.Pending)
                            .Take(1)
                            .Select(d => process.SayAsync(d, random.Next(2) == 0))
                    ),
                    _ => process.WorkAsync(TimeSpan.FromMinutes(random.Next(90))),
                }
            );
            if (n == at)
            {
                await process.Snapshots.KeepAsync((await ReadAllAsync(company))!, default);
            }
        }

        // 2. Both know the same, view by view.
        var fresh = company.NewProcess();
        await fresh.Ledger.AppendAsync(new("last", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal)), default);
        var again = (await fresh.Reader.SaveAsync(default))!;
        var everything = await ReadAllAsync(company);
        Assert.Equal(everything.Views.Keys.Order(StringComparer.Ordinal), again.Views.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, view) in everything.Views)
        {
            Assert.True(JsonElement.DeepEquals(StateOf(view), StateOf(again.Views[name])), $"{name} differs.");
        }

        Assert.All(new[] { "trust", "decisions", "records/rotation" }, name =>
            Assert.True(Encoding.UTF8.GetByteCount(StateOf(again.Views[name]).GetRawText()) > 40, name)
        );
    }

    private static JsonElement StateOf(SavedView view) => view.Open(SavedView.ByTree(state => state.Clone()));

    /// <summary>What a process knows that reads from the first line.</summary>
    private static async Task<LedgerSnapshot> ReadAllAsync(Company company)
    {
        var kept = company.Snapshots.Blobs.ToList();
        company.Snapshots.Blobs.Clear();
        var snapshot = (await company.NewProcess().Reader.SaveAsync(default))!;
        kept.ForEach(k => company.Snapshots.Blobs[k.Key] = k.Value);
        return snapshot;
    }

    private static async Task<Company> WithSnapshotAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Snapshots.KeepAsync(await ReadAllAsync(company), default);
        return company;
    }
}
