using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.Functions.Hosting.Monitoring;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>No line of the log has a secret, whoever writes it and wherever it goes.</summary>
public sealed class LogTests : IDisposable
{
    private const string Token = "ewoiYWxnIjoiRVMyNTYifQ.eyJzdWIiOiJodXNoIn0.HUSHhush";

    private readonly Lines _lines = new();
    private readonly IHost _host;

    public LogTests()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(_lines);
        builder.AddRekeyTelemetry();
        _host = builder.Build();
    }

    [Fact]
    public void A_secret_is_removed_from_the_words_the_values_and_the_exception_of_a_line()
    {
        var log = _host.Services.GetRequiredService<ILogger<LogTests>>();
        var failure = new InvalidOperationException("A vault refuses pwd=HUSH.", new FormatException($"It got {Token}."));
        log.LogError("{Function} got {Token}", "RotateKey", Token);
        log.LogError(failure, "{Function} failed", "RotateKey");
        log.LogError("Calling {Address} failed", new Uri("https://x.blob.core.windows.net/c?se=1&sig=HUSHhush"));
        _host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Azure").LogError("Bearer HUSHhush0123456789");

        Assert.Equal(4, _lines.Written.Count);
        Assert.All(_lines.Written, line =>
        {
            Assert.DoesNotContain("HUSH", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("eyJzdWIi", line, StringComparison.Ordinal);
            Assert.Contains("(removed)", line, StringComparison.Ordinal);
        });
        Assert.Contains("RotateKey failed", _lines.Written[1], StringComparison.Ordinal);
        Assert.Contains(nameof(FormatException), _lines.Written[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_line_keeps_its_words_its_values_and_its_exception()
    {
        var failure = new InvalidOperationException("A bug.");
        _host.Services.GetRequiredService<ILogger<LogTests>>().LogError(failure, "{Function} failed", "RotateKey");
        Assert.Equal("RotateKey failed|Function=RotateKey;{OriginalFormat}={Function} failed|" + failure, Assert.Single(_lines.Written));
    }

    public void Dispose() => _host.Dispose();

    /// <summary>Keeps each line with its values and its exception, as a destination gets them.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

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
            Written.Add(
                $"{formatter(state, exception)}|"
                    + string.Join(';', ((IEnumerable<KeyValuePair<string, object?>>)state!).Select(v => $"{v.Key}={v.Value}"))
                    + $"|{exception}"
            );

        public void Dispose() { }
    }
}
