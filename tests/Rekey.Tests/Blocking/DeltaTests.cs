using CsCheck;
using Rekey.Blocking;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Blocking;

/// <summary>What changed since a cursor is the difference of two full lists, always.</summary>
public sealed class DeltaTests
{
    private enum Deed
    {
        Add,
        Replace,
        Remove,
        AddMany,
        LetTimePass,
        LetHoursPass,
        Compact,
        Restart,
        Publish,
    }

    private static readonly Gen<(Deed Deed, int Number)[]> Histories = Gen.Select(Gen.Enum<Deed>(), Gen.Int[0, 11]).Array[5, 30];

    [Fact]
    public void A_reader_that_follows_the_changes_has_the_full_list_across_expiry_removal_compaction_and_restarts() =>
        Histories.Sample(history => RunAsync(history).GetAwaiter().GetResult(), iter: 60, threads: 1);

    private static async Task RunAsync((Deed Deed, int Number)[] history)
    {
        var company = Company.Found(configure: o => (o.Blocking.CompactAfter, o.Blocking.DeltaTime) = (3, TimeSpan.FromMinutes(20)));
        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        var model = new Dictionary<string, BlockEntry>(StringComparer.Ordinal);

        // One reader at each step of the way, and one that follows all the time.
        var readers = new List<Blocklist> { Gateway.Full(company) };
        var follower = readers[0];
        foreach (var (deed, number) in history)
        {
            switch (deed)
            {
                case Deed.Restart:
                    process = company.NewProcess();
                    break;
                case Deed.Compact:
                    await process.CompactBlocklist.RunAsync(default);
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
                    var entry = Entries.Jti(company, $"jti-{number % 5}", minutes: 5 + (number * 7), reason: deed is Deed.Replace ? "altered" : "unissued");
                    List<BlockEntry> add = deed is Deed.Remove ? [] : deed is Deed.AddMany ? [entry, .. Enumerable.Range(0, number).Select(n => Entries.Jti(company, $"more-{n}", minutes: 10 + n))] : [entry];
                    List<string> remove = deed is Deed.Remove ? [entry.Id, "no id of anything"] : [];
                    await process.Blocklist.ChangeAsync(add, remove, default);
                    remove.ForEach(r => model.Remove(r));
                    add.ForEach(e => model[e.Id] = e);
                    break;
            }

            await process.PublishBlocklist.PublishAsync(default);
            var full = Gateway.Full(company);
            var expected = string.Join('\n', model.Values.Where(e => e.ExpiresAt > company.Now).Select(e => e.ToString()).Order(StringComparer.Ordinal));
            Assert.Equal(expected, Gateway.Text(full, company.Now));
            Assert.Equal(expected, Gateway.Text((await company.NewProcess().ReadBlocklist.ReadAsync(default)).List, company.Now));
            follower = Gateway.Follow(company, follower, out _);
            foreach (var reader in new[] { follower, readers[number % readers.Count] })
            {
                Assert.Equal(expected, Gateway.Text(Gateway.Follow(company, reader, out _), company.Now));
            }

            var index = Gateway.Index(company);
            foreach (var jti in Enumerable.Range(0, 5).Select(n => $"jti-{n}"))
            {
                var id = BlockEntry.IdOf(BlockKind.Token, Entries.Issuer, jti);
                Assert.Equal(full.Find(id, company.Now) is not null, index.Blocks(new(Entries.Issuer, jti, null, null, company.Now, null), company.Now));
            }

            readers.Add(full);
        }

        // Whoever was there at any time comes to the same in the end.
        var end = Gateway.Text(Gateway.Full(company), company.Now);
        Assert.All(readers, reader => Assert.Equal(end, Gateway.Text(Gateway.Follow(company, reader, out _), company.Now)));
        company.VerifiedLedger();
    }
}
