using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Tests.Detections;
using Rekey.Tests.Support;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>
/// On any world the KQL yields the rows that the SQL yields, to the last one. It is the whole query as Log Analytics gets it, prelude and
/// all; the evaluator of the tests runs it over the tree of Microsoft's parser, for no engine of Kusto's can be had here.
/// </summary>
[Collection(nameof(KqlParser))]
public sealed class KqlAgreesPropertyTests(KqlParser parser)
{
    [Fact]
    public Task Both_queries_of_a_detection_yield_the_same_rows_on_any_world() =>
        // The prelude of KQL decides itself which times are known.
        TokenWorldGen
            .World.Select(w => w with { Accessed = [.. w.Accessed.Select(a => a with { IsTimeKnown = null })] })
            .SampleAsync(AgreeAsync, iter: Runs.Of(5), threads: 1);

    /// <summary>One engine counts in microseconds and the other in a tenth of that.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    public async Task Silence_is_measured_in_microseconds(int ticks, int silent)
    {
        Issue Line(int minutes) =>
            new(
                TokenWorldGen.Start.AddMinutes(minutes),
                "https://a.example/",
                $"j{minutes}",
                null,
                null,
                null,
                null,
                null,
                null,
                "pod",
                null
            );
        var parameters = CaseEngine.Usual with { MinSilence = TimeSpan.FromMinutes(30) };
        var world = new TokenWorld([Line(0), Line(10)], [], parameters, TokenWorldGen.Start.AddMinutes(40).AddTicks(ticks));

        await AgreeAsync(world);
        Assert.Equal(silent, Oracle.Gaps(world).Count());
    }

    private async Task AgreeAsync(TokenWorld world)
    {
        var detections = DetectionCatalog.Load();
        var ofSql = CaseEngine.Run(
            world.Issued.Select(i => i.ToJson()),
            world.Accessed.Select(a => a.ToJson()),
            world.Parameters,
            world.ArrivedUntil,
            database =>
                detections
                    .Select(d =>
                        d.Yields is DetectionRows.Tokens
                            ? DetectionQuery
                                .Sightings(database, d, CancellationToken.None)
                                .Select(DetectionCase.RowOf)
                                .Order(StringComparer.Ordinal)
                                .ToList()
                            :
                            [
                                .. DetectionQuery
                                    .Gaps(database, d, CancellationToken.None)
                                    .Select(DetectionCase.RowOf)
                                    .Order(StringComparer.Ordinal),
                            ]
                    )
                    .ToList()
        );

        // What is in the batch arrived in its window, and what is not arrived before.
        var (start, now, until) = (TokenWorldGen.Start, TokenWorldGen.Start.AddDays(1), TokenWorldGen.Start.AddDays(2));
        var prelude = KqlPrelude.OfBatch(
            new(now, now, until),
            start,
            new(start.AddDays(-1), null),
            world.ArrivedUntil,
            world.Parameters,
            KqlPartition.Whole
        );
        var answers = await parser.AnswerAsync(
            detections.Select(d => prelude + d.Kql),
            world.Issued.Select(i => Arrived(i.ToJson(), start)),
            world.Accessed.Select(a => Arrived(a.ToJson(), a.InBatch ? now : start))
        );

        foreach (var (detection, sql, kql) in detections.Zip(ofSql, answers))
        {
            var rows = kql.Rows.Select(r => Row(kql.Columns, r)).Order(StringComparer.Ordinal).ToList();
            Assert.True(
                sql.SequenceEqual(rows),
                $"{detection.Id}, in SQL alone: {string.Join('\n', sql.Except(rows))}\nin KQL alone: {string.Join('\n', rows.Except(sql))}"
            );
        }
    }

