using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Tests.Detections;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>Two issued tokens and three accesses, in any form. One token was altered, one was never issued; its jti has what CSV must
/// quote.</summary>
internal static class SampleFiles
{
    public const string Issuer = "https://login.example/";
    public static readonly DateTimeOffset Latest = At("10:06:00.5");

    public static readonly IReadOnlyList<IReadOnlyDictionary<string, object?>> Issued =
    [
        Row(
            ("TimeGenerated", "2026-03-01T10:00:00Z"),
            ("Iss", Issuer),
            ("Jti", "j1"),
            ("Kid", "k1"),
            ("Sub", "ann"),
            ("IssuedAt", "2026-03-01T10:00:00Z"),
            ("Sequence", 1L)
        ),
        Row(
            ("TimeGenerated", "2026-03-01T12:00:00+02:00"),
            ("Iss", Issuer),
            ("Jti", "j2"),
            ("Kid", "k1"),
            ("Sub", "bob"),
            ("IssuedAt", "2026-03-01T10:00:00Z"),
            ("Sequence", 2L)
        ),
    ];

    public static readonly IReadOnlyList<IReadOnlyDictionary<string, object?>> Accessed =
    [
        Seen("j1", "ann", "10:05:00"),
        Seen("j2", "mallory", "10:06:00.5"),
        Seen("j\"3,\n", "ann", "10:05:00"),
    ];

    public static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z");

    public static IReadOnlyDictionary<string, object?> Row(params (string Name, object? Value)[] columns) =>
        columns.ToDictionary(c => c.Name, c => c.Value);

    public static async Task<List<Sighting>> JudgeAsync(LogFiles logs, SweepParameters? parameters = null)
    {
        var found = new List<Sighting>();
        foreach (var detection in DetectionCatalog.LoadSql().Where(d => d.Yields is DetectionRows.Tokens))
        {
            await foreach (var sighting in logs.DetectAsync(detection, parameters ?? CaseEngine.Usual, CancellationToken.None))
            {
                found.Add(sighting);
            }
        }

        return found;
    }

    public static string Write(
        TempFolder folder,
        string name,
        string extension,
        bool gzip,
        IReadOnlyList<IReadOnlyDictionary<string, object?>> rows
    )
    {
        var path = folder.Write(
            $"{name}.{extension}",
            extension switch
            {
                "csv" => Csv(rows),
                "json" => JsonSerializer.Serialize(rows),
                _ => string.Concat(rows.Select(r => JsonSerializer.Serialize(r) + "\n")),
            }
        );
        if (extension == "parquet")
        {
            Parquet(path);
        }

        return gzip ? Gzip(path) : path;
    }

    public static string Gzip(string path)
    {
        using (var from = File.OpenRead(path))
        using (var to = new GZipStream(File.Create($"{path}.gz"), CompressionLevel.Fastest))
        {
            from.CopyTo(to);
        }

        File.Delete(path);
        return $"{path}.gz";
    }

    private static IReadOnlyDictionary<string, object?> Seen(string jti, string sub, string time) =>
        Row(
            ("TimeGenerated", $"2026-03-01T{time}Z"),
            ("Iss", Issuer),
            ("Jti", jti),
            ("Kid", "k1"),
            ("Sub", sub),
            ("Aud", "api web"),
            ("IssuedAt", "2026-03-01T10:00:00Z"),
            ("ExpiresAt", "2026-03-01T11:00:00Z"),
            ("SigningInputSha256", ""),
            ("KeyThumbprint", "tp"),
            ("SignatureVerified", true),
            ("SrcIpAddr", "::ffff:192.0.2.7"),
            ("StatusCode", 200L)
        );

    private static string Csv(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        var text = new StringBuilder().AppendJoin(',', rows[0].Keys).Append("\r\n");
        foreach (var row in rows)
        {
            text.AppendJoin(
                    ',',
                    row.Values.Select(v => $"\"{(v is bool b ? b ? "true" : "false" : v?.ToString())?.Replace("\"", "\"\"")}\"")
                )
                .Append("\r\n");
        }

        return text.ToString();
    }

    private static void Parquet(string path)
    {
        File.Move(path, $"{path}.lines");
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var quoted = path.Replace("'", "''");
        command.CommandText = $"""
            SET TimeZone = 'UTC';
            COPY (SELECT * REPLACE (TimeGenerated::TIMESTAMPTZ AS TimeGenerated, IssuedAt::TIMESTAMPTZ AT TIME ZONE 'UTC' AS IssuedAt)
                FROM read_json('{quoted}.lines', format = 'newline_delimited', hive_partitioning = false)) TO '{quoted}' (FORMAT parquet)
            """;
        command.ExecuteNonQuery();
        File.Delete($"{path}.lines");
    }
}
