namespace Rekey.Local.FunctionsHost;

/// <summary>One line of the host's log. It never holds keys, queries or bodies.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Level">Information for the handler's stdout, Error for its stderr, as the real host does.</param>
/// <param name="FunctionName">The function it belongs to, if any.</param>
/// <param name="InvocationId">The invocation it belongs to, if any.</param>
/// <param name="Text">The line.</param>
public sealed record HostLogLine(DateTimeOffset Time, LogLevel Level, string? FunctionName, Guid? InvocationId, string Text);

/// <summary>Writes lines to the sink with the clock's time.</summary>
internal sealed class HostLog(Action<HostLogLine>? sink, TimeProvider time)
{
    public void Information(string text, string? function = null, Guid? invocation = null) => Write(LogLevel.Information, text, function, invocation);

    public void Warning(string text, string? function = null, Guid? invocation = null) => Write(LogLevel.Warning, text, function, invocation);

    public void Error(string text, string? function = null, Guid? invocation = null) => Write(LogLevel.Error, text, function, invocation);

    private void Write(LogLevel level, string text, string? function, Guid? invocation) =>
        sink?.Invoke(new HostLogLine(time.GetUtcNow(), level, function, invocation, text));
}
