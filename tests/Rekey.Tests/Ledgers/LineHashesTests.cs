using System.Buffers;
using System.Numerics;
using System.Text.Json;
using CsCheck;
using Moq;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Ledgers.Segments;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Tests.Ledgers;

/// <summary>Two ledgers with the same first lines are told apart by the hashes of a few lines, unless little was lost and much was written
/// since. One ledger at two times never is.</summary>
public sealed class LineHashesTests
{
    private static readonly DateTimeOffset At = new(2027, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fork_is_found_unless_little_was_lost_and_much_was_written_since() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 2000], Gen.Int[1, 5000])
            .Sample(
                (shared, lost, written) =>
                {
                    var (before, after) = (Hashes(Written(shared, lost, "before")), Hashes(Written(shared, written, "after")));
                    var found = after.FirstDifference(before);
                    Assert.Equal(found, before.FirstDifference(after));
                    Assert.True(found is null || found > shared);

                    // The hash of the newest line is in the next one.
                    var (few, many) = (Math.Min(lost, written) - 1, Math.Max(lost, written) - 1);
                    if (few > 0 && many - few <= 63 << BitOperations.Log2((uint)few))
                    {
                        Assert.NotNull(found);
                    }
                },
                iter: 30
            );

    [Fact]
    public void A_ledger_does_not_differ_from_itself_at_any_other_time() =>
        Gen.Select(Gen.Int[0, 4000], Gen.Int[0, 4000])
            .Sample(
                (early, later) =>
                {
                    var lines = Written(early + later, 0, "");
                    Assert.Null(Hashes(lines).FirstDifference(Hashes(lines.Take(early))));
                    Assert.Equal(Math.Max(0, lines.Count - 1), Hashes(lines).Last);
                    Assert.InRange(Hashes(lines).Hashes.Length / 8, Math.Min(64, Math.Max(0, lines.Count - 1)), 64 + (32 * 7));
                },
                iter: 20
            );

    [Fact]
    public void A_saved_view_goes_on_as_if_it_had_read_every_line() =>
        Gen.Select(Gen.Int[2, 3000], Gen.Int[0, 1000])
            .Sample(
                (saved, more) =>
                {
                    var lines = Written(saved + more, 0, "");
                    var first = View(lines.Take(saved));
                    var next = View([]);
                    next.Load(SavedView.Of(first), new(saved, lines[saved - 1].Previous));
                    foreach (var line in lines.Skip(saved))
                    {
                        next.Take(line);
                    }

                    Assert.Equal(Saved(View(lines)), Saved(next));
                },
                iter: 20
            );

    /// <summary>A list is signed by Rekey; one that is damaged all the same must not stop a gateway.</summary>
    [Theory]
    [InlineData("""{"last":100,"hashes":""}""")]
    [InlineData("""{"last":9223372036854775807,"hashes":"AAAAAAAAAAA="}""")]
    [InlineData("""{"last":-5,"hashes":"AAAAAAAAAAA="}""")]
    [InlineData("""{"last":3,"hashes":"AAAAAAAAAAAAAA=="}""")]
    public void Hashes_that_do_not_go_with_their_number_say_nothing_wrong(string json)
    {
        var odd = JsonSerializer.Deserialize<LineHashes>(json, RecordJson.Options)!;
        Assert.True(Hashes(Written(50, 0, "")).FirstDifference(odd) is null or 3);
    }

    private static LineHashes Hashes(IEnumerable<LedgerLine> lines) =>
        JsonSerializer.Deserialize<LineHashes>(Saved(View(lines)), RecordJson.Options)!;

    private static LineHashLedger View(IEnumerable<LedgerLine> lines)
    {
        var view = new LineHashLedger(new(Mock.Of<ILedger>()));
        foreach (var line in lines)
        {
            view.Take(line);
        }

        return view;
    }

    private static string Saved(LineHashLedger view)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            view.Save(json);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static List<LedgerLine> Written(int shared, int own, string name)
    {
        var (lines, previous) = (new List<LedgerLine>(), LedgerMark.Empty.Hash);
        for (var n = 1; n <= shared + own; n++)
        {
            lines.Add(new(n, At, new($"{n} {(n > shared ? name : "")}", LedgerKinds.Ran, "", Facts.Of()), previous));
            previous = LedgerChain.Hash(LedgerChain.Format(lines[^1]));
        }

        return lines;
    }
}
