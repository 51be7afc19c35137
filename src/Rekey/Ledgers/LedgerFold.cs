using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers;

/// <summary>A view whose state is a value that never changes: each line leads to the next one.</summary>
public sealed class LedgerFold<T> : ILedgerView
{
    private readonly LedgerReader _reader;
    private readonly Func<T, LedgerLine, T> _fold;
    private readonly Func<T, JsonNode> _save;
    private readonly Func<JsonElement, T> _load;
    private T _known;

    /// <param name="name">Names it in snapshots.</param>
    /// <param name="start">What holds before the first line.</param>
    /// <param name="fold">What holds behind a line; it must not change what it is given.</param>
    /// <param name="version">Rises when a line leads to something else than before, or when what is saved has another shape.</param>
    /// <param name="save">What is saved; null for the value as JSON.</param>
    /// <param name="load">Reads it back.</param>
    public LedgerFold(
        LedgerReader reader,
        string name,
        T start,
        Func<T, LedgerLine, T> fold,
        int version = 1,
        Func<T, JsonNode>? save = null,
        Func<JsonElement, T>? load = null
    )
    {
        (_reader, Name, _known, _fold, Version) = (reader, name, start, fold, version);
        _save = save ?? (value => JsonSerializer.SerializeToNode(value, RecordJson.Options)!);
        _load = load ?? (saved => saved.Deserialize<T>(RecordJson.Options)!);
        reader.Add(this);
    }

    public string Name { get; }

    public int Version { get; }

    public long Read { get; private set; }

    /// <summary>What everything that stands in the ledger now leads to.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        await _reader.CatchUpAsync(cancellationToken);
        return _known;
    }

    public void Take(LedgerLine line) => (_known, Read) = (_fold(_known, line), line.Number);

    public JsonNode Save() => _save(_known);

    public void Load(JsonElement saved, LedgerHead at) => (_known, Read) = (_load(saved), at.Lines);
}
