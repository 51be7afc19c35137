namespace Rekey.Core.Records;

/// <summary>A stored record: its place, and its schema version, kept with every row for later releases.</summary>
public interface IRecord
{
    /// <summary>The partition. Its rows can be listed together.</summary>
    string Partition { get; }

    /// <summary>The row key, unique inside the partition. Letters, digits and <c>- _ . ~</c> only.</summary>
    string Row { get; }

    /// <summary>The schema version that this build writes. A row of a higher version is refused, never guessed at.</summary>
    static abstract int SchemaVersion { get; }
}
