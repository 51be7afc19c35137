using Rekey.Core;
using Rekey.Detections;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Accesses that were seen earlier, judged against what has been issued since.</summary>
public sealed class DetectAgainTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset At = new(2026, 11, 24, 7, 10, 0, TimeSpan.Zero);

    private static Sighting Seen(string jti, string? sub = "sub-1", string? address = "203.0.113.9", DateTimeOffset? iat = null) =>
        new(
            Verdict.Unissued,
            new PresentedToken(
                "https://login.example",
                jti,
                "kid-1",
                sub,
                "api",
                iat ?? At.AddMinutes(-10),
                At.AddMinutes(50),
                null,
                null,
                true
            ),
            address,
            At.AddTicks(1_234_567),
            At.AddMinutes(10),
            17
        );

    private static object?[] RowOf(Sighting seen)
    {
        var row = Row(seen.Token.Jti!, seen.SrcIpAddr ?? "");
        (row[4], row[7]) = (seen.Token.Sub ?? "", "2026-11-24T08:00:00Z");
        return row;
    }

    [Fact]
    public async Task What_is_still_so_comes_out_as_it_was_seen()
    {
        await using var workspace = await StartAsync();
        Sighting[] seen = [Seen("j-1"), Seen("j-2"), Seen("j-3", sub: "", address: null)];
        workspace.OnDetect = _ => Tokens(RowOf(seen[0]), RowOf(seen[2]));

        var again = await AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), seen, DetectionQueries.Parameters, Cancel));

        Assert.Equal([seen[0], seen[2]], again);
        var query = Assert.Single(workspace.Queries);
        Assert.Contains("""datetime(2026-11-24T07:10:00.1234567Z), "https://login.example", "j-1", "kid-1", "sub-1", "api",""", query);
        Assert.DoesNotContain("ingestion_time", query);
        // The first access, less MaxTokenLifetime and ClockSkew.
        Assert.Equal(["OccurredAt >= datetime(2026-11-24T06:05:00.1234567Z)"], Issuances(query));
        Assert.DoesNotContain("OutlivedToken", query);
        Assert.Empty(await AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), [], DetectionQueries.Parameters, Cancel)));
    }

    [Fact]
    public async Task A_forged_iat_does_not_make_it_read_everything()
    {
        await using var workspace = await StartAsync();

        await AllAsync(
            workspace
                .Log()
                .DetectAgainAsync(Detection("unissued"), [Seen("j-1", iat: DateTimeOffset.UnixEpoch)], DetectionQueries.Parameters, Cancel)
        );

        var query = Assert.Single(workspace.Queries);
        Assert.Equal(
            [
                "OccurredAt >= datetime(2026-11-24T06:05:00.1234567Z)",
                "OccurredAt >= datetime(2026-11-17T06:05:00.1234567Z) and OccurredAt < datetime(2026-11-24T06:05:00.1234567Z)",
            ],
            Issuances(query)
        );
        Assert.Contains("| join kind=leftsemi (OutlivedToken) on Jti", query);
    }

    [Fact]
    public async Task Many_are_asked_for_in_queries_of_bounded_length_each_once()
    {
        await using var workspace = await StartAsync();
        Sighting[] seen = [.. Enumerable.Range(0, 3000).Select(i => Seen($"j-{i}")), Seen("huge", sub: new string('é', 100_000))];
        workspace.OnDetect = query =>
            Tokens([.. seen.Where(s => query.Contains($"\"{s.Token.Jti}\"", StringComparison.Ordinal)).Select(RowOf)]);

        var again = await AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), seen, DetectionQueries.Parameters, Cancel));

        Assert.Equal(
            seen.Select(s => s.Token.Jti).Order(StringComparer.Ordinal),
            again.Select(s => s.Token.Jti).Order(StringComparer.Ordinal)
        );
        Assert.InRange(workspace.Queries.Count, 5, 30);
        Assert.All(workspace.Queries.Where(q => !q.Contains("\"huge\"", StringComparison.Ordinal)), q =>
            Assert.InRange(q.Length, 1, 300_000)
        );
    }

    [Fact]
    public async Task A_part_of_an_answer_withdraws_nothing()
    {
        await using var workspace = await StartAsync();
        workspace.OnDetect = _ => Partial();

        await Assert.ThrowsAsync<RetryLaterException>(() =>
            AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), [Seen("j-1")], DetectionQueries.Parameters, Cancel))
        );
    }
}
