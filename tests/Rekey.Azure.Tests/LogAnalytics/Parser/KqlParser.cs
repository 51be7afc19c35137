using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.Support;
using Rekey.Detections;

namespace Rekey.Azure.Tests.LogAnalytics.Parser;

/// <summary>Microsoft's own parser and binder, run in Node. It checks names and types; it runs nothing.</summary>
public sealed class KqlParser : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "LogAnalytics", "kql");

    /// <summary>The two views as a workspace has them.</summary>
    private static readonly Dictionary<string, string> Workspace = new()
    {
        [LogViews.TokenIssuanceName] = Schema(WorkspaceRows.Columns(LogViews.TokenIssuance)),
        // A workspace may add what its gateways could not read.
        [LogViews.GatewayAccessName] = Schema([
            .. WorkspaceRows.Columns(LogViews.GatewayAccess),
            new(LogViews.MalformedClaims, ColumnType.Text),
        ]),
    };

    /// <summary>As detections see them, behind a prelude.</summary>
    private static readonly Dictionary<string, string> Narrowed = new()
    {
        [KqlPrelude.LoggedIssuance] = Schema(LogViews.TokenIssuance),
        [KqlPrelude.LoggedAccess] = Schema([.. LogViews.GatewayAccess, new ViewColumn("InBatch", ColumnType.Truth)]),
        ["KidWindow"] = "(Iss:string, Kid:string, TrustedFrom:datetime, IssuedUntil:datetime, TrustedUntil:datetime)",
    };

    private readonly SemaphoreSlim _one = new(1, 1);
    private Process? _node;

    public async ValueTask InitializeAsync()
    {
        var home = await NpmHome.InstalledAsync(Source, "kql");
        _node = Process.Start(
            new ProcessStartInfo("node", [Path.Combine(Source, "read.cjs"), home])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        _one.Dispose();
        if (_node is { } node)
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }

            await node.WaitForExitAsync();
            node.Dispose();
        }
    }

    internal async Task<KqlReading> ReadAsync(string query) => Assert.Single(await ReadAsync([query]));

    internal Task<IReadOnlyList<KqlReading>> ReadAsync(IReadOnlyList<string> queries) => ReadAsync(queries, Workspace);

    /// <param name="tables">The tables of the workspace, each with its schema.</param>
    internal Task<IReadOnlyList<KqlReading>> ReadAsync(IReadOnlyList<string> queries, IReadOnlyDictionary<string, string> tables) =>
        AskAsync<KqlReading>(new { Tables = tables, Queries = queries });

    /// <summary>Runs queries, without a prelude, on the rows of cases: by <c>evaluate.cjs</c>, not by Kusto.</summary>
    internal Task<IReadOnlyList<KqlRun>> RunAsync(IReadOnlyList<(string Query, string File)> cases) =>
        AskAsync<KqlRun>(new { Tables = Narrowed, Runs = cases.Select(c => new { c.Query, c.File }) });

    /// <summary>Answers queries, prelude and all, from the rows of a workspace, each with its <c>ArrivedAt</c>: the columns and rows of
    /// the query API's wire.</summary>
    internal Task<IReadOnlyList<KqlAnswer>> AnswerAsync(
        IEnumerable<string> queries,
        IEnumerable<JsonObject> issuances,
        IEnumerable<JsonObject> accesses
    ) =>
        AskAsync<KqlAnswer>(
            new
            {
                Tables = Workspace,
                Asked = queries.Select(query => new { query }),
                Logged = new Dictionary<string, IEnumerable<JsonObject>>
                {
                    [LogViews.TokenIssuanceName] = issuances,
                    [LogViews.GatewayAccessName] = accesses,
                },
            }
        );

    /// <summary>Answers queries from the rows of other tables.</summary>
    /// <param name="tables">The tables of the workspace, each with its schema.</param>
    /// <param name="logged">The rows of each table.</param>
    internal Task<IReadOnlyList<KqlAnswer>> AnswerAsync(
        IEnumerable<string> queries,
        IReadOnlyDictionary<string, string> tables,
        IReadOnlyDictionary<string, IEnumerable<JsonObject>> logged
    ) =>
        AskAsync<KqlAnswer>(
            new
            {
                Tables = tables,
                Asked = queries.Select(query => new { query }),
                Logged = logged,
            }
        );

    private async Task<IReadOnlyList<T>> AskAsync<T>(object question)
    {
        await _one.WaitAsync();
        try
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            await _node!.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question, Json));
            await _node.StandardInput.FlushAsync(late.Token);
            var said = await _node.StandardOutput.ReadLineAsync(late.Token) ?? throw new InvalidOperationException("The parser ended.");
            return said[0] == '"'
                ? throw new InvalidOperationException(JsonSerializer.Deserialize<string>(said, Json))
                : JsonSerializer.Deserialize<T[]>(said, Json)!;
        }
        finally
        {
            _one.Release();
        }
    }

    private static string Schema(IEnumerable<ViewColumn> columns) =>
        "(" + string.Join(", ", columns.Select(c => $"{c.Name}:{c.Type.Kql}")) + ")";
}