    /// <summary>Every detection that is judged again: <c>unissued</c> and <c>altered</c> that an issuance takes back or changes,
    /// <c>retired-key</c> that it makes <c>verifier-lag</c>.</summary>
    [Fact]
    public Task Judged_again_both_queries_yield_what_the_definitions_say() =>
        TokenWorldGen.World.SampleAsync(
            async world =>
            {
                // What was said when only every other issuance was there.
                var detections = DetectionCatalog.Load().Where(d => d.Verdicts.Any(v => v.IsProvisional())).ToList();
                var early = Oracle
                    .Sightings(world with { Issued = [.. world.Issued.Where((_, i) => i % 2 == 0)] })
                    .Where(s => s.Verdict.IsProvisional())
                    .ToList();
                var asked = detections
                    .Select(d =>
                        early.Where(s => d.Verdicts.Any(v => v == s.Verdict || s.Verdict.MayBecome(v) || v.MayBecome(s.Verdict))).ToList()
                    )
                    .ToList();
                var truth = detections
                    .Zip(asked, (d, seen) =>
                        Oracle
                            .Again(world, seen)
                            .Where(s => d.Verdicts.Contains(s.Verdict))
                            .Select(DetectionCase.RowOf)
                            .Order(StringComparer.Ordinal)
                            .ToList()
                    )
                    .ToList();

                var start = TokenWorldGen.Start;
                var answers = await parser.AnswerAsync(
                    detections.Zip(asked, (d, seen) =>
                        KqlPrelude.OfSightings(
                            seen.Select(KqlPrelude.RowsOf),
                            new(start.AddDays(-1), null),
                            world.ArrivedUntil,
                            world.Parameters,
                            KqlPartition.Whole
                        ) + d.Kql
                    ),
                    world.Issued.Select(i => Arrived(i.ToJson(), start)),
                    []
                );
                foreach (var (n, detection) in detections.Index())
                {
                    var sql = CaseEngine.Run(
                        world.Issued.Select(i => i.ToJson()),
                        Oracle.Ends(asked[n]).Select(a => a.ToJson()),
                        world.Parameters,
                        world.ArrivedUntil,
                        database =>
                            DetectionQuery
                                .Sightings(database, detection, CancellationToken.None)
                                .Select(DetectionCase.RowOf)
                                .Order(StringComparer.Ordinal)
                                .ToList()
                    );
                    Assert.Equal((detection.Id, "sql", string.Join('\n', truth[n])), (detection.Id, "sql", string.Join('\n', sql)));
                    Assert.Equal(
                        (detection.Id, "kql", string.Join('\n', truth[n])),
                        (
                            detection.Id,
                            "kql",
                            string.Join('\n', answers[n].Rows.Select(r => Row(answers[n].Columns, r)).Order(StringComparer.Ordinal))
                        )
                    );
                }
            },
            iter: Runs.Of(4),
            threads: 1
        );

    /// <summary>The question when an issuer last issued is no detection, and is asked alike.</summary>
    [Fact]
    public Task Both_queries_say_when_an_issuer_last_issued() =>
        TokenWorldGen.World.SampleAsync(
            async world =>
            {
                // A workspace reads what may have arrived by now: a day and an hour ahead.
                var (since, until) = (TokenWorldGen.Start.AddMinutes(30), TokenWorldGen.Start.AddMinutes(60));
                var now = until.AddHours(-25);
                (string Iss, string[] Kids)[] questions =
                [
                    ("https://a.example/", ["k1"]),
                    ("https://a.example/", ["k1", "k2"]),
                    ("https://b.example/", ["k2", "K1"]),
                    ("https://b.example/", []),
                    ("https://c.example/", ["k1"]),
                ];
                var truth = questions
                    .Select(q => Expected([.. world.Issued.Where(i => i.Iss == q.Iss && i.TimeGenerated >= since)], q.Kids, until))
                    .ToList();

                var ofSql = CaseEngine.Run(world.Issued.Select(i => i.ToJson()), [], world.Parameters, world.ArrivedUntil, database =>
                    questions
                        .Select(q =>
                        {
                            Prelude.OfIssuer(
                                database,
                                $"SELECT * FROM issued WHERE TimeGenerated >= {SqlText.Time(since)}",
                                q.Iss,
                                q.Kids,
                                until,
                                CancellationToken.None
                            );
                            return FolderIssuances.Read(database, isWhole: true, CancellationToken.None);
                        })
                        .ToList()
                );
                Assert.Equal(truth, ofSql);

                var answers = await parser.AnswerAsync(
                    questions.Select(q => KqlPrelude.OfIssuer(q.Iss, q.Kids, since, now) + IssuanceQuery.Kql),
                    world.Issued.Select(i => Received(i.ToJson(), since)),
                    []
                );
                Assert.Equal(
                    truth,
                    answers.Select(a =>
                        Assert.Single(a.Rows) is var row ? new LastIssuances(Time(row[0]), Time(row[1]), Time(row[2])) : null
                    )
                );
            },
            iter: Runs.Of(5),
            threads: 1
        );

