using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Ledgers;

/// <summary>
/// What the ledger says of one matter. A <see cref="LedgerReader"/> gives every line to every view, once and in order. What a view knows
/// can be saved, so that a start need not read years.
/// </summary>
public interface ILedgerView
{
    /// <summary>Names the view in snapshots.</summary>
    string Name { get; }

    /// <summary>The shape of what is saved, and what it is made of: it rises when a line would lead to something else than
    /// before.</summary>
    int Version { get; }

    /// <summary>Number of the last line taken; 0 before the first.</summary>
    long Read { get; }

    /// <summary>Takes the next line.</summary>
    void Take(LedgerLine line);

    /// <summary>What is known now.</summary>
    JsonNode Save();

    /// <summary>Takes what was saved when the ledger ended there.</summary>
    void Load(JsonElement saved, LedgerHead at);
}
