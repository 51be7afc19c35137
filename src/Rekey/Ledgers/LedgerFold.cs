using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Ledgers;

/// <summary>
/// A view of the ledger whose state is an immutable value: each line leads to the next value. A saved state is opened when it is first
/// read, so that a start does not wait for views that its first answers do not need.
/// </summary>
public sealed class LedgerFold<T> : ILedgerView
{
    // After so many lines a saved state is opened also when it is not read: the lines would take more memory.
    private const int MaxWaiting = 10_000;

    private readonly LedgerReader _reader;
    private readonly Func<T, LedgerLine, T> _fold;
    private readonly Action<T, Utf8JsonWriter> _save;
    private readonly Func<ReadOnlyMemory<byte>, T> _load;
    private readonly Lock _lock = new();
    private readonly List<LedgerLine> _waiting = [];
    private SavedView? _saved;
    private T _known;

    /// <param name="name">The view's name in snapshots.</param>
    /// <param name="start">The state before the first line.</param>
    /// <param name="fold">Calculates the state after a line; it must not change its argument.</param>
    /// <param name="version">Rises when a line leads to another state than before, or when the saved form changes.</param>
    /// <param name="save">Writes the state for a snapshot; null writes the value as JSON.</param>
    /// <param name="load">Reads it back from its JSON.</param>
    public LedgerFold(
        LedgerReader reader,
        string name,
        T start,
        Func<T, LedgerLine, T> fold,
        int version = 1,
        Action<T, Utf8JsonWriter>? save = null,
        Func<ReadOnlyMemory<byte>, T>? load = null
    )
    {
        (_reader, Name, _known, _fold, Version) = (reader, name, start, fold, version);
        _save = save ?? ((value, to) => JsonSerializer.Serialize(to, value, RecordJson.Options));
        _load = load ?? (json => JsonSerializer.Deserialize<T>(json.Span, RecordJson.Options)!);
        reader.Add(this);
    }

    public string Name { get; }

    public int Version { get; }

    public long Read { get; private set; }

    /// <summary>The state after all lines that are in the ledger now.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        await _reader.CatchUpAsync(cancellationToken);
        return Known();
    }

    public void Take(LedgerLine line)
    {
        lock (_lock)
        {
            if (_saved is not null && _waiting.Count < MaxWaiting)
            {
                _waiting.Add(line);
            }
            else
            {
                _known = _fold(Known(), line);
            }

            Read = line.Number;
        }
    }

    public void Save(Utf8JsonWriter to) => _save(Known(), to);

    public void Load(SavedView saved, LedgerHead at)
    {
        lock (_lock)
        {
            (_saved, Read) = (saved, at.Lines);
        }
    }

    private T Known()
    {
        lock (_lock)
        {
            if (_saved is { } saved)
            {
                _known = _waiting.Aggregate(saved.Open(_load), _fold);
                _saved = null;
                _waiting.Clear();
                _waiting.TrimExcess();
            }

            return _known;
        }
    }
}
