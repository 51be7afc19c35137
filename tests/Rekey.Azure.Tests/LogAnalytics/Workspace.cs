using System.Collections.Concurrent;
using System.Text.Json;
using Rekey.Azure.Hosting;
using Rekey.Azure.LogAnalytics;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.Support;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>A workspace on the stub: it knows what kind of query came by its text, and answers on the wire of the query API. It runs no
/// KQL.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    public const string Id = "0f1e2d3c-0000-1111-2222-333333333333";
    public const string QueryPath = $"/v1/workspaces/{Id}/query";

    public static readonly QueryTimeRange AnyTime = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    private static readonly string[] TokenColumns =
    [
        "Verdict:string",
        "Iss:string",
        "Jti:string",
        "Kid:string",
        "Sub:string",
        "Aud:string",
        "IssuedAt:datetime",
        "ExpiresAt:datetime",
        "SigningInputSha256:string",
        "KeyThumbprint:string",
        "SignatureVerified:bool",
        "SrcIpAddr:string",
        "FirstSeen:datetime",
        "LastSeen:datetime",
        "Accesses:long",
    ];

    private Workspace(StubServer stub) => Stub = stub;

    public StubServer Stub { get; }

    public TestClock Clock { get; } = new();

    public MemoryWatermarks Watermarks { get; } = new();

    public LogAnalyticsOptions Options { get; } = new() { WorkspaceId = Id };

    public AzureOptions Azure => new() { LogAnalytics = Options };

    /// <summary>Texts of the queries that came, in order.</summary>
    public ConcurrentQueue<string> Queries { get; } = new();

    /// <summary>The spans of time of the same queries.</summary>
    public ConcurrentQueue<string> TimeSpans { get; } = new();

    /// <summary>What each kind of query gets.</summary>
    public Func<string, Reply> OnFirst { get; set; } = _ => OneRow(["First:datetime"], "2026-01-01T00:00:00Z");

    public Func<string, Reply> OnCount { get; set; } = _ => Counts(accesses: 3);

    public Func<string, Reply> OnDetect { get; set; } = _ => Table(TokenColumns);

    public Func<string, Reply> OnCheck { get; set; } = _ => Table(["Iss:string"]);

    public static async Task<Workspace> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        var workspace = new Workspace(stub);
        stub.Answers = workspace.Answer;
        return workspace;
    }

    /// <summary>Every call is a new process: nothing is kept but what lies in the records.</summary>
    public LogAnalyticsTokenLog Log() => new(Client(), Watermarks, Options, Clock);

    public LogsQueryClient Client(Action<LogsQueryClientOptions>? change = null)
    {
        var options = new LogsQueryClientOptions(Azure) { Transport = Stub.Transport() };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        change?.Invoke(options);
        return new LogsQueryClient(new FakeCredential(), new(Clock, Options.MaxThrottleWait), options, Clock);
    }

    public ValueTask DisposeAsync() => Stub.DisposeAsync();

    public static Reply Table(string[] columns, params object?[][] rows) => new(200, Body(columns, rows));

    public static Reply OneRow(string[] columns, params object?[] row) => Table(columns, row);

    public static Reply Tokens(params object?[][] rows) => Table(TokenColumns, rows);

    /// <summary>What comes when a result is too large: the beginning of it, and an error.</summary>
    public static Reply Cut(params object?[][] rows) =>
        new(
            200,
            Body(
                TokenColumns,
                rows,
                """
                ,"error":{"code":"PartialError","message":"m","details":[{"code":"EngineError","message":"m",
                 "innererror":{"code":"-2133196797",
                 "message":"The results of this query exceed the set limit of 500000 records (E_QUERY_RESULT_SET_TOO_LARGE).",
                 "severity":2}}]}
                """
            )
        );

    public static Reply Partial(string innerCode = "-2133196800") =>
        new(
            200,
            Body(
                TokenColumns,
                [Row("j-1")],
                $$$"""
                ,"error":{"code":"PartialError","message":"m","details":[{"code":"EngineError","message":"m",
                 "innererror":{"code":"{{{innerCode}}}","message":"m"}}]}
                """
            )
        );

    public static Reply Counts(
        long accesses = 0,
        long bad = 0,
        long untimed = 0,
        long issued = 1,
        string? earliest = null,
        string? earliestIssuedAt = null
    ) =>
        OneRow(
            ["Accesses:long", "Untimed:long", "BadLines:long", "Issued:long", "EarliestAccess:datetime", "EarliestIssuedAt:datetime"],
            accesses,
            untimed,
            bad,
            issued,
            earliest,
            earliestIssuedAt
        );

    public static object?[] Row(string jti, string? address = "203.0.113.9", string verdict = "unissued") =>
        [
            verdict,
            "https://login.example",
            jti,
            "kid-1",
            "sub-1",
            "api",
            "2026-11-24T07:00:00Z",
            "2026-11-24T08:00:00Z",
            "",
            "",
            true,
            address,
            "2026-11-24T07:10:00.1234567Z",
            "2026-11-24T07:20:00Z",
            2,
        ];

    private Reply Answer(Asked asked)
    {
        var body = JsonDocument.Parse(asked.Body).RootElement;
        var query = body.GetProperty("query").GetString()!;
        Queries.Enqueue(query);
        TimeSpans.Enqueue(body.GetProperty("timespan").GetString()!);
        return (
            query switch
            {
                _ when query.Contains("| take 0", StringComparison.Ordinal) => OnCheck,
                _ when query.EndsWith("First = min(TimeGenerated)", StringComparison.Ordinal) => OnFirst,
                _ when query.Contains("let OfAccesses", StringComparison.Ordinal) => OnCount,
                _ => OnDetect,
            }
        )(query);
    }

    private static string Body(string[] columns, object?[][] rows, string more = "") =>
        $$"""
            {"tables":[{"name":"PrimaryResult","columns":{{JsonSerializer.Serialize(
                columns.Select(c => new { name = c.Split(':')[0], type = c.Split(':')[1] })
            )}},"rows":{{JsonSerializer.Serialize(rows)}}}]{{more}}}
            """;
}
