using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Azure.Hosting;
using Rekey.Azure.LogAnalytics;
using Rekey.Ledgers;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>A workspace on the stub: it knows what kind of query came by its text, and answers on the wire of the query API. It runs no KQL.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    public const string Id = "0f1e2d3c-0000-1111-2222-333333333333";
    public const string QueryPath = $"/v1/workspaces/{Id}/query";

    private static readonly string[] TokenColumns =
    [
        "Verdict:string", "Iss:string", "Jti:string", "Kid:string", "Sub:string", "Aud:string", "IssuedAt:datetime", "ExpiresAt:datetime", "SigningInputSha256:string",
        "KeyThumbprint:string", "SignatureVerified:bool", "SrcIpAddr:string", "FirstSeen:datetime", "LastSeen:datetime", "Accesses:long",
    ];

    private Workspace(StubServer stub) => Stub = stub;

    public StubServer Stub { get; }

    public TestClock Clock { get; } = new();

    public MemoryWatermarks Watermarks { get; } = new();

    public LogAnalyticsOptions Options { get; } = new() { WorkspaceId = Id };

    public AzureOptions Azure => new() { LogAnalytics = Options };

    /// <summary>Texts of the queries that came, in order.</summary>
    public ConcurrentQueue<string> Queries { get; } = new();

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
        return new LogsQueryClient(new FakeCredential(), new LogsQueryGate(Clock, Options.MaxThrottleWait), options, Clock);
    }

    public ValueTask DisposeAsync() => Stub.DisposeAsync();

    public static Reply Table(string[] columns, params object?[][] rows) => new(200, Body(columns, rows));

    public static Reply OneRow(string[] columns, params object?[] row) => Table(columns, row);

    public static Reply Tokens(params object?[][] rows) => Table(TokenColumns, rows);

    /// <summary>What comes when a result is too large: the beginning of it, and an error.</summary>
    public static Reply Cut(params object?[][] rows) => new(200, Body(TokenColumns, rows, ""","error":{"code":"PartialError","message":"m","details":[{"code":"EngineError","message":"m","innererror":{"code":"-2133196797","message":"The results of this query exceed the set limit of 500000 records (E_QUERY_RESULT_SET_TOO_LARGE).","severity":2}}]}"""));

    public static Reply Partial(string innerCode = "-2133196800") => new(200, Body(TokenColumns, [Row("j-1")], $$$""","error":{"code":"PartialError","message":"m","details":[{"code":"EngineError","message":"m","innererror":{"code":"{{{innerCode}}}","message":"m"}}]}"""));

    public static Reply Counts(long accesses = 0, long bad = 0, long untimed = 0, long issued = 1, string? earliest = null, string? earliestIssuedAt = null) => OneRow(
        ["Accesses:long", "Untimed:long", "BadLines:long", "Issued:long", "EarliestAccess:datetime", "EarliestIssuedAt:datetime"],
        accesses, untimed, bad, issued, earliest, earliestIssuedAt);

    public static object?[] Row(string jti, string? address = "203.0.113.9", string verdict = "unissued") =>
    [
        verdict, "https://login.example", jti, "kid-1", "sub-1", "api", "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", "", "", true, address, "2026-11-24T07:10:00.1234567Z", "2026-11-24T07:20:00Z", 2,
    ];

    private Reply Answer(Asked asked)
    {
        var query = JsonDocument.Parse(asked.Body).RootElement.GetProperty("query").GetString()!;
        Queries.Enqueue(query);
        return (query switch
        {
            _ when query.Contains("| take 0", StringComparison.Ordinal) => OnCheck,
            _ when query.EndsWith("First = min(TimeGenerated)", StringComparison.Ordinal) => OnFirst,
            _ when query.Contains("let OfAccesses", StringComparison.Ordinal) => OnCount,
            _ => OnDetect,
        })(query);
    }

    private static string Body(string[] columns, object?[][] rows, string more = "") => $$"""
        {"tables":[{"name":"PrimaryResult","columns":{{JsonSerializer.Serialize(columns.Select(c => new { name = c.Split(':')[0], type = c.Split(':')[1] }))}},"rows":{{JsonSerializer.Serialize(rows)}}}]{{more}}}
        """;
}

