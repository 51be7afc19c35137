using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Rekey.Azure.LogAnalytics.Audit;
using Rekey.Azure.Tests.LogAnalytics.Parser;
using Rekey.DuckDb.Audit;
using Rekey.DuckDb.Tests.Files;
using Rekey.Exposures.Audit;
using Rekey.Tests.Exposures;
using Rekey.Tests.Support;
using Rekey.Trust;

namespace Rekey.DuckDb.Tests.Audit;

/// <summary>On any audit log the KQL, the SQL and the meaning written in C# give the same rows, whatever form the rows have.</summary>
[Collection(nameof(KqlParser))]
public sealed class AuditAgreesPropertyTests(KqlParser parser)
{
    private const string Vault = "kv-one.vault.azure.net";
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SigningKey[] Keys = [new(new($"https://{Vault}"), "Login"), new(new("https://kv-two.vault.azure.net"), "shop")];

    private static readonly Gen<AuditRow> Row =
        from minutes in Gen.Int[0, 2000]
        from operation in OneOf(
            "keysign",
            "keysign",
            "keyget",
            "keybackup",
            "keycreate",
            "keyimport",
            "keyrotateifdue",
            "keyunwrap",
            "vaultget"
        )
        from vault in OneOf(Vault, "kv-two.vault.azure.net", "kv-else.vault.azure.net")
        from name in OneOf("login", "shop", "other")
        from version in OneOf("", "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
        from oid in OneOf("aa11", "bb22", "cc33", "")
        from app in OneOf("", "dd44")
        from isPerson in Gen.Bool
        from status in OneOf<int?>(200, 200, 201, 403, 401, null)
        from correlation in OneOf("c1", "c2")
        select new AuditRow(Start.AddMinutes(minutes), operation, vault, name, version, oid, app, isPerson, status, "keys", correlation);

    private static readonly Gen<DirectoryChange> Change =
        from minutes in Gen.Int[0, 2000]
        from operation in OneOf(
            "add service principal credentials",
            "add owner to application",
            "update user",
            "update application: federated credential"
        )
        from actor in OneOf("aa11", "bb22")
        from target0 in OneOf("aa11", "ee55")
        from target1 in OneOf("", "aa11", "ff66")
        from app in OneOf("", "dd44")
        select new DirectoryChange(operation, actor, target0, target1, app, Start.AddMinutes(minutes));

    private static readonly Gen<SignInRow> SignIn =
        from minutes in Gen.Int[0, 2000]
        from log in OneOf([.. AuditForms.SignInTables])
        from oid in OneOf("aa11", "bb22", "cc33")
        from app in OneOf("", "dd44")
        from resource in OneOf("vault", "graph")
        from result in OneOf("0", "0", "50057", "success", "")
        let isApp = log == WatchedLogs.ServicePrincipals
        select new SignInRow(Start.AddMinutes(minutes), log, oid, isApp ? app : "", resource, result);

    /// <summary>The principals that are watched.</summary>
    private static readonly string[] Watched = ["aa11", "dd44"];

    [Fact]
    public Task Every_question_has_the_same_answer_in_both_engines() =>
        Gen.Select(Row.Array[0, 40], Change.Array[0, 15], SignIn.Array[0, 15], Gen.Int[0, 1000], Gen.Int[1, 90])
            .SampleAsync(
                async (rows, changes, signIns, from, pause) =>
                {
                    var (since, maxPause) = (Start.AddMinutes(from), TimeSpan.FromMinutes(pause));
                    AuditQuestion[] questions = [new(Keys, ["aa11", "dd44"], since), new(Keys, null, since), new([Keys[0]], [], since)];

                    // 1. What the queries mean.
                    var oracle = new MemoryAuditLog();
                    oracle.Rows.AddRange(rows);
                    oracle.Changes.AddRange(changes);
                    oracle.SignIns.AddRange(signIns);
                    var truth = await AnswersAsync(oracle, questions, since, maxPause);

                    // 2. SQL, over rows of both tables, some rows in both; and over records of a storage account.
                    var dedicated = rows.Where((_, i) => i % 3 != 0).Select(AuditForms.Dedicated).ToList();
                    var legacy = rows.Where((_, i) => i % 3 != 1).Select(AuditForms.Legacy).ToList();
                    var directory = changes.Select(c => AuditForms.Directory(c)).ToList();
                    var entered = signIns.Select(AuditForms.SignIn).ToList();
                    Assert.Equal(truth, await OfSqlAsync([.. dedicated, .. legacy, .. directory, .. entered], questions, since, maxPause));
                    Assert.Equal(
                        truth,
                        await OfSqlAsync(
                            [
                                .. rows.Select(AuditForms.Stored),
                                .. changes.Select(AuditForms.StoredDirectory),
                                .. signIns.Select(AuditForms.StoredSignIn),
                            ],
                            questions,
                            since,
                            maxPause
                        )
                    );

                    // 3. KQL, over rows of both tables.
                    var vaults = AuditPrelude.Vaults(since);
                    var answers = await parser.AnswerAsync(
                        [
                            .. questions.Select(q => vaults + AuditPrelude.Asked(q.Keys, q.Principals) + AuditQuery.Uses.Kql),
                            vaults + AuditPrelude.Asked([Vault, "kv-two.vault.azure.net"], maxPause) + AuditQuery.Silences.Kql,
                            AuditPrelude.Directory(since) + AuditPrelude.Asked("aa11") + AuditQuery.Changes.Kql,
                            Watch(since, since) + AuditPrelude.AskedPrincipals(Watched) + AuditQuery.Acts.Kql,
                            Watch(since) + AuditQuery.LastRows.Kql,
                        ],
                        AuditForms.Tables,
                        Logged([
                            ("AZKVAuditLogs", dedicated),
                            ("AzureDiagnostics", legacy),
                            ("AuditLogs", directory),
                            .. signIns.GroupBy(s => s.Log).Select(g => (AuditForms.TableOf(g.Key), g.Select(AuditForms.SignIn))),
                        ])
                    );
                    Assert.Equal(truth, answers.Select(a => Lines(a.Rows.Select(r => Line(a.Columns, r)))));
                },
                iter: Runs.Of(4),
                threads: 1
            );

    /// <summary>A row is read when it arrives, however late; a row of a folder when its file is written.</summary>
    [Fact]
    public async Task What_arrives_late_is_read_by_its_arrival()
    {
        AuditRow row = new(Start.AddHours(1), "keysign", Vault, "login", Oid: "aa11");
        var since = Start.AddHours(20);
        var answers = await parser.AnswerAsync(
            [Watch(since.AddDays(-2), since) + AuditPrelude.AskedPrincipals(Watched) + AuditQuery.Acts.Kql],
            AuditForms.Tables,
            Logged([
                (
                    "AZKVAuditLogs",
                    [
                        AuditForms.Dedicated(row with { Lag = TimeSpan.FromHours(20) }),
                        AuditForms.Dedicated(row with { Operation = "keybackup" }),
                    ]
                ),
            ])
        );
        Assert.Equal("keysign", Assert.Single(Assert.Single(answers).Rows)[2].GetString());

        using var folder = new TempFolder();
        folder.Write("late.ndjson", AuditForms.Stored(row with { At = DateTimeOffset.UtcNow.AddHours(-30) }).ToJsonString() + "\n");
        Assert.Single((await Log(folder).ActsAsync(Watched, DateTimeOffset.UtcNow.AddHours(-1), default)).Rows);
    }

    /// <summary>A refused call is none, whatever <c>ResultType</c> says; a table that the workspace lacks is empty.</summary>
    [Fact]
    public async Task Both_queries_bind_where_a_table_or_a_column_is_missing()
    {
        var tables = new Dictionary<string, string> { ["AzureDiagnostics"] = "(TimeGenerated:datetime, OperationName:string)" };
        foreach (
            var query in (string[])
                [
                    AuditPrelude.Vaults(Start) + AuditPrelude.Asked(Keys, ["a\"b | take 1"]) + AuditQuery.Uses.Kql,
                    AuditPrelude.Vaults(Start) + AuditPrelude.Asked([Vault], TimeSpan.FromHours(2)) + AuditQuery.Silences.Kql,
                    AuditPrelude.Directory(Start) + AuditPrelude.Asked("a") + AuditQuery.Changes.Kql,
                    Watch(Start, Start) + AuditPrelude.AskedPrincipals(["a\"b | take 1"]) + AuditQuery.Acts.Kql,
                    Watch(Start) + AuditQuery.LastRows.Kql,
                ]
        )
        {
            var reading = Assert.Single(await parser.ReadAsync([query], tables));
            Assert.DoesNotContain(reading.Diagnostics, d =>
                !d.Contains("AZKVAuditLogs", StringComparison.Ordinal)
                && !d.Contains("AuditLogs", StringComparison.Ordinal)
                && !d.Contains("SignInLogs", StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    [Fact]
    public async Task Lines_that_cannot_be_read_and_packed_records()
    {
        using var folder = new TempFolder();
        AuditRow row = new(Start.AddMinutes(2), "keysign", Vault, "login", Oid: "aa11");
        folder.Write(
            "hub.json",
            new JsonObject { ["records"] = new JsonArray(AuditForms.Stored(row), AuditForms.Stored(row)) }.ToJsonString() + "\n\n"
        );
        var whole = await Log(folder).UsesAsync(new(Keys, null, Start), default);
        Assert.True(whole.IsWhole);
        Assert.Equal(1, Assert.Single(whole.Rows).Rows);
        folder.Write("torn.json", AuditForms.Stored(row with { Oid = "bb22" }).ToJsonString() + "\n{\"time\":\"2026-\n");
        var torn = await Log(folder).UsesAsync(new(Keys, null, Start), default);
        Assert.False(torn.IsWhole);
        Assert.Equal(2, torn.Rows.Count);
    }

    /// <summary>The rows of every table; those that are not given have none.</summary>
    private static Dictionary<string, IEnumerable<JsonObject>> Logged(IEnumerable<(string Table, IEnumerable<JsonObject> Rows)> given)
    {
        var rows = given.ToDictionary(g => g.Table, g => g.Rows);
        return AuditForms.Tables.Keys.ToDictionary(t => t, t => rows.GetValueOrDefault(t) ?? []);
    }

    private static string Watch(DateTimeOffset since, DateTimeOffset? arrivedSince = null) =>
        AuditPrelude.Vaults(since, arrivedSince) + AuditPrelude.Directory(since, arrivedSince) + AuditPrelude.SignIns(since, arrivedSince);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static FolderAuditLog Log(TempFolder folder) => new(new() { AuditFolder = folder.Path });

    private static async Task<IReadOnlyList<string>> OfSqlAsync(
        IReadOnlyList<JsonObject> rows,
        AuditQuestion[] questions,
        DateTimeOffset since,
        TimeSpan maxPause
    )
    {
        using var folder = new TempFolder();
        folder.Write("2026/a.json", string.Concat(rows.Where((_, i) => i % 2 == 0).Select(r => r.ToJsonString() + "\n")));
        folder.Write("2026/b.ndjson", string.Concat(rows.Where((_, i) => i % 2 == 1).Select(r => r.ToJsonString() + "\n")));
        return await AnswersAsync(Log(folder), questions, since, maxPause);
    }

    private static async Task<IReadOnlyList<string>> AnswersAsync(
        IAuditLog log,
        AuditQuestion[] questions,
        DateTimeOffset since,
        TimeSpan maxPause
    )
    {
        var answers = new List<string>();
        foreach (var question in questions)
        {
            answers.Add(
                Lines(
                    (await log.UsesAsync(question, default)).Rows.Select(u =>
                        Line(u.Vault, u.Kind, u.Name, u.Version, u.Operation, u.Oid, u.AppId, u.IsPerson, u.First, u.Last, u.Rows)
                    )
                )
            );
        }

        var silences = await log.SilencesAsync([Vault, "kv-two.vault.azure.net"], since, maxPause, default);
        answers.Add(Lines(silences.Rows.Select(s => Line(s.Vault, s.From, s.To))));
        var changes = await log.ChangesAsync("aa11", since, default);
        answers.Add(
            Lines(
                changes
                    .Rows.GroupBy(c => (c.Operation, c.Actor, c.Target0, c.Target1, c.AppId))
                    .Select(g => Line(g.Key.Operation, g.Key.Actor, g.Key.Target0, g.Key.Target1, g.Key.AppId, g.Max(c => c.At)))
            )
        );
        // A folder's files have all just arrived: what is older than the question is read too.
        var acts = await log.ActsAsync(Watched, log is MemoryAuditLog ? since : since.AddDays(2), default);
        answers.Add(Lines(acts.Rows.Select(a => Line(a.What, a.Principal, a.Operation, a.Target, a.IsSuccess, a.First, a.Last))));
        var last = await log.LastRowsAsync(since, default);
        answers.Add(Lines(last.Rows.Select(r => Line(r.Log, r.At))));
        return answers;
    }

    private static string Line(IReadOnlyList<JsonElement> columns, JsonElement[] row) =>
        Line([.. columns.Zip(row, (column, value) => (object?)(
                    value.ValueKind is JsonValueKind.Null
                        ? column.GetProperty("type").GetString() == "string"
                            ? ""
                            : null
                        : column.GetProperty("type").GetString() == "datetime"
                            ? DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture)
                            : value.ValueKind is JsonValueKind.True or JsonValueKind.False
                                ? value.GetBoolean()
                                : value.ToString()
                ))]);

    private static string Line(params object?[] values) =>
        string.Join(
            " | ",
            values.Select(v => v is DateTimeOffset at ? at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : $"{v}")
        );

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}
