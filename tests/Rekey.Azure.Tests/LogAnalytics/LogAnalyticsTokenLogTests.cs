using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Queries;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Findings;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>Windows, the watermark, and what holds it.</summary>
public sealed class LogAnalyticsTokenLogTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Detection Unissued = Detection("unissued");

    internal static Detection Detection(string id, DetectionRows yields = DetectionRows.Tokens) =>
        new(id, id, Severity.High, null, yields, DetectionResponse.Report, IsLive: true, DetectionQueries.Kql(id), "");

    internal static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> rows)
    {
        var all = new List<T>();
        await foreach (var row in rows)
        {
            all.Add(row);
        }

        return all;
    }

    [Fact]
    public async Task A_window_reaches_from_the_watermark_less_the_overlap_to_what_has_settled()
    {
        await using var workspace = await StartAsync();
        var now = workspace.Clock.GetUtcNow();
        workspace.Watermarks.Set(now.AddHours(-2));
        workspace.OnCount = _ => Counts(accesses: 7, bad: 2, earliest: "2026-11-24T05:30:00Z", earliestIssuedAt: "2026-11-24T05:00:00Z");

        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal((7, 2), (batch.Accesses, batch.BadLines));
        Assert.Equal(now.AddMinutes(-15), batch.ArrivedUntil);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 5, 30, 0, TimeSpan.Zero), batch.EarliestEvent);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 5, 0, 0, TimeSpan.Zero), batch.EarliestIssuedAt);
        Assert.Equal(new ArrivalWindow(now.AddHours(-3), now.AddHours(-2), now.AddMinutes(-15)), ArrivalWindow.Parse(batch.Id));

        await AllAsync(workspace.Log().DetectAsync(Unissued, batch, DetectionQueries.Parameters, Cancel));
        var query = workspace.Queries.Last();
        Assert.Contains("ArrivedAt < datetime(2026-11-24T07:45:00.0000000Z)", query);
        Assert.Contains(
            "InBatch = ArrivedAt >= datetime(2026-11-24T05:00:00.0000000Z) and OccurredAt >= datetime(2026-11-24T05:30:00.0000000Z)",
            query
        );
        // The earliest access, less MaxTokenLifetime and ClockSkew.
        Assert.Equal(["OccurredAt >= datetime(2026-11-24T04:25:00.0000000Z)"], Issuances(query));
        Assert.DoesNotContain("OutlivedToken", query);
    }

    [Fact]
    public async Task A_forged_iat_does_not_make_the_join_read_everything()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-2));
        workspace.OnCount = _ => Counts(accesses: 1, earliest: "2026-11-24T05:30:00Z", earliestIssuedAt: "1970-01-01T00:00:00Z");

        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal(
            (new(2026, 11, 24, 5, 30, 0, TimeSpan.Zero), batch.ArrivedUntil.AddDays(-7)),
            (batch.EarliestEvent, batch.EarliestIssuedAt)
        );
        await AllAsync(workspace.Log().DetectAsync(Unissued, batch, DetectionQueries.Parameters, Cancel));
        // Joined from the earliest access on; further back, to the bound, the rows of that token alone.
        Assert.Equal(
            [
                "OccurredAt >= datetime(2026-11-24T04:25:00.0000000Z)",
                "OccurredAt >= datetime(2026-11-17T06:40:00.0000000Z) and OccurredAt < datetime(2026-11-24T04:25:00.0000000Z)",
            ],
            Issuances(workspace.Queries.Last())
        );
        Assert.Contains("| join kind=leftsemi (OutlivedToken) on Jti", workspace.Queries.Last());

        // Single lines from further back would be the edges of holes that are none.
        await AllAsync(
            workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
        );
        // The line before a hole is older than the tokens that it hides; every access in sight has its issuance in sight.
        Assert.Equal(["OccurredAt >= datetime(2026-11-24T03:20:00.0000000Z)"], Issuances(workspace.Queries.Last()));
        Assert.Contains(
            "ArrivedAt < datetime(2026-11-24T07:45:00.0000000Z) and OccurredAt >= datetime(2026-11-24T04:25:00.0000000Z)\n",
            workspace.Queries.Last()
        );
    }

    /// <summary>The spans of time from which a query reads issuances, by the events' own time.</summary>
    internal static IEnumerable<string> Issuances(string query) =>
        query
            .Split("(TokenIssuance\n")[1..]
            .Select(part =>
                part.Split('\n').First(line => line.Contains("| where OccurredAt", StringComparison.Ordinal)).Split("| where ")[1]
            );

    [Fact]
    public async Task The_first_sweep_begins_where_issuances_do_and_does_not_let_the_beginning_slip_by()
    {
        await using var workspace = await StartAsync();
        var now = workspace.Clock.GetUtcNow();
        workspace.OnFirst = _ => OneRow(["First:datetime"], "2026-11-22T08:00:00.5Z");

        var first = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);
        workspace.Clock.Advance(TimeSpan.FromHours(5));
        var again = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);

        Assert.Equal(now.AddDays(-2), first.Since);
        Assert.Equal(now.AddDays(-2).AddHours(6), first.Until);
        Assert.Equal(first.Since, again.Since);

        // It was begun and not completed: perhaps it did not fit.
        Assert.Equal(now.AddDays(-2).AddHours(3), again.Until);
    }

    [Fact]
    public async Task The_first_sweep_does_not_begin_before_it_may()
    {
        await using var workspace = await StartAsync();

        var first = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);

        Assert.Equal(workspace.Clock.GetUtcNow().AddDays(-7), first.Since);
    }

    [Fact]
    public async Task A_long_outage_is_caught_up_in_bounded_windows_that_leave_nothing_out()
    {
        await using var workspace = await StartAsync();
        var start = workspace.Clock.GetUtcNow().AddHours(-20);
        workspace.Watermarks.Set(start);
        var windows = new List<ArrivalWindow>();

        while (await workspace.Log().NextAsync(Cancel) is { } batch)
        {
            windows.Add(ArrivalWindow.Parse(batch.Id));
            await workspace.Log().CompleteAsync(batch, Cancel);
        }

        Assert.Equal(4, windows.Count);
        Assert.Equal([start, .. windows.SkipLast(1).Select(w => w.Until)], windows.Select(w => w.Since));
        Assert.All(windows, w => Assert.True(w.Until - w.Since <= TimeSpan.FromHours(6) && w.Since - w.From == TimeSpan.FromHours(1)));
        Assert.Equal(workspace.Clock.GetUtcNow().AddMinutes(-15), windows[^1].Until);
    }

    [Fact]
    public async Task Killed_between_finding_and_completing_the_same_arrivals_come_again()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        workspace.OnDetect = _ => Tokens(Row("j-1"), Row("j-2"));
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        var found = await AllAsync(workspace.Log().DetectAsync(Unissued, batch, DetectionQueries.Parameters, Cancel));

        // Here it dies, and a new process begins.
        var again = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal(batch.Id, again.Id);
        Assert.Equal(found, await AllAsync(workspace.Log().DetectAsync(Unissued, again, DetectionQueries.Parameters, Cancel)));
        await workspace.Log().CompleteAsync(again, Cancel);
        Assert.Null(await workspace.Log().NextAsync(Cancel));
    }

    [Fact]
    public async Task The_next_window_shows_the_overlap_again()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        var first = (await workspace.Log().NextAsync(Cancel))!;
        await workspace.Log().CompleteAsync(first, Cancel);
        workspace.Clock.Advance(TimeSpan.FromMinutes(5));

        var second = ArrivalWindow.Parse((await workspace.Log().NextAsync(Cancel))!.Id);

        Assert.Equal(first.ArrivedUntil, second.Since);
        Assert.Equal(first.ArrivedUntil.AddHours(-1), second.From);
        // Bad lines are counted from where the last window ended, not in the overlap again.
        Assert.Contains("ArrivedAt >= datetime(2026-11-24T07:45:00.0000000Z)", workspace.Queries.Last());
    }

    [Fact]
    public async Task The_watermark_only_rises_whoever_completes_last()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-2));
        var early = (await workspace.Log().NextAsync(Cancel))!;
        workspace.Clock.Advance(TimeSpan.FromHours(1));
        var late = (await workspace.Log().NextAsync(Cancel))!;

        // The other instance gets in between our reading and our writing.
        workspace.Watermarks.Between = () => workspace.Watermarks.Set(late.ArrivedUntil);
        await workspace.Log().CompleteAsync(early, Cancel);
        Assert.Equal(late.ArrivedUntil, workspace.Watermarks.Stored!.Value.ArrivedUntil);

        var writes = workspace.Watermarks.Writes;
        await workspace.Log().CompleteAsync(early, Cancel);
        await workspace.Log().CompleteAsync(late, Cancel);
        Assert.Equal(writes, workspace.Watermarks.Writes);
    }

    [Fact]
    public async Task Only_a_whole_result_counts_and_nothing_else_moves_the_watermark()
    {
        await using var workspace = await StartAsync();
        var start = workspace.Clock.GetUtcNow().AddHours(-1);
        workspace.Watermarks.Set(start);
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        Reply[] wrong = [Partial(), new(200), new(200, "nonsense"), Reply.Error(504, "GatewayTimeout"), Reply.Error(500, "X")];

        foreach (var reply in wrong)
        {
            workspace.OnDetect = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(() =>
                AllAsync(workspace.Log().DetectAsync(Unissued, batch, DetectionQueries.Parameters, Cancel))
            );
            workspace.OnCount = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(() => workspace.Log().NextAsync(Cancel));
        }

        // A count that is cut, or has no row, is no count.
        foreach (var reply in (Reply[])[Cut(), new(204)])
        {
            workspace.OnCount = _ => reply;
            await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().NextAsync(Cancel));
        }

        Assert.Equal(start, workspace.Watermarks.Stored!.Value.ArrivedUntil);
    }
}
