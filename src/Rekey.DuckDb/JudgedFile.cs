namespace Rekey.DuckDb;

/// <summary>One version of an access file whose findings are saved. Records are added and never changed: a file that grew is another version.</summary>
/// <param name="Path">Below the access folder, with <c>/</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Batch">The batch that it was judged in.</param>
public sealed record JudgedFile(string Path, long Length, DateTimeOffset LastWrite, string Batch, DateTimeOffset JudgedAt) : IRecord
{
    /// <inheritdoc/>
    public static int SchemaVersion => 1;

    /// <summary>By month of the last write: what is looked up goes by the files that are there, so that old records cost nothing once their files are gone.</summary>
    public string Partition => PartitionOf(LastWrite);

    /// <inheritdoc/>
    public string Row => RowOf(Path, Length, LastWrite);

    internal static string PartitionOf(DateTimeOffset lastWrite) => $"judged-{lastWrite.UtcDateTime:yyyy-MM}";

    internal static string RowOf(string path, long length, DateTimeOffset lastWrite) => StableId.Of("judged-file", path, length.ToString(), lastWrite.UtcTicks.ToString());
}
