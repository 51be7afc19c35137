using System.Globalization;
using System.Text.RegularExpressions;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Core;
using Rekey.Detections;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Every query that the product sends: what it reads, and what it calls it.</summary>
[Collection(nameof(KqlParser))]
public sealed partial class SentQueryTests(KqlParser parser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string[] Stored = [LogViews.GatewayAccessName, LogViews.TokenIssuanceName];

    /// <summary>Without a filter on the table's own <c>TimeGenerated</c>, the service may read all that is stored.</summary>
    [Fact]
    public async Task Each_reads_a_bounded_span_of_time_and_says_so_to_the_service()
    {
        await using var workspace = await SentAsync();
        var arrival = 0;
        foreach (var (query, span) in workspace.Queries.Zip(workspace.TimeSpans))
        {
            var ends = span.Split('/').Select(Time).ToArray();
            Assert.Equal(2, ends.Length);
            Assert.True(ends[1] - ends[0] <= workspace.Options.MaxLookBack + TimeSpan.FromDays(4), $"{span}: {query}");
            if (query.Contains("| take 0", StringComparison.Ordinal))
            {
                continue;
            }

            // The operators behind each table.
            var reads = Regex.Split(query, @"\((?=(?:GatewayAccess|TokenIssuance)\n)", RegexOptions.None, TimeSpan.FromSeconds(1))[1..];
            Assert.NotEmpty(reads);
            Assert.Equal(StoredName().Count(query), reads.Length);
            foreach (var read in reads)
            {
                var first = Filter().Match(read.Split('\n')[1]);
                Assert.True(first.Success, read);
                Assert.InRange(Time(first.Groups["from"].Value), ends[0], ends[1]);
                if (read.Contains("ingestion_time()", StringComparison.Ordinal))
                {
                    arrival++;
                    Assert.InRange(Time(first.Groups["until"].Value), ends[0], ends[1]);
                }

                // Of the event's own time there may be other rows than of the table's.
                Assert.DoesNotContain(
                    "where TimeGenerated",
                    string.Join('\n', read.Split('\n')[2..].TakeWhile(l => !l.Contains("project", StringComparison.Ordinal)))
                );
            }
        }

        Assert.True(arrival > 10);
    }

    /// <summary>Log Analytics stores no row more than two days before its receipt or a day behind it.</summary>
    [Fact]
    public async Task The_span_of_time_holds_every_row_of_the_window_of_arrival()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-2));
        var window = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);

        var read = Filter().Match(workspace.Queries.Last().Split("(GatewayAccess\n")[1].Split('\n')[0]);
        Assert.True(Time(read.Groups["from"].Value) <= window.From.AddDays(-2).AddMinutes(-30));
        Assert.True(Time(read.Groups["until"].Value) >= window.Until.AddDays(1));
    }

    /// <summary>A name that hides a function of the workspace could make its rows vanish, and <c>isfuzzy</c> the error with them.</summary>
    [Fact]
    public async Task None_gives_its_own_rows_the_name_of_a_table_or_function_of_the_workspace()
    {
        await using var workspace = await SentAsync();
        var queries = workspace.Queries.ToArray();
        Assert.All(queries, query => Assert.DoesNotContain(Given().Matches(query).Select(m => m.Groups["name"].Value), Stored.Contains));
        Assert.Contains(queries, query => Given().Matches(query).Any(m => m.Groups["name"].Value == KqlPrelude.LoggedAccess));
        Assert.All(await parser.ReadAsync(queries), reading => Assert.Empty(reading.Diagnostics));
    }

    /// <summary>A workspace that has been asked everything that may be asked.</summary>
    private static async Task<Workspace> SentAsync()
    {
        var workspace = await StartAsync();
        workspace.OnFirst = _ => OneRow(["First:datetime"], workspace.Clock.GetUtcNow().AddDays(-2).ToString("O"));
        workspace.OnCount = _ => Counts(accesses: 0);
        await workspace.Log().NextAsync(Cancel);
        workspace.OnCount = _ => Counts(accesses: 1, issued: 0);
        await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel));
        var at = workspace.Clock.GetUtcNow().AddHours(-1);
        workspace.Watermarks.Set(at);
        foreach (var iat in new[] { at.AddMinutes(-5), DateTimeOffset.UnixEpoch })
        {
            workspace.OnCount = _ => Counts(accesses: 1, earliest: at.ToString("O"), earliestIssuedAt: iat.ToString("O"));
            var batch = (await workspace.Log().NextAsync(Cancel))!;
            foreach (var detection in DetectionCatalog.Load())
            {
                if (detection.Yields is DetectionRows.Gaps)
                {
                    workspace.OnDetect = _ => Table(["Iss:string"]);
                    await AllAsync(workspace.Log().FindGapsAsync(detection, batch, DetectionQueries.Parameters, Cancel));
                    continue;
                }

                // Whole, and in shares.
                workspace.OnDetect = query => Share.Of(query).Tokens == 1 ? Cut() : Tokens();
                await AllAsync(workspace.Log().DetectAsync(detection, batch, DetectionQueries.Parameters, Cancel));
                workspace.OnDetect = _ => Tokens();
                var seen = new Sighting(
                    detection.Verdicts[0],
                    new("i", "j", null, null, null, iat, null, null, null, null),
                    null,
                    at,
                    at.AddMinutes(1),
                    1
                );
                await AllAsync(workspace.Log().DetectAgainAsync(detection, [seen], DetectionQueries.Parameters, Cancel));
            }
        }

        workspace.OnDetect = _ => OneRow(["OfKids:datetime", "WithoutKid:datetime", "OfIssuer:datetime"], [null, null, null]);
        await workspace.Log().LastIssuancesAsync("i", ["k"], at.AddDays(-1), Cancel);
        return workspace;
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [GeneratedRegex(
        @"^    \| where TimeGenerated >= datetime\((?<from>[^)]+)\)(?: and TimeGenerated < datetime\((?<until>[^)]+)\))?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Filter();

    [GeneratedRegex(@"^\s*let (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Given();

    [GeneratedRegex(@"\b(GatewayAccess|TokenIssuance)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StoredName();
}
