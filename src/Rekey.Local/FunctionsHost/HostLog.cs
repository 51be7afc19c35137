using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost;

/// <summary>Writes lines to the sink with the clock's time.</summary>
internal sealed class HostLog(Action<HostLogLine>? sink, TimeProvider timeProvider)
{
    private const string Own = "Host";

    public void Information(string text, string? function = null, string? invocation = null) =>
        Write(LogLevel.Information, Own, text, function, invocation);

    public void Warning(string text, string? function = null, string? invocation = null) =>
        Write(LogLevel.Warning, Own, text, function, invocation);

    public void Error(string text, string? function = null, string? invocation = null) =>
        Write(LogLevel.Error, Own, text, function, invocation);

    /// <summary>A line of the worker's stdout or stderr.</summary>
    public void Console(string line) => Write(LogLevel.Information, "Host.Function.Console", line, function: null, invocation: null);

    /// <summary>A log record of the worker.</summary>
    public void Worker(RpcLog record)
    {
        var text = record.Exception is { } exception ? $"{record.Message}{Environment.NewLine}{exception.Message}" : record.Message;
        Write((LogLevel)record.Level, record.Category, text, function: null, record.InvocationId.Length > 0 ? record.InvocationId : null);
    }

    private void Write(LogLevel level, string category, string text, string? function, string? invocation) =>
        sink?.Invoke(new HostLogLine(timeProvider.GetUtcNow(), level, category, function, invocation, text));
}
