using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Data.Tables;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Azure.Storage;

/// <summary>Converts a record to and from a table row: its JSON in pieces, its schema version, and its last writer.</summary>
/// <remarks>A binary property holds 64 KiB and a row 1 MiB ("Understanding the Table service data model").</remarks>
internal static class RecordRow
{
    public const string SchemaVersion = "SchemaVersion";

    /// <summary>A value that differs with every write, so that a writer recognizes its own row after a lost reply.</summary>
    public const string WriteId = "WriteId";

    private const int PieceLength = 60 * 1024;
    private const int MaximalLength = 16 * PieceLength;

    public static TableEntity Write<T>(T value, JsonTypeInfo<T> json, string writeId)
        where T : class, IRecord
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, json);
        if (body.Length > MaximalLength)
        {
            throw new CannotContinueException(
                "record-too-large",
                $"The {typeof(T).Name} {value.Row} takes {body.Length} bytes, more than the {MaximalLength} of a row.",
                "Reduce its content: govern fewer keys per vault, or keep fewer versions enabled."
            );
        }

        var row = new TableEntity(TableKeys.Escape(value.Partition), TableKeys.Escape(value.Row))
        {
            [SchemaVersion] = T.SchemaVersion,
            [WriteId] = writeId,
        };
        for (var piece = 0; piece * PieceLength < body.Length; piece++)
        {
            row[PieceName(piece)] = body[(piece * PieceLength)..Math.Min(body.Length, (piece + 1) * PieceLength)];
        }

        return row;
    }

    public static T Read<T>(TableEntity row, JsonTypeInfo<T> json)
        where T : class, IRecord
    {
        var (name, at) = ($"{typeof(T).Name} {row.PartitionKey}/{row.RowKey}", row.RowKey);
        var version =
            row.TryGetValue(SchemaVersion, out var stored) && stored is int number
                ? number
                : throw Unreadable(name, at, "it has no SchemaVersion", inner: null);
        if (version > T.SchemaVersion)
        {
            throw new CannotContinueException(
                "schema-too-new",
                $"The {name} has schema version {version}; this release supports versions up to {T.SchemaVersion}.",
                "Run the release that wrote it, or a newer one. Rekey changed nothing."
            )
            {
                UnreadableRows = [at],
            };
        }

        using var body = new MemoryStream();
        for (var piece = 0; row.TryGetValue(PieceName(piece), out var bytes); piece++)
        {
            body.Write(bytes as byte[] ?? throw Unreadable(name, at, $"{PieceName(piece)} is not binary", inner: null));
        }

        try
        {
            var value = JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), json)
                ?? throw Unreadable(name, at, "its body is null", inner: null);
            return
                string.Equals(row.PartitionKey, TableKeys.Escape(value.Partition), StringComparison.Ordinal)
                && string.Equals(row.RowKey, TableKeys.Escape(value.Row), StringComparison.Ordinal)
                ? value
                : throw Unreadable(name, at, "its content belongs to another row", inner: null);
        }
        catch (JsonException broken)
        {
            throw Unreadable(name, at, "its body is not the JSON of this record", broken);
        }
    }

    private static string PieceName(int piece) => piece.ToString("'Body'00", CultureInfo.InvariantCulture);

    private static CannotContinueException Unreadable(string name, string row, string why, Exception? inner) =>
        new(
            "record-unreadable",
            $"The {name} cannot be read: {why}.",
            "Another client than Rekey wrote to the table. Find out which, then restore the row from the ledger's facts or delete it.",
            inner
        )
        {
            UnreadableRows = [row],
        };
}
