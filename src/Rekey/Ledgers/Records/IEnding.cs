using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>A record that comes to an end. It is kept for ever then, and no periodic work reads it.</summary>
public interface IEnding : IRecord
{
    /// <summary>Whether nothing is left to do about it, until it changes.</summary>
    bool IsOver { get; }
}
