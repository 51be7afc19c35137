using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>Keeps what is logged, with its properties.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<(
        string Category,
        LogLevel Level,
        string Text,
        IReadOnlyList<KeyValuePair<string, object?>> Columns
    )> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, this);

    public void Dispose() { }

    private sealed class Lines(string category, LogLines to) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            to.All.Enqueue(
                (
                    category,
                    logLevel,
                    $"{formatter(state, exception)} {exception}".TrimEnd(),
                    state as IReadOnlyList<KeyValuePair<string, object?>> ?? []
                )
            );
    }
}
