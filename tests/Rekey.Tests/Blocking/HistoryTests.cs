using CsCheck;
using Rekey.Blocking;
using Rekey.Blocking.Record;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Support;

namespace Rekey.Tests.Blocking;

/// <summary>Whatever happens to the list, gateways have what was blocked and has not expired.</summary>
public sealed class HistoryTests
{
    private enum Deed
    {
        Add,
        Replace,
        Remove,
        AddMany,
        LetTimePass,
        LetHoursPass,
        Drop,
        Restart,
        Publish,
    }

    private static readonly Gen<(Deed Deed, int Number)[]> Histories = Gen.Select(Gen.Enum<Deed>(), Gen.Int[0, 11]).Array[5, 30];

    [Fact]
    public void Gateways_have_what_was_blocked_across_expiry_removal_and_restarts() =>
        Histories.Sample(history => RunAsync(history).GetAwaiter().GetResult(), iter: Runs.Of(25), threads: 1);

    /// <summary>A block never weakens one that stands.</summary>
    private static BlockEntry Longer(BlockEntry? standing, BlockEntry added, DateTimeOffset now) =>
        standing?.ExpiresAt > now && standing.ExpiresAt > added.ExpiresAt ? added with { ExpiresAt = standing.ExpiresAt } : added;

    private static async Task RunAsync((Deed Deed, int Number)[] history)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var model = new Dictionary<string, BlockEntry>(StringComparer.Ordinal);
        foreach (var (deed, number) in history)
        {
            switch (deed)
            {
                case Deed.Restart:
                    process = company.NewProcess();
                    break;
                case Deed.Drop:
                    await process.DropSuperfluousBlocks.RunAsync((_, _) => false, default);
                    Assert.DoesNotContain((await process.ReadBlocklist.ReadAsync(default)).Entries, e =>
                        e.ExpiresAt <= company.Now.AddDays(-1)
                    );
                    break;
                case Deed.LetTimePass:
                    company.Clock.Advance(TimeSpan.FromMinutes(number + 1));
                    break;
                case Deed.LetHoursPass:
                    company.Clock.Advance(TimeSpan.FromHours(number * 4));
                    break;
                case Deed.Publish:
                    break;
                default:
                    var entry = Entries.Jti(
                        company,
                        $"jti-{number % 5}",
                        minutes: 5 + (number * 7),
                        reason: deed is Deed.Replace ? "altered" : "unissued"
                    );
                    List<BlockEntry> add =
                        deed is Deed.Remove ? []
                        : deed is Deed.AddMany
                            ? [entry, .. Enumerable.Range(0, number).Select(n => Entries.Jti(company, $"more-{n}", minutes: 10 + n))]
                        : [entry];
                    List<string> remove = deed is Deed.Remove ? [entry.Id, "no id of anything"] : [];
                    await process.Blocklist.ChangeAsync(add, remove, default);
                    remove.ForEach(r => model.Remove(r));
                    add.ForEach(e => model[e.Id] = Longer(model.GetValueOrDefault(e.Id), e, company.Now));
                    break;
            }

            await process.PublishBlocklist.PublishAsync(default);
            var list = BlockingGateway.Full(company);
            var expected = string.Join(
                '\n',
                model.Values.Where(e => e.ExpiresAt > company.Now).Select(e => e.ToString()).Order(StringComparer.Ordinal)
            );
            Assert.Equal(expected, BlockingGateway.Text(list, company.Now));
            Assert.Equal(expected, BlockingGateway.Text(await company.NewProcess().ReadBlocklist.ReadAsync(default), company.Now));
            foreach (var jti in Enumerable.Range(0, 5).Select(n => $"jti-{n}"))
            {
                var id = BlockEntry.IdOf(BlockKind.Token, Entries.Issuer, jti);
                Assert.Equal(
                    model.TryGetValue(id, out var there) && there.ExpiresAt > company.Now,
                    list.Blocks(new(Entries.Issuer, jti, null, null, company.Now, null), company.Now)
                );
            }
        }

        // Each number stands in the ledger once, and few documents are kept.
        var numbers = company
            .VerifiedLedger()
            .Where(l => l.Entry.Kind == LedgerKinds.BlocklistChanged)
            .Select(l => l.Entry.Facts["number"])
            .ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => $"{n}"), numbers);
        Assert.Equal(Math.Min(numbers.Count, BlockHistory.Kept), company.BlockFiles.Lists.Count());
        Assert.Empty(company.Findings.Kinds);
    }
}
