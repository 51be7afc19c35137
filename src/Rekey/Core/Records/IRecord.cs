namespace Rekey.Core.Records;

/// <summary>A stored entity: where it stands, and the version of its shape, kept with every row so that a later release can tell what it
/// reads.</summary>
public interface IRecord
{
    /// <summary>Rows of one partition can be listed together.</summary>
    string Partition { get; }

    /// <summary>Unique inside the partition. Letters, digits and <c>- _ . ~</c> only.</summary>
    string Row { get; }

    /// <summary>The shape that this build writes. A row of a higher version is refused, never guessed at.</summary>
    static abstract int SchemaVersion { get; }
}
