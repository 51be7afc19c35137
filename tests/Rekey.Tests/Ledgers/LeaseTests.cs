using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Ledgers;

/// <summary>One process at a time works on a record, and one that lost its lease learns of it before it does anything.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly MemoryBlobs _blobs = new();
    private readonly LedgerTable<Job> _table;

    public LeaseTests() => _table = new(_blobs, _clock, Job.Place);

    [Fact]
    public async Task One_process_holds_it_until_it_is_released_or_ends()
    {
        Assert.Null(await LeaseAsync());
        await Open().InsertAsync(new("a"), default);
        var first = (await LeaseAsync())!;
        Assert.Null(await LeaseAsync());

        await first.ReleaseAsync(j => j with { Done = 1 }, default);
        Assert.Equal(1, (await LeaseAsync())!.Value.Done);
        Assert.Null(await LeaseAsync());
        _clock.Advance(Length);
        Assert.NotNull(await LeaseAsync());
    }

    [Fact]
    public async Task A_process_that_lost_it_saves_nothing()
    {
        await Open().InsertAsync(new("a"), default);
        var slow = (await LeaseAsync())!;
        _clock.Advance(Length);
        var other = (await LeaseAsync())!;
        await Assert.ThrowsAsync<RetryLaterException>(() => slow.SaveAsync(j => j with { Done = 7 }, default));
        await other.SaveAsync(j => j with { Done = 1 }, default);
        await Assert.ThrowsAsync<RetryLaterException>(() => slow.ReleaseAsync(j => j with { Done = 7 }, default));
        Assert.Equal(1, _table.Find("a")!.Done);
    }

    [Fact]
    public async Task Each_save_renews_it_and_keeps_what_others_add()
    {
        await Open().InsertAsync(new("a"), default);
        var lease = (await LeaseAsync())!;
        var records = Open();
        var read = (await records.FindAsync(Job.Place, "a", default))!;
        Assert.NotNull(await records.ReplaceAsync(read, read.Value with { Waiting = 3 }, default));

        _clock.Advance(Length - TimeSpan.FromSeconds(1));
        lease.Set(j => j with { Done = 1 });
        await lease.SaveAsync(j => j with { Done = j.Done + 1 }, default);
        Assert.Equal((2, 3), (lease.Value.Done, lease.Value.Waiting));
        _clock.Advance(Length - TimeSpan.FromSeconds(1));
        Assert.Null(await LeaseAsync());
    }

    /// <summary>An attacker who can write the row can put any time there.</summary>
    [Fact]
    public async Task A_lease_that_is_longer_than_any_holds_nobody_up()
    {
        await Open().InsertAsync(new("a"), default);
        Assert.NotNull(await LeaseAsync());
        _table.Rows.Tamper(j => j with { LeaseUntil = _clock.GetUtcNow().AddYears(5) });
        Assert.NotNull(await LeaseAsync());
    }

    private Task<Lease<Job>?> LeaseAsync() =>
        Open()
            .LeaseAsync(
                Job.Place,
                "a",
                j => j with { LeaseUntil = j.LeaseUntil > _clock.GetUtcNow() + Length ? null : j.LeaseUntil },
                Length,
                _clock,
                default
            );

    private LedgerRecords<Job> Open()
    {
        var ledger = new SegmentedLedger(new MemorySegments(_blobs, Fate.Immortal), new(), _clock);
        return _table.For(ledger, new(ledger), Fate.Immortal);
    }
}