    /// <summary>So is the question how many tokens are live.</summary>
    [Fact]
    public Task Both_queries_count_the_live_tokens() =>
        TokenWorldGen.World.SampleAsync(
            async world =>
            {
                var (since, at) = (TokenWorldGen.Start.AddMinutes(10), TokenWorldGen.Start.AddMinutes(40));
                (string Iss, string[] Kids)[] questions = [("https://a.example/", ["k1"]), ("https://b.example/", ["k1", "k2"]), ("x", [])];
                var truth = questions
                    .Select(q =>
                    {
                        var live = world
                            .Issued.Where(i => i.Iss == q.Iss && i.TimeGenerated >= since)
                            .Where(i => i.ExpiresAt is not { } end || Seconds(end) > at)
                            .ToList();
                        var asked = live.Where(i => q.Kids.Contains(i.Kid)).ToList();
                        return new LiveIssuances(
                            asked.Select(i => i.Jti).Distinct().Count(),
                            asked.Select(i => i.Sub).Where(c => !string.IsNullOrEmpty(c)).Distinct().Count(),
                            live.Where(i => string.IsNullOrEmpty(i.Kid)).Select(i => i.Jti).Distinct().Count()
                        );
                    })
                    .ToList();

                var ofSql = CaseEngine.Run(world.Issued.Select(i => i.ToJson()), [], world.Parameters, world.ArrivedUntil, database =>
                    questions
                        .Select(q =>
                        {
                            Prelude.OfIssuer(
                                database,
                                $"SELECT * FROM issued WHERE TimeGenerated >= {SqlText.Time(since)}",
                                q.Iss,
                                q.Kids,
                                since.AddDays(1),
                                CancellationToken.None
                            );
                            return FolderIssuances.ReadLive(database, at, isWhole: true, CancellationToken.None);
                        })
                        .ToList()
                );
                Assert.Equal(truth, ofSql);

                var answers = await parser.AnswerAsync(
                    questions.Select(q => KqlPrelude.OfIssuer(q.Iss, q.Kids, since, since) + KqlPrelude.At(at) + LiveQuery.Kql),
                    world.Issued.Select(i => Arrived(i.ToJson(), since)),
                    []
                );
                Assert.Equal(
                    truth,
                    answers.Select(a =>
                    {
                        var counts = a.Rows.ToDictionary(r => r[0].GetString()!, r => r[1].GetInt64());
                        return new LiveIssuances(counts["tokens"], counts["callers"], counts["without-kid"]);
                    })
                );
            },
            iter: Runs.Of(4),
            threads: 1
        );

