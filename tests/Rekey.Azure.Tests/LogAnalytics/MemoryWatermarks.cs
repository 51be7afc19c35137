using System.Globalization;
using Rekey.Azure.LogAnalytics;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>Watermarks with ETags, in memory.</summary>
internal sealed class MemoryWatermarks : ILedgerRecords<SweepWatermark>
{
    private readonly Lock _lock = new();
    private int _version;

    public Versioned<SweepWatermark>? Stored { get; private set; }

    /// <summary>How often it was written.</summary>
    public int Writes => _version;

    /// <summary>Runs before the next write, as somebody else's would.</summary>
    public Action? Between { get; set; }

    public void Set(DateTimeOffset until) => Write(new SweepWatermark(Workspace.Id, until));

    public Task<Versioned<SweepWatermark>?> FindAsync(string partition, string row, CancellationToken cancellationToken)
    {
        Assert.Equal((SweepWatermark.Place, Workspace.Id), (partition, row));
        return Task.FromResult(Stored);
    }

    public Task<Versioned<SweepWatermark>?> InsertAsync(SweepWatermark value, CancellationToken cancellationToken)
    {
        Interfere();
        lock (_lock)
        {
            return Task.FromResult(Stored is null ? Write(value) : null);
        }
    }

    public Task<Versioned<SweepWatermark>?> ReplaceAsync(
        Versioned<SweepWatermark> read,
        SweepWatermark value,
        CancellationToken cancellationToken
    )
    {
        Interfere();
        lock (_lock)
        {
            return Task.FromResult(Stored?.ETag == read.ETag ? Write(value) : null);
        }
    }

    public Task<IReadOnlyList<OnRecord<SweepWatermark>>> ReadAsync(string partition, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<OnRecord<SweepWatermark>>> ReadAsync(
        string partition,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public IAsyncEnumerable<Versioned<SweepWatermark>> ListOpenAsync(string partition, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Versioned<SweepWatermark>?> InsertAsync(SweepWatermark value, LedgerEvent what, CancellationToken cancellationToken) =>
        InsertAsync(value, cancellationToken);

    public Task<Versioned<SweepWatermark>?> ReplaceAsync(
        Versioned<SweepWatermark> read,
        SweepWatermark value,
        LedgerEvent what,
        CancellationToken cancellationToken
    ) => ReplaceAsync(read, value, cancellationToken);

    public Task<bool> RemoveAsync(Versioned<SweepWatermark> read, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<Versioned<SweepWatermark>> ListAsync(string partition, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private void Interfere()
    {
        var between = Between;
        Between = null;
        between?.Invoke();
    }

    private Versioned<SweepWatermark> Write(SweepWatermark value) =>
        Stored = new Versioned<SweepWatermark>(value, (++_version).ToString(CultureInfo.InvariantCulture));
}
