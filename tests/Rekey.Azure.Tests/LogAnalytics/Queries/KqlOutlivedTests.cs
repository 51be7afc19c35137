using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.Tests.Support;
using static Rekey.Azure.Tests.LogAnalytics.LogAnalyticsTokenLogTests;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>
/// Whoever forges a token writes any <c>iat</c>: it widens no join, and the verdicts are the truth. Every query is run as it is sent,
/// prelude and all, by the evaluator of the tests.
/// </summary>
[Collection(nameof(KqlParser))]
public sealed class KqlOutlivedTests(KqlParser parser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();
    private static readonly DateTimeOffset At = Now.AddMinutes(-40);
    private static readonly SweepParameters Usual = DetectionQueries.Parameters;

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");

    private static JsonObject Issued(string jti, DateTimeOffset at, string sub = "sub-1") =>
        new()
        {
            ["TimeGenerated"] = Text(at),
            ["Iss"] = "i",
            ["Jti"] = jti,
            ["Sub"] = sub,
            ["IssuedAt"] = Text(at),
            ["ArrivedAt"] = Text(at.AddMinutes(2)),
        };

    private static JsonObject Accepted(string jti, DateTimeOffset? iat, DateTimeOffset at, string address = "192.0.2.1") =>
        new()
        {
            ["TimeGenerated"] = Text(at),
            ["Iss"] = "i",
            ["Jti"] = jti,
            ["Sub"] = "sub-1",
            ["IssuedAt"] = iat is { } time ? Text(time) : null,
            ["SrcIpAddr"] = address,
            ["ArrivedAt"] = Text(at.AddMinutes(2)),
        };

    private async Task<Workspace> StartAsync(IReadOnlyList<JsonObject> issued, IReadOnlyList<JsonObject> accepted)
    {
        var workspace = await Workspace.StartAsync();
        workspace.Watermarks.Set(Now.AddHours(-1));
        workspace.OnCount = workspace.OnDetect = query =>
        {
            var answer = Assert.Single(parser.AnswerAsync([query], issued, accepted).GetAwaiter().GetResult());
            return new(
                200,
                JsonSerializer.Serialize(
                    new
                    {
                        tables = new[]
                        {
                            new
                            {
                                name = "PrimaryResult",
                                columns = answer.Columns,
                                rows = answer.Rows,
                            },
                        },
                    }
                )
            );
        };
        return workspace;
    }

    private static async Task<List<string>> JtisAsync(Workspace workspace, string detection, SweepBatch batch) =>
        [
            .. (await AllAsync(workspace.Log().DetectAsync(Detection(detection), batch, Usual, Cancel)))
                .Select(s => s.Token.Jti!)
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public async Task An_expired_token_that_a_gateway_takes_is_looked_up_and_not_unissued()
    {
        await using var workspace = await StartAsync(
            [Issued("old", At.AddDays(-3)), Issued("changed", At.AddDays(-3), sub: "sub-2"), Issued("good", At.AddMinutes(-5))],
            [
                Accepted("old", At.AddDays(-3), At),
                Accepted("changed", At.AddDays(-3), At),
                Accepted("forged", At.AddDays(-3), At),
                Accepted("good", At.AddMinutes(-5), At),
                .. Enumerable.Range(1, 9).Select(i => Accepted("old", At.AddDays(-3), At.AddHours(-5), $"198.51.{i}.1")),
            ]
        );
        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal(At, batch.EarliestEvent);
        Assert.Equal(["forged"], await JtisAsync(workspace, "unissued", batch));
        Assert.Equal(["changed"], await JtisAsync(workspace, "altered", batch));
        // Over its whole life, which began before the joins do.
        Assert.Equal(10, (await JtisAsync(workspace, "shared", batch)).Count(jti => jti == "old"));

        Sighting[] seen =
        [
            .. ((string[])["old", "changed", "forged"]).Select(jti => new Sighting(
                Verdict.Unissued,
                new("i", jti, null, "sub-1", null, At.AddDays(-3), null, null, null, null),
                "192.0.2.1",
                At,
                At,
                1
            )),
        ];
        Assert.Equal(
            ["forged"],
            (await AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), seen, Usual, Cancel))).Select(s => s.Token.Jti)
        );
        Assert.Equal(
            ["changed"],
            (await AllAsync(workspace.Log().DetectAgainAsync(Detection("altered"), seen, Usual, Cancel))).Select(s => s.Token.Jti)
        );
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Judged_again_hexadecimal_digits_are_alike_in_either_case(bool isSeenLarge, bool isIssuedLarge)
    {
        var hash = StableId.HexOf("input", "1");
        var issued = Issued("good", At.AddMinutes(-5));
        issued["SigningInputSha256"] = isIssuedLarge ? hash.ToUpperInvariant() : hash;
        await using var workspace = await StartAsync([issued], []);
        Sighting Seen(string jti) =>
            new(
                Verdict.Unissued,
                new("i", jti, null, "sub-1", null, At.AddMinutes(-5), null, isSeenLarge ? hash.ToUpperInvariant() : hash, null, null),
                "192.0.2.1",
                At,
                At,
                1
            );

        Assert.Empty(await AllAsync(workspace.Log().DetectAgainAsync(Detection("altered"), [Seen("good")], Usual, Cancel)));
        Assert.Equal(
            [Seen("forged")],
            await AllAsync(workspace.Log().DetectAgainAsync(Detection("unissued"), [Seen("good"), Seen("forged")], Usual, Cancel))
        );
        Assert.Equal(hash, Seen("forged").Token.SigningInputSha256);
    }

    [Fact]
    public Task Whatever_iat_says_the_joins_reach_as_far_and_the_verdicts_are_true() =>
        Gen.Select(Gen.Int[0, 10], Gen.Int[-1, 1], Gen.Bool)
            .List[1, 8]
            .SampleAsync(
                async tokens =>
                {
                    DateTimeOffset?[] limits =
                    [
                        DateTimeOffset.UnixEpoch,
                        new(1, 1, 2, 0, 0, 0, TimeSpan.Zero),
                        new(9999, 12, 31, 23, 0, 0, TimeSpan.Zero),
                        null,
                        At,
                        At - Usual.MaxTokenLifetime,
                        At - Usual.MaxTokenLifetime - Usual.ClockSkew,
                        Now.AddMinutes(-15).AddDays(-7),
                        At.AddDays(-2),
                        At.AddDays(-6),
                        At.AddHours(5),
                    ];
                    var truth = tokens
                        .Select((t, i) => (Jti: $"t{i}", Iat: limits[t.Item1]?.AddSeconds(t.Item2), IsIssued: t.Item3))
                        .ToList();
                    await using var workspace = await StartAsync(
                        [
                            Issued("good", At.AddMinutes(-1)),
                            .. truth
                                .Where(t => t.IsIssued)
                                .Select(t =>
                                    Issued(t.Jti, t.Iat is { } iat && iat <= At && iat > Now.AddDays(-8) ? iat : At.AddMinutes(-1))
                                ),
                        ],
                        [Accepted("good", At.AddMinutes(-1), At), .. truth.Select(t => Accepted(t.Jti, t.Iat, At))]
                    );

                    var batch = (await workspace.Log().NextAsync(Cancel))!;

                    Assert.Equal(At, batch.EarliestEvent);
                    Assert.Equal(At - Usual.MaxTokenLifetime - Usual.ClockSkew, LookBack.Of(batch, Usual).From);
                    Assert.False(
                        LookBack.Of(batch, Usual).OutlivedFrom
                            < batch.ArrivedUntil - workspace.Options.MaxLookBack - Usual.MaxTokenLifetime - Usual.ClockSkew
                    );
                    Assert.Equal(
                        truth.Where(t => !t.IsIssued).Select(t => t.Jti).Order(StringComparer.Ordinal),
                        await JtisAsync(workspace, "unissued", batch)
                    );
                },
                iter: Runs.Of(8),
                threads: 1
            );

    [Fact]
    public async Task Shares_of_the_tokens_are_all_of_them_with_what_is_looked_up()
    {
        JsonObject[] issued = [.. Enumerable.Range(0, 40).Select(i => Issued($"old-{i}", At.AddDays(-3)))];
        JsonObject[] accepted =
        [
            .. Enumerable.Range(0, 80).Select(i => Accepted($"old-{i}", At.AddDays(-3), At)),
            .. Enumerable.Range(0, 40).Select(i => Accepted($"new-{i}", At, At)),
        ];
        await using var workspace = await StartAsync(issued, accepted);
        var answer = workspace.OnDetect;
        workspace.OnDetect = query => Share.Of(query).Tokens == 1 ? Workspace.Cut() : answer(query);

        var batch = (await workspace.Log().NextAsync(Cancel))!;

        Assert.Equal(
            Enumerable
                .Range(40, 40)
                .Select(i => $"old-{i}")
                .Concat(Enumerable.Range(0, 40).Select(i => $"new-{i}"))
                .Order(StringComparer.Ordinal),
            await JtisAsync(workspace, "unissued", batch)
        );
    }
}
