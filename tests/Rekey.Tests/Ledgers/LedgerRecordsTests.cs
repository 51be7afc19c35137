using System.Collections.Concurrent;
using CsCheck;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

/// <summary>Records that stand in the ledger are what a table with ETags would be, and nobody can plant one.</summary>
public sealed class LedgerRecordsTests
{
    /// <summary>Two processes, each with its own reading, and a dictionary that says what must come of it.</summary>
    [Fact]
    public void They_are_as_a_table_with_etags_would_be() =>
        Gen.Int[0, int.MaxValue].Sample(seed => RunAsync(new(seed)).GetAwaiter().GetResult(), iter: 200, threads: 1);

    [Fact]
    public async Task Of_writers_that_read_the_same_one_wins()
    {
        var table = new LedgerTable<Thing>(_blobs, TimeProvider.System, "things");
        var first = Open(table);
        var read = (await first.InsertAsync(new("a") { Text = "0" }, default))!;
        var won = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(1, 16), async (n, cancellationToken) =>
        {
            if (await Open(table).ReplaceAsync(read, read.Value with { Text = $"{n}" }, cancellationToken) is not null)
            {
                won.Add($"{n}");
            }
        });
        Assert.Equal(Assert.Single(won), table.Find("a")!.Text);
    }

    /// <summary>Both found that nobody had changed it, and only then wrote.</summary>
    [Fact]
    public async Task Of_two_writers_that_looked_before_either_wrote_one_wins()
    {
        var table = new LedgerTable<Thing>(_blobs, TimeProvider.System, "things");
        var read = (await Open(table).InsertAsync(new("a") { Text = "0" }, default))!;
        var asleep = new SleepsBefore("append ledger");
        var ledger = new SegmentedLedger(new MemorySegments(_blobs, asleep), new(), TimeProvider.System);
        var slow = table.For(ledger, new(ledger), asleep).ReplaceAsync(read, read.Value with { Text = "slow" }, default);
        await asleep.Asleep;
        Assert.NotNull(await Open(table).ReplaceAsync(read, read.Value with { Text = "fast" }, default));
        asleep.Wake();
        Assert.Null(await slow);
        Assert.Equal("fast", table.Find("a")!.Text);
    }

    /// <summary>What is said by a line is what changed, and no more: a list that grows costs what was added.</summary>
    [Fact]
    public async Task A_line_has_what_changed()
    {
        var records = Open(new(_blobs, TimeProvider.System, "things"));
        var read = (
            await records.InsertAsync(
                new("a")
                {
                    Text = "é \"x\" {}",
                    Numbers = [1, 2],
                    At = DateTimeOffset.UnixEpoch,
                },
                default
            )
        )!;
        read = (await records.ReplaceAsync(read, read.Value with { Numbers = [1, 2, 3] }, default))!;
        read = (await records.ReplaceAsync(read, read.Value with { Numbers = [3], Text = null }, default))!;
        Assert.NotNull(await records.ReplaceAsync(read, read.Value, default));
        Assert.Equal(
            [
                "record=thing/things/a .row=a .text=é \"x\" {} .numbers=[1,2] .at=1970-01-01T00:00:00+00:00",
                "record=thing/things/a .numbers+=[3]",
                "record=thing/things/a .numbers=[3] .text-=",
            ],
            Lines()
                .Select(l =>
                    string.Join(
                        ' ',
                        new[] { "record", ".row", ".text", ".numbers", ".numbers+", ".at", ".text-" }
                            .Where(l.Entry.Facts.ContainsKey)
                            .Select(f => $"{f}={l.Entry.Facts[f]}")
                    )
                )
        );
    }

    [Fact]
    public async Task A_line_of_a_later_release_with_a_member_that_is_not_known_is_read_all_the_same()
    {
        var table = new LedgerTable<Thing>(_blobs, TimeProvider.System, "things");
        var ledger = new SegmentedLedger(new MemorySegments(_blobs, Fate.Immortal), new(), TimeProvider.System);
        await ledger.AppendAsync(
            new(
                "thing/things/a/0",
                "thing-changed",
                "a",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["record"] = "thing/things/a",
                    ["by"] = "x",
                    [".row"] = "a",
                    [".text"] = "1",
                    [".colour"] = "red",
                }
            ),
            default
        );
        Assert.Equal("1", table.Find("a")!.Text);
    }

    private readonly MemoryBlobs _blobs = new();

    private IEnumerable<LedgerLine> Lines() =>
        new LedgerVerifier().Take(_blobs.Segments[0].Bytes.ToArray()).Where(l => l.Entry.Facts.ContainsKey("record"));

    private LedgerRecords<Thing> Open(LedgerTable<Thing> table)
    {
        var ledger = new SegmentedLedger(new MemorySegments(_blobs, Fate.Immortal), new(), TimeProvider.System);
        return table.For(ledger, new(ledger), Fate.Immortal);
    }

    private static async Task RunAsync(Random random)
    {
        var blobs = new MemoryBlobs();
        var table = new LedgerTable<Thing>(blobs, TimeProvider.System, "things");
        var processes = Enumerable
            .Range(0, 2)
            .Select(_ =>
            {
                var ledger = new SegmentedLedger(
                    new MemorySegments(blobs, Fate.Immortal),
                    new() { BlocksPerSegment = 8 },
                    TimeProvider.System
                );
                return table.For(ledger, new(ledger), Fate.Immortal);
            })
            .ToList();
        var truth = new SortedDictionary<string, Thing>(StringComparer.Ordinal);
        var stale = new Dictionary<string, Versioned<Thing>>(StringComparer.Ordinal);
        for (var n = 0; n < 60; n++)
        {
            var (process, row) = (processes[random.Next(2)], $"r{random.Next(4)}");
            var read = await process.FindAsync("things", row, default);
            Assert.Equal(truth.GetValueOrDefault(row)?.ToString(), read?.Value.ToString());
            var value = new Thing(row)
            {
                Text = random.Next(4) switch
                {
                    0 => null,
                    1 => "",
                    2 => "over",
                    _ => $"{n}",
                },
                Numbers = random.Next(2) == 0 ? [.. read?.Value.Numbers ?? [], n] : [.. Enumerable.Range(0, random.Next(3))],
                At = random.Next(2) == 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(n),
            };
            switch (random.Next(5))
            {
                case 0:
                    var inserted = await process.InsertAsync(value, default);
                    Assert.Equal(read is null, inserted is not null);
                    truth.TryAdd(row, value);
                    break;
                case 1 when read is not null:
                    Assert.True(await process.RemoveAsync(read, default));
                    truth.Remove(row);
                    break;
                case 2 when stale.TryGetValue(row, out var old) && read?.ETag != old.ETag:
                    Assert.Null(await process.ReplaceAsync(old, value, default));
                    break;
                case 3 or 4 when read is not null:
                    Assert.NotNull(await process.ReplaceAsync(read, value, default));
                    truth[row] = value;
                    break;
            }

            if (read is not null)
            {
                stale[row] = read;
            }

            Assert.Equal(
                truth.Values.Where(v => !v.IsOver).Select(v => v.ToString()),
                await process.ListOpenAsync("things", default).Select(r => r.Value.ToString()).ToListAsync()
            );
        }

        Assert.Equal(truth.Values.Select(v => v.ToString()), table.All.Select(v => v.ToString()));
    }
}
