using System.Text.Json;
using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>Writes the same rows into any format of file, and returns what was read of each.</summary>
internal static class FormFiles
{
    /// <summary>Writes one file. Lists stay lists in JSON and Parquet, and become JSON text in CSV.</summary>
    public static void Write(TempFolder folder, string name, string extension, IReadOnlyList<IReadOnlyDictionary<string, object?>> rows)
    {
        if (extension != "parquet")
        {
            SampleFiles.Write(folder, name, extension, false, [.. rows.Select(r => extension == "csv" ? Texts(r) : r)]);
            return;
        }

        // Parquet with texts: every value as CSV has it.
        var lines = SampleFiles.Write(folder, name, "ndjson", false, [.. rows.Select(Texts)]);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var columns = string.Join(", ", rows[0].Keys.Select(k => $"'{k}': 'VARCHAR'"));
        command.CommandText =
            $"COPY (SELECT * FROM read_json('{lines}', format = 'newline_delimited', hive_partitioning = false, columns = {{{columns}}})) "
            + $"TO '{folder.File($"{name}.parquet")}' (FORMAT parquet)";
        command.ExecuteNonQuery();
        File.Delete(lines);
    }

    /// <summary>Reads one column of accesses, in the order of <paramref name="written"/>; null for a row that cannot be judged.</summary>
    public static async Task<IReadOnlyList<Sighting?>> ReadAsync(
        string extension,
        string column,
        IEnumerable<object?> written,
        string mapping = "{}"
    )
    {
        using var folder = new TempFolder();
        var rows = written
            .Select(
                (value, i) =>
                    (IReadOnlyDictionary<string, object?>)
                        new Dictionary<string, object?>
                        {
                            ["TimeGenerated"] = "2026-03-01T10:00:00Z",
                            ["Iss"] = "i",
                            ["Jti"] = $"{i}",
                            [column] = value,
                        }
            )
            .ToList();
        Write(folder, "access/a", extension, rows);
        folder.Write("issued/none.ndjson", "");
        await using var logs = await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("access")], LogMapping.Parse(mapping, "m")),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        var found = (await SampleFiles.JudgeAsync(logs)).Where(s => s.Verdict is Verdict.Unissued).ToDictionary(s => s.Token.Jti!);
        return [.. rows.Select((_, i) => found.GetValueOrDefault($"{i}"))];
    }

    /// <summary>A number as JSON has it, such as <c>1.79e9</c>.</summary>
    public static JsonElement Number(string text) => JsonElement.Parse(text);

    private static IReadOnlyDictionary<string, object?> Texts(IReadOnlyDictionary<string, object?> row) =>
        row.ToDictionary(c => c.Key, c => c.Value is null or string ? c.Value : (object)JsonSerializer.Serialize(c.Value));
}
