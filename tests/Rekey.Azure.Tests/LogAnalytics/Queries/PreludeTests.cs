using CsCheck;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Sweeps;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>What is written into a query, read back by Microsoft's own parser.</summary>
[Collection(nameof(KqlParser))]
public sealed class PreludeTests(KqlParser parser)
{
    private static Sighting Seen(string text) =>
        new(
            Verdict.Unissued,
            new PresentedToken(text, text, text, text, text, null, DateTimeOffset.MaxValue, text, text, null),
            text,
            DetectionQueries.Noon,
            DetectionQueries.Noon.AddTicks(1),
            2
        );

    private static string Escaped(string text) =>
        string.Concat(text.Select(unit => unit is >= ' ' and <= '~' and not '\\' ? unit.ToString() : $"\\u{(int)unit:x4}"));

    private static string Again(Sighting seen) =>
        KqlPrelude.OfSightings(
            [KqlPrelude.RowsOf(seen)],
            new LookBack(DetectionQueries.Noon, DetectionQueries.Noon.AddDays(-1)),
            DetectionQueries.Noon,
            DetectionQueries.Parameters,
            KqlPartition.Whole
        ) + DetectionQueries.Kql("unissued");

    [Fact]
    public async Task Whatever_a_forger_writes_stays_a_text()
    {
        string[] nasty =
        [
            "\"",
            "\\",
            "\\\"",
            "\"]; GatewayAccess | take 1 //",
            "a\nb",
            "a\r\nb",
            "\0",
            "\u2028",
            "é",
            "😀",
            "\ud800",
            "```",
            "'",
            "~~~",
            "h@\"x\"",
            "// x",
            "\\u0022",
            "{}",
            "\t",
            " ",
            "",
        ];
        var generated = new List<string>();
        Gen.String[Gen.Char[' ', '\uffff'], 0, 40].Sample(generated.Add, iter: 60, threads: 1);
        string[] texts = [.. nasty, .. generated];

        var readings = await parser.ReadAsync([.. texts.Select(text => Again(Seen(text)))]);

        foreach (var (text, reading) in texts.Zip(readings))
        {
            Assert.Empty(reading.Diagnostics);
            // Two rows of eight texts, of which a hash is in small letters.
            Assert.True(reading.Used.Count(u => u.Kind == "Literal" && u.Name == Escaped(text)) >= 14, Escaped(text));
            Assert.True(
                reading.Used.Count(u => u.Kind == "Literal" && (u.Name == Escaped(text) || u.Name == Escaped(text.ToLowerInvariant())))
                    >= 16,
                Escaped(text)
            );
        }
    }

    [Fact]
    public async Task Only_the_prelude_asks_for_arrival()
    {
        var reading = await parser.ReadAsync(DetectionQueries.Prelude() + DetectionQueries.Kql("unissued"));

        // Of the accesses in the batch, of those that are outlived among them, and of earlier ones of these.
        int[] asked = [.. reading.Used.Where(u => u.Name == "ingestion_time").Select(u => u.At)];
        Assert.Equal(3, asked.Length);
        Assert.All(asked, at => Assert.InRange(at, 0, DetectionQueries.Prelude().Length));
        Assert.Contains(reading.Used, u => u is { Kind: "Parameter", Name: "isfuzzy=true" });
    }

    [Fact]
    public async Task Every_query_around_the_detections_binds()
    {
        await using var workspace = await Workspace.StartAsync();
        workspace.OnFirst = _ => Workspace.OneRow(["First:datetime"], "2026-11-24T05:00:00Z");
        workspace.OnCount = _ => Workspace.Counts(accesses: 0);
        await workspace.Log().NextAsync(TestContext.Current.CancellationToken);
        workspace.OnCount = _ => Workspace.Counts(accesses: 1, issued: 0);
        await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(TestContext.Current.CancellationToken));
        var queries = workspace.Queries.Distinct().ToArray();
        Assert.Equal(5, queries.Length);

        var readings = await parser.ReadAsync(queries);

        Assert.All(readings, reading => Assert.Empty(reading.Diagnostics));
        Assert.Equal(["First:datetime"], readings[0].Columns);
        Assert.Equal(
            ["Accesses:long", "Untimed:long", "BadLines:long", "Issued:long", "EarliestAccess:datetime", "EarliestIssuedAt:datetime"],
            readings[1].Columns
        );
    }
}
