using Rekey.Core;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>Makes loggers that remove secrets from every line, for every destination. Messages of exceptions repeat what other services
/// answered.</summary>
internal sealed class CleanLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new CleanLogger(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class CleanLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!inner.IsEnabled(logLevel))
            {
                return;
            }

            var (line, stack) = (formatter(state, exception), exception?.ToString() ?? "");
            var (clean, cleanStack) = (Secrets.Without(line), Secrets.Without(stack));
            if (line == clean && stack == cleanStack)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            // The values of the line and the exception hold the secret too, so the words stand for them.
            var words = stack.Length == 0 ? clean : $"{clean}{Environment.NewLine}{cleanStack}";
            inner.Log<IReadOnlyList<KeyValuePair<string, object?>>>(
                logLevel,
                eventId,
                [new("{OriginalFormat}", words)],
                exception: null,
                (_, _) => words
            );
        }
    }
}
