namespace Rekey.Local.FunctionsHost;

/// <summary>One line of the host's log. The host's own lines hold no keys, queries or bodies.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Level">The worker's own level; Information for every line of its stdout or stderr, as the real host does.</param>
/// <param name="Category">The worker's own category, <c>Host.Function.Console</c> for its stdout and stderr, <c>Host</c> for this host's
/// lines.</param>
/// <param name="FunctionName">The function it belongs to, if any.</param>
/// <param name="InvocationId">The invocation it belongs to, if any.</param>
/// <param name="Text">The line.</param>
public sealed record HostLogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    string? FunctionName,
    string? InvocationId,
    string Text
);
