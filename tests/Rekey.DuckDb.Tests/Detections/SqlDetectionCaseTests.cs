using System.Text.Json.Nodes;
using Rekey.Detections;
using Rekey.DuckDb.Detections;

namespace Rekey.DuckDb.Tests.Detections;

/// <summary>Every detection finds in each of its cases the rows that are written there, to the last one.</summary>
public sealed class SqlDetectionCaseTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "detections");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            cases.Add(Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file))!), Path.GetFileNameWithoutExtension(file));
        }

        return cases;
    }

    [Fact]
    public void Every_detection_has_cases() =>
        Assert.Equal(
            DetectionCatalog.LoadSql().Select(d => d.Id),
            Cases().Select(c => c.Data.Item1).Distinct().Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_rows_come_out(string detection, string name)
    {
        var about = DetectionCase.Read(Path.Combine(Folder, detection, "cases", $"{name}.json"));
        var query = DetectionCatalog.LoadSql().Single(d => d.Id == detection);
        AssertKnown(about.TokenIssuance, LogViews.TokenIssuance.Select(c => c.Name));
        AssertKnown(about.GatewayAccess, LogViews.GatewayAccess.Select(c => c.Name).Append("InBatch"));
        var found = CaseEngine.Run(
            about.TokenIssuance,
            about.GatewayAccess,
            about.ToParameters(),
            about.ArrivedUntil ?? DateTimeOffset.Parse("2026-03-01T12:00:00Z"),
            database =>
                query.Yields is DetectionRows.Gaps
                    ? DetectionQuery.Gaps(database, query, CancellationToken.None).Select(DetectionCase.RowOf).ToList()
                    : [.. DetectionQuery.Sightings(database, query, CancellationToken.None).Select(DetectionCase.RowOf)]
        );

        // What a detection may yield is in its file: it is by that that a late issuance is known to change it.
        Assert.Subset(
            query.Verdicts.Select(v => v.Code()).ToHashSet(StringComparer.Ordinal),
            about.Expected.Select(e => (string?)e["Verdict"]).OfType<string>().ToHashSet(StringComparer.Ordinal)
        );
        Assert.Equal(
            about.Expected.Select(e => DetectionCase.Sorted([.. e])).Order(StringComparer.Ordinal),
            found.Order(StringComparer.Ordinal)
        );
    }

    private static void AssertKnown(IEnumerable<JsonObject> rows, IEnumerable<string> columns) =>
        Assert.Empty(rows.SelectMany(r => r.Select(c => c.Key)).Except(columns));
}