/// <summary>Watermarks with ETags, in memory.</summary>
internal sealed class MemoryWatermarks : ILedgerRecords<SweepWatermark>
{
    private readonly Lock _lock = new();
    private int _version;

    public Versioned<SweepWatermark>? Stored { get; private set; }

    /// <summary>How often it was written.</summary>
    public int Writes => _version;

    /// <summary>Runs before the next write, as somebody else's would.</summary>
    public Action? Between { get; set; }

    public void Set(DateTimeOffset until) => Write(new SweepWatermark(Workspace.Id, until));

    public Task<Versioned<SweepWatermark>?> FindAsync(string partition, string row, CancellationToken cancel)
    {
        Assert.Equal((SweepWatermark.Place, Workspace.Id), (partition, row));
        return Task.FromResult(Stored);
    }

    public Task<Versioned<SweepWatermark>?> InsertAsync(SweepWatermark value, CancellationToken cancel)
    {
        Interfere();
        lock (_lock)
        {
            return Task.FromResult(Stored is null ? Write(value) : null);
        }
    }

    public Task<Versioned<SweepWatermark>?> ReplaceAsync(Versioned<SweepWatermark> read, SweepWatermark value, CancellationToken cancel)
    {
        Interfere();
        lock (_lock)
        {
            return Task.FromResult(Stored?.ETag == read.ETag ? Write(value) : null);
        }
    }

    public Task<IReadOnlyList<OnRecord<SweepWatermark>>> ReadAsync(string partition, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Versioned<SweepWatermark>?> InsertAsync(SweepWatermark value, LedgerEvent what, CancellationToken cancel) => InsertAsync(value, cancel);

    public Task<Versioned<SweepWatermark>?> ReplaceAsync(Versioned<SweepWatermark> read, SweepWatermark value, LedgerEvent what, CancellationToken cancel) => ReplaceAsync(read, value, cancel);

    public Task<bool> RemoveAsync(Versioned<SweepWatermark> read, CancellationToken cancel) => throw new NotSupportedException();

    public IAsyncEnumerable<Versioned<SweepWatermark>> ListAsync(string partition, CancellationToken cancel) => throw new NotSupportedException();

    private void Interfere()
    {
        var between = Between;
        Between = null;
        between?.Invoke();
    }

    private Versioned<SweepWatermark> Write(SweepWatermark value) => Stored = new Versioned<SweepWatermark>(value, (++_version).ToString(CultureInfo.InvariantCulture));
}

/// <summary>What share of a result a query asks for.</summary>
internal sealed partial record Share(int Tokens, int Token, int Rows, int Row)
{
    public static Share Of(string query)
    {
        var token = TokenShare().Matches(query);
        var row = RowShare().Match(query);
        // Everything that is read is narrowed, or nothing: both views, or both and what lies further back of outlived tokens.
        Assert.True(token.Count is 0 or 2 or 5 && token.Select(m => m.Value).Distinct().Count() <= 1);
        return new(Number(token.FirstOrDefault(), "n", 1), Number(token.FirstOrDefault(), "i", 0), Number(row, "n", 1), Number(row, "i", 0));
    }

    public bool Holds(object?[] row) => Hash((string?)row[2]) % (uint)Tokens == Token && Hash(string.Join('|', row[..12])) % (uint)Rows == Row;

    // Any fixed hash will do: what counts is that shares of one fill it.
    private static uint Hash(string? text) => (text ?? "").Aggregate(2166136261u, (hash, unit) => (hash ^ unit) * 16777619u) is var mixed ? mixed ^ (mixed >> 15) : 0;

    private static int Number(Match? match, string group, int otherwise) =>
        match is { Success: true } ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"\| where hash\(Jti, (?<n>\d+)\) == (?<i>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenShare();

    [GeneratedRegex(@"\| where hash\(strcat\(.*\), (?<n>\d+)\) == (?<i>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RowShare();
}
