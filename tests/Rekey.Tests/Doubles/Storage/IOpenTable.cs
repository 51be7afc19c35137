namespace Rekey.Tests.Doubles.Storage;

/// <summary>A table as somebody sees it who can write to it and asks nobody: rows of any kind, with any content.</summary>
public interface IOpenTable
{
    IReadOnlyList<(string Partition, string Row)> Places { get; }

    /// <summary>Every row that was ever written here, oldest first.</summary>
    IReadOnlyList<(string Partition, string Row, StoredRow Stored)> Written { get; }

    /// <summary>Puts this body there, readable or not.</summary>
    /// <param name="schemaVersion">Null for the one that this build writes.</param>
    void Plant(string partition, string row, string body, int? schemaVersion = null);

    void Delete(string partition, string row);

    void Clear()
    {
        foreach (var (partition, row) in Places)
        {
            Delete(partition, row);
        }
    }
}
