using System.Text.Json;
using Rekey.Ledgers.Snapshots;

namespace Rekey.Ledgers;

/// <summary>
/// A view of the ledger about one subject. A <see cref="LedgerReader"/> gives every line to every view, once and in order. Its state can
/// be saved, so that a start need not read years of lines.
/// </summary>
public interface ILedgerView
{
    /// <summary>The view's name in snapshots.</summary>
    string Name { get; }

    /// <summary>The version of the saved state: it rises when its form changes or a line leads to another state than before.</summary>
    int Version { get; }

    /// <summary>Number of the last line taken; 0 before the first.</summary>
    long Read { get; }

    /// <summary>Takes the next line.</summary>
    void Take(LedgerLine line);

    /// <summary>Writes the present state.</summary>
    void Save(Utf8JsonWriter to);

    /// <summary>Loads a state that was saved at that line.</summary>
    void Load(SavedView saved, LedgerHead at);
}
