using Rekey.Azure.LogAnalytics.Client;
using Rekey.Core;
using Rekey.Detections;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;
using static Rekey.Azure.Tests.LogAnalytics.Workspace;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Rows of a detection as sightings and gaps.</summary>
public sealed class ResultRowsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_of_an_unknown_verdict_or_without_its_times_is_no_row()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        var batch = (await workspace.Log().NextAsync(Cancel))!;

        foreach (var (column, value) in new (int, object?)[] { (0, "guilty"), (12, null), (12, "yesterday"), (14, "two"), (10, "yes") })
        {
            var row = Row("j-1");
            row[column] = value;
            workspace.OnDetect = _ => Tokens(row);
            var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
                AllAsync(workspace.Log().DetectAsync(Detection("unissued"), batch, DetectionQueries.Parameters, Cancel))
            );
            Assert.Equal(LogsReasons.ReplyUnexpected, refused.Reason);
        }
    }

    [Fact]
    public async Task Gaps_are_read_as_gaps()
    {
        await using var workspace = await StartAsync();
        workspace.Watermarks.Set(workspace.Clock.GetUtcNow().AddHours(-1));
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        workspace.OnDetect = _ =>
            Table(
                ["Iss:string", "IssuerInstance:string", "From:datetime", "To:datetime", "Missing:long"],
                ["https://login.example", "pod-1", "2026-11-24T07:00:00Z", "2026-11-24T07:05:00Z", 41],
                ["https://login.example", "", "2026-11-24T07:00:00Z", null, null]
            );

        var gaps = await AllAsync(
            workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
        );

        var from = new DateTimeOffset(2026, 11, 24, 7, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [new("https://login.example", "pod-1", from, from.AddMinutes(5), 41), new("https://login.example", "", from, null, null)],
            gaps
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            AllAsync(workspace.Log().DetectAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel))
        );
    }
}
