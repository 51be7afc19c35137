using System.Globalization;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.Azure.Http;
using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>A client of Log Analytics' query API v1, with the names of the official SDK. Least privilege: Log Analytics Reader on the
/// workspace.</summary>
/// <remarks>It never logs or throws a query's text, because that contains text of forgers.</remarks>
public sealed class LogsQueryClient
{
    /// <summary>The maximum rows of a reply: one with that many may be incomplete.</summary>
    public const int MaxRows = 500_000;

    private readonly HttpPipeline _pipeline;
    private readonly LogsQueryClientOptions _options;
    private readonly RateGate _gate;
    private readonly TimeProvider _timeProvider;

    /// <param name="gates">The gates of the identity: it has one limit for all workspaces.</param>
    public LogsQueryClient(TokenCredential credential, RateGates gates, LogsQueryClientOptions options, TimeProvider timeProvider)
    {
        _pipeline = HttpPipelineBuilder.Build(
            options,
            [],
            [new BearerTokenAuthenticationPolicy(credential, options.Scope)],
            QueryClassifier.Instance
        );
        _options = options;
        _gate = gates.Of(RateLimits.Queries);
        _timeProvider = timeProvider;
    }

    /// <summary>Runs a query. It never returns a partial result.</summary>
    /// <param name="timeRange">The service reads no rows beyond it, in addition to the filters of the query.</param>
    /// <param name="what">The purpose of the query, for the log.</param>
    /// <exception cref="RetryLaterException">Throttled, timed out, unreachable, or the result is partial.</exception>
    /// <exception cref="CannotContinueException">The service refused the query; see <see cref="LogsReasons"/>.</exception>
    public async Task<LogsQueryResult> QueryWorkspaceAsync(
        string workspaceId,
        string query,
        QueryTimeRange timeRange,
        string what,
        CancellationToken cancellationToken
    )
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new LogsWire.Request(query, timeRange.ToString()), LogsJson.Default.Request);
        try
        {
            var reply = await _gate.RunAsync(
                () => SendAsync(workspaceId, body, cancellationToken),
                static reply => (reply.Status == 429, reply.RetryAfter),
                waits: true,
                cancellationToken
            );
            return Read(reply, what);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw LogsErrors.Unreachable(failure, what);
        }
    }

    private async Task<Reply> SendAsync(string workspaceId, byte[] body, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.ResponseClassifier = QueryClassifier.Instance;
        message.BufferResponse = false;
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(_options.Endpoint);
        message.Request.Uri.AppendPath("/v1/workspaces/", escape: false);
        message.Request.Uri.AppendPath(workspaceId, escape: true);
        message.Request.Uri.AppendPath("/query", escape: false);
        message.Request.ClientRequestId = Guid.NewGuid().ToString();
        message.Request.Headers.Add("Accept", "application/json");
        // Without it the service may answer 200 without a body.
        message.Request.Headers.Add("Content-Type", "application/json");
        message.Request.Headers.Add(
            "Prefer",
            string.Create(CultureInfo.InvariantCulture, $"wait={(int)_options.QueryTimeout.TotalSeconds}")
        );
        message.Request.Content = RequestContent.Create(body);
        await _pipeline.SendAsync(message, cancellationToken);
        var content = await BoundedBody.TryReadAsync(message.Response, _options.LongestReply, cancellationToken);
        return new Reply(message.Response.Status, content, RetryAfter.Of(message.Response, _timeProvider), message.Request.ClientRequestId);
    }

    private static LogsQueryResult Read(Reply reply, string what)
    {
        if (reply.Status is not (200 or 204))
        {
            throw LogsErrors.Of(reply.Status, reply.Body ?? default, what, reply.RetryAfter, reply.RequestId);
        }

        if (reply.Body is not { } body)
        {
            return new LogsQueryResult(LogsQueryResultStatus.TooLarge, LogsTable.Empty);
        }

        if (body.IsEmpty)
        {
            // 204 means no data. A 200 without a body means nothing.
            return reply.Status == 204
                ? new LogsQueryResult(LogsQueryResultStatus.Success, LogsTable.Empty)
                : throw LogsErrors.CutOff(what);
        }

        var (table, error) = Parse(body, what);
        if (error is not null)
        {
            return LogsErrors.IsTooLarge(error)
                ? new LogsQueryResult(LogsQueryResultStatus.TooLarge, LogsTable.Empty)
                : throw LogsErrors.Partial(error, what, reply.RequestId);
        }

        return table switch
        {
            null => throw LogsErrors.CutOff(what),
            { RowCount: >= MaxRows } => new LogsQueryResult(LogsQueryResultStatus.TooLarge, LogsTable.Empty),
            _ => new LogsQueryResult(LogsQueryResultStatus.Success, table),
        };
    }

    private static (LogsTable? Table, LogsWire.FailureBody? Error) Parse(ReadOnlyMemory<byte> body, string what)
    {
        try
        {
            return LogsWire.Read(body);
        }
        catch (JsonException)
        {
            throw LogsErrors.CutOff(what);
        }
    }

    /// <param name="Body">Null if it exceeds the maximum size.</param>
    private sealed record Reply(int Status, ReadOnlyMemory<byte>? Body, TimeSpan? RetryAfter, string RequestId);

    /// <summary>Retries a query after a broken connection or an unavailable front end; never after a time-out, which would repeat
    /// itself.</summary>
    private sealed class QueryClassifier : ResponseClassifier
    {
        public static QueryClassifier Instance { get; } = new();

        public override bool IsErrorResponse(HttpMessage message) => message.Response.Status >= 400;

        public override bool IsRetriableResponse(HttpMessage message) =>
            message.Response.Status is 502 or 503 && TransientClassifier.Repeatable.IsRetriableResponse(message);

        public override bool IsRetriable(HttpMessage message, Exception exception) => IsRetriableException(exception);
    }
}
