using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Identity;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Detections.Gaps;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>Converts a refusal of the query API. Its messages may contain parts of the query, so only names are taken from
/// them.</summary>
internal static partial class LogsErrors
{
    // E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003: the result exceeds the rows or bytes of a reply.
    private const string TooLarge = "-2133196797";

    // The query needs more time or memory than the service gives to one: E_RUNAWAY_QUERY, 0x80DA0001, and E_LOW_MEMORY_CONDITION,
    // 0x80DA0007. It is not documented whether they come with a 200 or a 400.
    private static readonly HashSet<string> Exhausted = ["-2133196799", "-2133196793", "E_RUNAWAY_QUERY", "E_LOW_MEMORY_CONDITION"];

    public static Exception Of(int status, ReadOnlyMemory<byte> body, string what, TimeSpan? retryAfter, string requestId)
    {
        var error = Parse(body);
        var codes = Codes(error);
        var said = $"{what}: {status} {string.Join('/', codes)} (request {requestId}).";
        return status switch
        {
            408 or 504 => Unfinished($"{said} The query ran out of time. Rekey retries with smaller windows.", retryAfter),
            400 or 500 when codes.Any(Exhausted.Contains) => Unfinished(
                $"{said} The query needs more time or memory than the service allows. Rekey retries with smaller windows.",
                retryAfter
            ),
            500 => new RetryLaterException(said, retryAfter) { Reason = UnfinishedQuery.Reason },
            >= 500 => new RetryLaterException(said, retryAfter),
            401 => new CannotContinueException(
                LogsReasons.Unauthorized,
                said,
                "Check that the app's identity is in the workspace's tenant, that the clock is right, and that "
                    + "LogAnalyticsScope fits the cloud."
            ),
            403 => new CannotContinueException(
                LogsReasons.Forbidden,
                said,
                "Grant the app's identity Log Analytics Reader on the workspace. A new grant takes effect after a few minutes."
            ),
            404 => new CannotContinueException(
                LogsReasons.WorkspaceNotFound,
                said,
                "Check that LogAnalytics:WorkspaceId is the workspace's id (customerId), in the configured cloud."
            ),
            400 when Names(error) is { Length: > 0 } names => new CannotContinueException(
                LogsReasons.NameMissing,
                $"{said} The workspace has no {names}.",
                "Deploy the functions TokenIssuance and GatewayAccess again, and check that they return all columns of the views."
            ),
            _ => new CannotContinueException(
                LogsReasons.QueryRefused,
                said,
                "Look up the code in the query API's reference. If Rekey's query is wrong, report a bug."
            ),
        };
    }

    /// <summary>Whether the result was cut because of its size, so that smaller shares can be complete.</summary>
    public static bool IsTooLarge(LogsWire.FailureBody error) => Codes(error).Contains(TooLarge, StringComparer.Ordinal);

    /// <summary>The error for a 200 with a partial result.</summary>
    public static RetryLaterException Partial(LogsWire.FailureBody error, string what, string requestId)
    {
        var codes = Codes(error);
        var said = $"{what}: the result is partial, {string.Join('/', codes)} (request {requestId}).";
        return codes.Any(Exhausted.Contains) ? Unfinished(said, delay: null) : new(said) { Reason = UnfinishedQuery.Reason };
    }

    /// <summary>The error for a query that may finish if it reads less.</summary>
    private static RetryLaterException Unfinished(string said, TimeSpan? delay) =>
        new(said, delay, new TimeoutException(said)) { Reason = UnfinishedQuery.Reason };

    public static RetryLaterException CutOff(string what) => new($"{what}: the reply is truncated or not JSON.");

    public static CannotContinueException Misunderstood(string what) =>
        new(
            LogsReasons.ReplyUnexpected,
            $"The reply of Log Analytics does not match its query API: {what}.",
            "Check that LogAnalyticsEndpoint is the query API, and that no proxy changes its replies."
        );

    /// <summary>The error for a missing reply.</summary>
    public static Exception Unreachable(Exception failure, string what) =>
        failure switch
        {
            AggregateException { InnerExceptions: [.., var last] } => Unreachable(last, what),
            AuthenticationFailedException refused => OutsideFailures.OfCredential(refused, what),
            _ => new RetryLaterException($"{what}: no reply ({failure.Message})", delay: null, failure),
        };

    private static LogsWire.FailureBody? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, LogsJson.Default.Failure)?.Error;
        }
        catch (JsonException)
        {
            // A proxy answers in HTML: only the status is usable.
            return null;
        }
    }

    private static string[] Codes(LogsWire.FailureBody? error) =>
        [.. All(error).Select(e => e.Code).OfType<string>().Where(c => SomeCode().IsMatch(c)).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the unresolved names of a semantic error, in quotes.</summary>
    private static string Names(LogsWire.FailureBody? error) =>
        All(error).Any(e => e.Code is "SemanticError" || e.Code?.StartsWith("SEM", StringComparison.Ordinal) == true)
            ? string.Join(
                ", ",
                All(error)
                    .SelectMany(e => QuotedName().Matches(e.Message ?? ""))
                    .Select(m => m.Value)
                    .Where(n => !Operators.Contains(n))
                    .Distinct(StringComparer.Ordinal)
                    .Take(5)
            )
            : "";

    private static readonly HashSet<string> Operators =
    [
        "'where'",
        "'project'",
        "'extend'",
        "'join'",
        "'union'",
        "'summarize'",
        "'distinct'",
    ];

    private static IEnumerable<LogsWire.FailureBody> All(LogsWire.FailureBody? error) =>
        error is null ? [] : [error, .. All(error.Innererror), .. (error.Details ?? []).SelectMany(All)];

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SomeCode();

    [GeneratedRegex("'[A-Za-z_][A-Za-z0-9_]{0,62}'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QuotedName();
}
