using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Identity;
using Rekey.Azure.Http;
using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>Turns a refusal of the query API into what it means. Its messages may hold pieces of the query: only names are taken from
/// them.</summary>
internal static partial class LogsErrors
{
    // E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003: more rows or bytes than a reply may have.
    private const string TooLarge = "-2133196797";

    public static Exception Of(int status, ReadOnlyMemory<byte> body, string what, TimeSpan? retryAfter, string requestId)
    {
        var error = Parse(body);
        var codes = Codes(error);
        var said = $"{what}: {status} {string.Join('/', codes)} (request {requestId}).";
        return status switch
        {
            408 or 504 => new RetryLaterException(
                $"{said} The query ran out of time. What it asks for becomes less each time.",
                retryAfter,
                new TimeoutException(said)
            ),
            429 or >= 500 => new RetryLaterException(said, retryAfter),
            401 => new CannotContinueException(
                LogsReasons.Unauthorized,
                said,
                "See that the app's identity lives in the workspace's tenant, that the clock is right and that "
                    + "LogAnalyticsScope fits the cloud."
            ),
            403 => new CannotContinueException(
                LogsReasons.Forbidden,
                said,
                "Grant the app's identity Log Analytics Reader on the workspace. A new grant takes some minutes to work."
            ),
            404 => new CannotContinueException(
                LogsReasons.WorkspaceNotFound,
                said,
                "Check LogAnalytics:WorkspaceId: the workspace's own id, in the configured cloud."
            ),
            400 when Names(error) is { Length: > 0 } names => new CannotContinueException(
                LogsReasons.NameMissing,
                $"{said} The workspace does not know {names}.",
                "Deploy the functions TokenIssuance and GatewayAccess again, and see that they yield all the columns of the views."
            ),
            _ => new CannotContinueException(
                LogsReasons.QueryRefused,
                said,
                "Look up the code in the query API's reference; report it if it is Rekey's query that is wrong."
            ),
        };
    }

    /// <summary>Whether the result was cut because it is too large, so that smaller shares of it will come whole.</summary>
    public static bool IsTooLarge(LogsWire.FailureBody error) => Codes(error).Contains(TooLarge, StringComparer.Ordinal);

    /// <summary>A 200 with an error: what is in it is not all there is.</summary>
    public static RetryLaterException Partial(LogsWire.FailureBody error, string what, string requestId) =>
        new($"{what}: a part of the result only, {string.Join('/', Codes(error))} (request {requestId}).");

    public static RetryLaterException CutOff(string what) => new($"{what}: the reply is cut off or no JSON.");

    public static CannotContinueException Misunderstood(string what) =>
        new(
            LogsReasons.ReplyUnexpected,
            $"Log Analytics' reply is not what its query API promises: {what}.",
            "See that LogAnalyticsEndpoint is the query API and that nothing between changes its replies."
        );

    /// <summary>No reply at all.</summary>
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
            // A gateway in between answers in HTML; the status is all there is.
            return null;
        }
    }

    private static string[] Codes(LogsWire.FailureBody? error) =>
        [.. All(error).Select(e => e.Code).OfType<string>().Where(c => SomeCode().IsMatch(c)).Distinct(StringComparer.Ordinal)];

    /// <summary>What a semantic error could not resolve, each in quotes.</summary>
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
