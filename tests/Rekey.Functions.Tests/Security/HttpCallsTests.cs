using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using Rekey.Core;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Security;

/// <summary>What stands around an HTTP function, at run time: a function that says nothing is closed, and each end of a call is answered
/// once.</summary>
public sealed class HttpCallsTests
{
    private readonly CallOptions _options = new();
    private readonly List<string> _log = [];
    private Problems? _problems;
    private int _ran;

    [Theory]
    [InlineData(nameof(CallProbes.SaysNothing), 403)]
    [InlineData("IsNotThere", 403)]
    [InlineData(nameof(CallProbes.ForReaders), 401)]
    public async Task A_function_runs_for_those_alone_whom_its_method_names(string method, int status)
    {
        var http = await CallAsync(method, _ => Task.CompletedTask);
        Assert.Equal((status, 0), (http.Response.StatusCode, _ran));
        await CallAsync(nameof(CallProbes.ForAnybody), _ => Task.CompletedTask);
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task A_function_whose_request_is_missing_does_not_run()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CallAsync(nameof(CallProbes.ForAnybody), _ => Task.CompletedTask, withRequest: false)
        );
        Assert.Equal(0, _ran);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_who_hangs_up_leaves_no_line_in_the_log(bool hostSaysSo)
    {
        for (var i = 0; i < 50; i++)
        {
            using var gone = new CancellationTokenSource();
            var http = await CallAsync(
                nameof(CallProbes.ForAnybody),
                async request =>
                {
                    await gone.CancelAsync();
                    request.HttpContext.RequestAborted.ThrowIfCancellationRequested();
                },
                host: hostSaysSo ? gone.Token : default,
                caller: hostSaysSo ? default : gone.Token
            );
            Assert.Equal(200, http.Response.StatusCode);
        }

        Assert.Empty(_log);
    }

    [Fact]
    public async Task At_the_deadline_the_caller_may_come_again()
    {
        _options.Deadline = TimeSpan.FromMilliseconds(1);
        var http = await CallAsync(nameof(CallProbes.ForAnybody), request =>
            Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted)
        );
        Assert.Equal(503, http.Response.StatusCode);
    }

    [Fact]
    public async Task Failures_are_logged_so_often_for_each_reason_and_the_last_line_says_that_there_are_more()
    {
        for (var i = 0; i < 100; i++)
        {
            await CallAsync(nameof(CallProbes.ForAnybody), _ => throw new InvalidOperationException("A bug."));
        }

        await CallAsync(nameof(CallProbes.ForAnybody), _ => throw new RetryLaterException("Storage is away."));
        Assert.Equal(21, _log.Count);
        Assert.Contains("not logged for a minute", _log[19], StringComparison.Ordinal);
        Assert.Contains("try-later", _log[20], StringComparison.Ordinal);
    }

    private async Task<HttpContext> CallAsync(
        string method,
        Func<HttpRequest, Task> run,
        bool withRequest = true,
        CancellationToken host = default,
        CancellationToken caller = default
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new Lines(_log));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails(Problems.Customize);
        builder.Services.AddRekeyAuthentication(
            new() { Authority = "https://login.example/tenant/v2.0", Audience = "rekey" },
            new HttpClientHandler()
        );
        await using var services = builder.Services.BuildServiceProvider();
        _problems ??= new(
            services.GetRequiredService<IProblemDetailsService>(),
            TimeProvider.System,
            services.GetRequiredService<ILogger<Problems>>()
        );

        var http = new DefaultHttpContext
        {
            RequestServices = services,
            RequestAborted = caller,
            User = new ClaimsPrincipal(),
        };
        http.SetEndpoint(new(requestDelegate: null, metadata: null, "Probe"));
        var definition = new Mock<FunctionDefinition>();
        definition.Setup(d => d.Name).Returns("Probe");
        definition.Setup(d => d.EntryPoint).Returns($"{typeof(CallProbes).FullName}.{method}");
        var trigger = new Mock<BindingMetadata>();
        trigger.Setup(b => b.Type).Returns("httpTrigger");
        definition.Setup(d => d.InputBindings).Returns(ImmutableDictionary<string, BindingMetadata>.Empty.Add("request", trigger.Object));
        var features = new Mock<IInvocationFeatures>();
        var context = new Mock<FunctionContext>();
        context.Setup(c => c.FunctionDefinition).Returns(definition.Object);
        context.Setup(c => c.CancellationToken).Returns(host);
        context.Setup(c => c.Features).Returns(features.Object);
        context.Setup(c => c.Items).Returns(withRequest ? new Dictionary<object, object> { ["HttpRequestContext"] = http } : []);

        var calls = new HttpCalls(
            new(typeof(HttpCallsTests).Assembly),
            services.GetRequiredService<Microsoft.AspNetCore.Authorization.Policy.IPolicyEvaluator>(),
            _problems,
            _options
        );
        await calls.Invoke(context.Object, async _ =>
        {
            _ran++;
            await run(http.Request);
        });
        return http;
    }

    /// <summary>Keeps the lines of a log.</summary>
    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Rekey", StringComparison.Ordinal)
                ? this
                : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Add(formatter(state, exception));

        public void Dispose() { }
    }
}