    [Fact]
    public Task Both_queries_name_the_gateways_of_a_token() =>
        TokenWorldGen.World.SampleAsync(
            async world =>
            {
                var since = TokenWorldGen.Start.AddMinutes(10);
                var accessed = world.Accessed.Select((a, i) => a with { IsTimeKnown = null, Gateway = $"edge-{i % 3}" }).ToList();
                List<AskedToken> questions =
                [
                    .. accessed.Take(4).Select(a => new AskedToken(a.Token.Iss, a.Token.Jti, null)),
                    .. accessed
                        .Take(4)
                        .Select(a => new AskedToken(a.Token.Iss, a.Token.Jti, a.Token.SigningInputSha256?.ToLowerInvariant())),
                    .. accessed.Take(4).Select(a => new AskedToken(null, null, a.Token.SigningInputSha256?.ToLowerInvariant())),
                    new("nobody", "nothing", new('0', 64)),
                ];
                var truth = questions
                    .Select(q =>
                        accessed
                            .Where(a => a.TimeGenerated >= since && Is(q, a.Token))
                            .GroupBy(a => a.Gateway!, StringComparer.Ordinal)
                            .Select(g => new GatewayUse(g.Key, g.Min(a => a.TimeGenerated), g.Max(a => a.TimeGenerated), g.Count()))
                            .OrderByDescending(g => g.Accesses)
                            .ThenBy(g => g.Gateway, StringComparer.Ordinal)
                            .ToList()
                    )
                    .ToList();

                var ofSql = CaseEngine.Run([], accessed.Select(a => a.ToJson()), world.Parameters, world.ArrivedUntil, database =>
                    questions
                        .Select(q =>
                            FolderUses.Read(
                                database,
                                "SELECT * FROM (SELECT * FROM access_now UNION ALL BY NAME SELECT * FROM access_earlier) "
                                    + $"WHERE TimeGenerated >= {SqlText.Time(since)}",
                                q,
                                CancellationToken.None
                            )
                        )
                        .ToList()
                );
                Assert.Equal(truth, ofSql);

                var answers = await parser.AnswerAsync(
                    questions.Select(q => KqlPrelude.OfToken(q, since) + UsesQuery.Kql),
                    [],
                    accessed.Select(a => Arrived(a.ToJson(), since))
                );
                Assert.Equal(
                    truth,
                    answers.Select(a =>
                        a.Rows.Select(r => new GatewayUse(r[0].GetString()!, Time(r[1])!.Value, Time(r[2])!.Value, r[3].GetInt64()))
                            .ToList()
                    )
                );

                static bool Is(AskedToken asked, PresentedToken token) =>
                    !string.IsNullOrEmpty(asked.SigningInputSha256) && !string.IsNullOrEmpty(token.SigningInputSha256)
                        ? token.SigningInputSha256.Equals(asked.SigningInputSha256, StringComparison.OrdinalIgnoreCase)
                        : !string.IsNullOrEmpty(asked.Jti) && (token.Iss ?? "") == (asked.Iss ?? "") && token.Jti == asked.Jti;
            },
            iter: Runs.Of(4),
            threads: 1
        );

    private static DateTimeOffset Seconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static LastIssuances Expected(IReadOnlyList<Issue> lines, string[] kids, DateTimeOffset until) =>
        new(
            lines.Where(i => kids.Contains(i.Kid)).Max(i => (DateTimeOffset?)i.TimeGenerated),
            lines.Where(i => i.Kid is null).Max(i => (DateTimeOffset?)i.TimeGenerated),
            lines.Where(i => i.TimeGenerated < until).Max(i => (DateTimeOffset?)i.TimeGenerated)
        );

    private static DateTimeOffset? Time(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null ? null : DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static JsonObject Arrived(JsonObject row, DateTimeOffset at)
    {
        row.Remove(nameof(Seen.InBatch));
        row["ArrivedAt"] = TokenWorld.Time(at);
        return row;
    }

    /// <summary>As a workspace has a row whose own time is far from that of its receipt.</summary>
    private static JsonObject Received(JsonObject row, DateTimeOffset at)
    {
        row["EventTime"] = row["TimeGenerated"]!.DeepClone();
        row["TimeGenerated"] = TokenWorld.Time(at);
        return Arrived(row, at);
    }

    /// <summary>As both clients read it: an empty text is a missing one, but for an instance, which is the one without a name
    /// then.</summary>
    private static string Row(IReadOnlyList<JsonElement> columns, JsonElement[] row) =>
        DetectionCase.Sorted(
            columns.Zip(row, (column, value) =>
                (
                    Name: column.GetProperty("name").GetString()!,
                    IsTime: column.GetProperty("type").GetString() == "datetime",
                    Value: value
                ) switch
                {
                    { Name: nameof(IssuanceGap.IssuerInstance) } instance => KeyValuePair.Create(
                        instance.Name,
                        (JsonNode?)value.ToString()
                    ),
                    var other when value.ToString().Length == 0 => KeyValuePair.Create(other.Name, (JsonNode?)null),
                    { IsTime: true } time => KeyValuePair.Create(
                        time.Name,
                        (JsonNode?)DetectionCase.Time(DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture))
                    ),
                    var other => KeyValuePair.Create(other.Name, JsonNode.Parse(value.GetRawText())),
                }
            )
        );
}
