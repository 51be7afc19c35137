using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Azure.Tests.Support;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.Tests.Support;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Rows that arrive late. Log Analytics replaces <c>TimeGenerated</c> of what is more than two days late by the time of
/// receipt.</summary>
[Collection(nameof(KqlParser))]
public sealed class LateRowTests(KqlParser parser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();
    private static readonly DateTimeOffset Received = Now.AddMinutes(-40);
    private static readonly DateTimeOffset Arrived = Received.AddMinutes(3);

    // Every verdict that a row may get.
    private static readonly string[] OfTokens = ["altered", "out-of-window", "retired-key", "shared", "unidentified", "unissued"];

    [Fact]
    public Task An_honest_token_has_no_verdict_however_late_its_line_arrives_and_a_wrong_one_has_where_its_time_is_known() =>
        Gen.Select(Gen.Int[0, 6 * 24 * 4], Gen.Bool, Gen.Bool, Gen.Int[0, 2])
            .SampleAsync(
                async (quarters, hasEventTime, hasIat, wrong) =>
                {
                    var late = TimeSpan.FromMinutes(15 * quarters);
                    var used = Received - late;
                    // Issued half an hour before its use. Its key retired a minute after that; or it had expired, or its key had retired.
                    var iat = used.AddMinutes(-30);
                    var exp = wrong == 1 ? used.AddMinutes(-10) : used.AddMinutes(30);
                    var retired = wrong == 2 ? used.AddMinutes(-20) : used.AddMinutes(1);
                    var parameters = DetectionQueries.Parameters with
                    {
                        VerifierCacheTime = TimeSpan.FromMinutes(5),
                        Windows = [new KidWindow("i", "k", used.AddDays(-30), null, retired)],
                    };
                    await using var workspace = await StartAsync(
                        [Row(iat, iat.AddMinutes(2), iat, exp, hasEventTime)],
                        [Row(used, Arrived, hasIat ? iat : null, exp, hasEventTime)]
                    );

                    var found = await VerdictsAsync(workspace, parameters);

                    var isReplaced = late > TimeSpan.FromDays(2);
                    var isKnown =
                        hasEventTime || (!isReplaced && Arrived - used > TimeSpan.FromHours(1)) || (hasIat && iat > Arrived.AddDays(-2));
                    Assert.Equal(
                        isKnown && wrong > 0
                            ? [(wrong == 1 ? "out-of-window" : "retired-key", hasEventTime || !isReplaced ? used : Received)]
                            : Array.Empty<(string, DateTimeOffset)>(),
                        found
                    );
                },
                iter: Runs.Of(20),
                threads: 1
            );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_accepted_in_time_and_delivered_three_days_late_has_no_verdict(bool hasEventTime)
    {
        var used = Received.AddDays(-3);
        var parameters = DetectionQueries.Parameters with { Windows = [new("i", "k", used.AddDays(-90), null, used.AddHours(2))] };
        await using var workspace = await StartAsync(
            [Row(used.AddMinutes(-10), used, used.AddMinutes(-10), used.AddMinutes(50), hasEventTime)],
            [Row(used, Arrived, used.AddMinutes(-10), used.AddMinutes(50), hasEventTime)]
        );

        Assert.Empty(await VerdictsAsync(workspace, parameters));
    }

    /// <summary>The forged token is unissued whenever it was used, and its time is the one that its line has.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_forged_token_is_unissued_whenever_it_was_used(bool hasEventTime, bool hasIat)
    {
        var used = Received.AddDays(-3);
        await using var workspace = await StartAsync(
            [Row(used, used, used, null, hasEventTime, "other")],
            [Row(used, Arrived, hasIat ? used : null, null, hasEventTime)]
        );

        Assert.Equal([("unissued", hasEventTime ? used : Received)], await VerdictsAsync(workspace, DetectionQueries.Parameters));
    }

    /// <summary>Without the event's own time a row is never older than two days.</summary>
    [Fact]
    public async Task An_event_older_than_the_look_back_counts_as_bad()
    {
        await using var workspace = await StartAsync(
            [Row(Now.AddHours(-2), Now.AddHours(-2), null, null, hasEventTime: true)],
            [
                Row(Received.AddDays(-8), Arrived, null, null, hasEventTime: true),
                Row(Received.AddDays(-6), Arrived, null, null, hasEventTime: true),
            ]
        );

        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal((1, 1), (batch.Accesses, batch.BadLines));
        Assert.Equal(Received.AddDays(-6), batch.EarliestEvent);
    }

    [Fact]
    public async Task Late_lines_of_an_issuer_close_the_gap_of_their_own_time()
    {
        var at = Received.AddDays(-3);
        JsonObject Numbered(int minutes, long number, DateTimeOffset arrived)
        {
            var row = Row(at.AddMinutes(minutes), arrived, null, null, hasEventTime: true, $"j{number}");
            row["Sequence"] = number;
            return row;
        }

        await using var workspace = await StartAsync(
            [Numbered(0, 1, at), Numbered(10, 2, Arrived), Numbered(20, 3, at.AddMinutes(21))],
            [Row(at.AddMinutes(30), Arrived, null, null, hasEventTime: true)]
        );
        var batch = (await workspace.Log().NextAsync(Cancel))!;

        var gaps = await AllAsync(
            workspace.Log().FindGapsAsync(Detection("issuance-gap", DetectionRows.Gaps), batch, DetectionQueries.Parameters, Cancel)
        );

        // The last line's silence, and no hole. By the time of receipt the second line would be behind the third.
        Assert.Equal((at.AddMinutes(20), null), (Assert.Single(gaps).From, gaps[0].To));
    }

    private static async Task<(string, DateTimeOffset)[]> VerdictsAsync(Workspace workspace, SweepParameters parameters)
    {
        var batch = (await workspace.Log().NextAsync(Cancel))!;
        Assert.Equal((1, 0), (batch.Accesses, batch.BadLines));
        var found = new List<(string, DateTimeOffset)>();
        foreach (var detection in OfTokens)
        {
            found.AddRange(
                (await AllAsync(workspace.Log().DetectAsync(Detection(detection), batch, parameters, Cancel))).Select(s =>
                    (s.Verdict.Code(), s.FirstSeen)
                )
            );
        }

        return [.. found];
    }

    private async Task<Workspace> StartAsync(IReadOnlyList<JsonObject> issued, IReadOnlyList<JsonObject> accepted)
    {
        var workspace = await Workspace.StartAsync();
        workspace.Watermarks.Set(Now.AddHours(-1));
        workspace.OnCount = workspace.OnDetect = query =>
        {
            // As the service does: rows beyond the span of the request are not read.
            var span = workspace.TimeSpans.Last().Split('/');
            bool IsRead(JsonObject row) =>
                string.CompareOrdinal((string?)row["TimeGenerated"], span[0]) >= 0
                && string.CompareOrdinal((string?)row["TimeGenerated"], span[1]) < 0;
            var answer = Assert.Single(parser.AnswerAsync([query], issued.Where(IsRead), accepted.Where(IsRead)).GetAwaiter().GetResult());
            var table = new
            {
                name = "PrimaryResult",
                columns = answer.Columns,
                rows = answer.Rows,
            };
            return new(200, JsonSerializer.Serialize(new { tables = new[] { table } }));
        };
        return workspace;
    }

    /// <summary>A row as Log Analytics stores it.</summary>
    private static JsonObject Row(
        DateTimeOffset at,
        DateTimeOffset arrived,
        DateTimeOffset? iat,
        DateTimeOffset? exp,
        bool hasEventTime,
        string jti = "j"
    )
    {
        var received = arrived == Arrived ? Received : arrived;
        return new()
        {
            ["TimeGenerated"] = Text(received - at > TimeSpan.FromDays(2) ? received : at),
            ["EventTime"] = hasEventTime ? Text(at) : null,
            ["Iss"] = "i",
            ["Jti"] = jti,
            ["Kid"] = "k",
            ["IssuedAt"] = iat is { } issued ? Text(issued) : null,
            ["ExpiresAt"] = exp is { } expires ? Text(expires) : null,
            ["ArrivedAt"] = Text(arrived),
        };
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");
}
