using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers;

/// <summary>A view of the ledger whose state is an immutable value: each line leads to the next value.</summary>
public sealed class LedgerFold<T> : ILedgerView
{
    private readonly LedgerReader _reader;
    private readonly Func<T, LedgerLine, T> _fold;
    private readonly Func<T, JsonNode> _save;
    private readonly Func<JsonElement, T> _load;
    private T _known;

    /// <param name="name">The view's name in snapshots.</param>
    /// <param name="start">The state before the first line.</param>
    /// <param name="fold">Calculates the state after a line; it must not change its argument.</param>
    /// <param name="version">Rises when a line leads to another state than before, or when the saved form changes.</param>
    /// <param name="save">Converts the state for a snapshot; null saves the value as JSON.</param>
    /// <param name="load">Converts it back.</param>
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

    /// <summary>The state after all lines that are in the ledger now.</summary>
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
