using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Azure.Tests.LogAnalytics.Queries;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Detections.Issuances;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>When an issuer last issued, by the workspace: one small query, as it is sent.</summary>
[Collection(nameof(KqlParser))]
public sealed class LastIssuancesTests(KqlParser parser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    [Fact]
    public async Task It_is_one_query_and_one_row()
    {
        await using var workspace = await StartAsync(
            Line(-50, "old"),
            Line(-30, "old"),
            Line(-20, null),
            Line(-10, "unknown"),
            Line(-5, "old", iss: "other")
        );
        Assert.Equal(new(At(-30), At(-20), At(-10)), await AskAsync("i", -45, "new", "old"));
        Assert.Equal(new(null, At(-20), At(-10)), await AskAsync("i", -45, "new"));
        Assert.Equal(new(null, null, At(-10)), await AskAsync("i", -19, "old"));
        Assert.Equal(new(null, null, null), await AskAsync("nobody", -45, "old"));
        Assert.Equal(4, workspace.Queries.Count);

        Task<LastIssuances> AskAsync(string iss, int since, params string[] kids) =>
            workspace.Log().LastIssuancesAsync(iss, kids, At(since), Cancel);
    }

    /// <summary>A clock that is years ahead wrote one line: the issuer is not heard for years because of it.</summary>
    [Fact]
    public async Task A_line_of_the_far_future_is_a_use_and_no_sign_that_the_issuer_logs()
    {
        const int Year = 365 * 24 * 60;
        await using var workspace = await StartAsync(Future(Line(-5, "old"), Year), Future(Line(-4, null), Year), Line(-10, "new"));
        Assert.Equal(new(At(Year), At(Year), At(-10)), await workspace.Log().LastIssuancesAsync("i", ["old"], At(-45), Cancel));
        Assert.Equal(new(At(Year), At(Year), null), await workspace.Log().LastIssuancesAsync("i", ["old"], At(-9), Cancel));

        static JsonObject Future(JsonObject line, int minutes)
        {
            line["EventTime"] = Text(minutes);
            return line;
        }
    }

    [Fact]
    public async Task It_binds_and_is_made_of_plain_exact_operators_only()
    {
        var prelude = KqlPrelude.OfIssuer("""i"; GatewayAccess | take 1 //""", ["""k"]; x""", "old"], Now, Now);
        var reading = await parser.ReadAsync(prelude + IssuanceQuery.Kql);
        Assert.Empty(reading.Diagnostics);
        Assert.Equal(["OfKids:datetime", "WithoutKid:datetime", "OfIssuer:datetime"], reading.Columns);
        Assert.Empty(KqlAllowList.Refused(reading, prelude.Length));
        Assert.Empty((await parser.ReadAsync(KqlPrelude.OfIssuer("i", [], Now, Now) + IssuanceQuery.Kql)).Diagnostics);
    }

    [Fact]
    public async Task A_part_of_an_answer_is_none()
    {
        await using var workspace = await StartAsync();
        foreach (var reply in (Reply[])[Workspace.Partial(), Reply.Error(503, "X"), Reply.Drop])
        {
            workspace.OnDetect = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(() => workspace.Log().LastIssuancesAsync("i", ["old"], Now, Cancel));
        }

        workspace.OnDetect = _ => Workspace.Table(["OfKids:datetime"]);
        await Assert.ThrowsAsync<CannotContinueException>(() => workspace.Log().LastIssuancesAsync("i", ["old"], Now, Cancel));
    }

    [Fact]
    public async Task How_far_sweeps_are_is_their_watermark()
    {
        await using var workspace = await StartAsync();
        Assert.Null(await workspace.Log().JudgedUntilAsync(Cancel));
        workspace.Watermarks.Set(Now.AddHours(-1));
        Assert.Equal(Now.AddHours(-1), await workspace.Log().JudgedUntilAsync(Cancel));
    }

    private async Task<Workspace> StartAsync(params JsonObject[] issued)
    {
        var workspace = await Workspace.StartAsync();
        workspace.OnDetect = query =>
        {
            var answer = Assert.Single(parser.AnswerAsync([query], issued, []).GetAwaiter().GetResult());
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

    private static JsonObject Line(int minutes, string? kid, string iss = "i") =>
        new()
        {
            ["TimeGenerated"] = Text(minutes),
            ["Iss"] = iss,
            ["Jti"] = $"j{minutes}",
            ["Kid"] = kid,
            ["ArrivedAt"] = Text(minutes + 2),
        };

    private static DateTimeOffset At(int minutes) => Now.AddMinutes(minutes);

    private static string Text(int minutes) => At(minutes).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");
}
