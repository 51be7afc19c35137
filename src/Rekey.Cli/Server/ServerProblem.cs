using System.Text.Json.Nodes;
using Rekey.Core;

namespace Rekey.Cli.Server;

/// <summary>Explains a refusal of Rekey: what happened, and which command comes next.</summary>
internal static class ServerProblem
{
    private const string Unknown = "unknown-";

    /// <param name="body">The problem details (RFC 9457); null when the answer has none.</param>
    /// <param name="retryAfter">How long the server asks to wait.</param>
    public static Exception Of(int status, JsonNode? body, ServerRequest request, Connection connection, TimeSpan? retryAfter)
    {
        var (reason, title, detail) = (Text(body, "reason"), Text(body, "title"), Text(body, "detail"));
        var said =
            $"{detail ?? title ?? $"{connection.Server} answered {request.Method} {Path(request)}"} ({status}"
            + $"{(reason is null ? "" : $" {reason}")})";
        if (status is 429 or 503)
        {
            return new RetryLaterException(
                $"{said}. {(retryAfter is { } wait ? $"The server asks to wait {Math.Ceiling(wait.TotalSeconds):N0} s." : "")}".TrimEnd(),
                retryAfter
            );
        }

        return status is 422 && title is not null && detail is not null
            ? new CannotContinueException(reason ?? "refused", $"{title} ({status} {reason})", detail)
            : new CannotContinueException(reason ?? "refused", said, Remedy(status, reason, body, request, connection));
    }

    private static string Remedy(int status, string? reason, JsonNode? body, ServerRequest request, Connection connection)
    {
        var parts = Path(request).Split('/');
        var (group, id) = (parts[0], parts.ElementAtOrDefault(1));
        return (status, reason) switch
        {
            (401, _) => $"The server does not accept the token for {connection.Scope}. Check the scope. {connection.SignIn}",
            (403, "not-allowed") =>
                $"Your account needs the app role {request.Role}. After it was given, sign in again. {connection.SignIn}",
            (403, "operators-only") => "Ask somebody with the app role Operator.",
            (403, _) => $"Ask another person with the app role {request.Role}.",
            (409, "plan-changed") => $"Read what it says now, and answer again: rekey {group} show {id}",
            (409, "not-started") => "Decline the question instead: rekey decisions list",
            (409 or 410, _) when id is not null => $"See what became of it: rekey {group} show {id}",
            (404, { } code) when code.StartsWith(Unknown, StringComparison.Ordinal) => $"List what there is: rekey {group} list",
            (404 or 405, _) =>
                $"This Rekey has no {request.Method} {parts[0]}: it is older than this rekey, or --server is not its address. "
                    + "Check: rekey status",
            (>= 500, _) => $"Search the app's log for this trace id: {Text(body, "traceId") ?? "none was sent"}",
            _ => $"Correct the command line. rekey {group} --help shows examples.",
        };
    }

    private static string Path(ServerRequest request) => request.Path.Split('?')[0];

    private static string? Text(JsonNode? body, string name) =>
        body is JsonObject problem && problem[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
