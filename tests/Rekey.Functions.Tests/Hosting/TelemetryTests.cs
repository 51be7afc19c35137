using System.Globalization;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>What the worker sends to Azure Monitor: little while it stands still, and every finding whatever else happens.</summary>
public sealed class TelemetryTests
{
    /// <summary>Each timer, and how often it runs in a minute.</summary>
    private static readonly (string Timer, int Times)[] Minute =
    [
        ("SendEvents", 6),
        ("KeepPoisoned", 3),
        ("ContinueRotations", 2),
        ("PublishTrust", 1),
        ("SweepTokens", 1),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(6, 20)]
    [InlineData(500, 60)]
    public async Task An_idle_minute_is_a_few_items(int keys, int most)
    {
        await using var sink = await TelemetrySink.StartAsync(Cancel);
        await using var world = await StartAsync(sink, keys);

        // A worker that has done nothing yet, and then what a minute asks of it: no more comes than what this test starts.
        world.Host.PauseTriggers();
        await world.Host.RestartWorkerAsync(Cancel);
        await RunMinuteAsync(world);
        await world.Host.RestartWorkerAsync(Cancel);
        sink.Clear();
        await RunMinuteAsync(world);
        await world.Host.DisposeAsync();

        var kinds = sink.Items.CountBy(KindOf).OrderBy(k => k.Key, StringComparer.Ordinal).ToList();
        Assert.True(
            sink.Items.Count < most,
            string.Join(", ", kinds.Select(k => $"{k.Key} {k.Value}"))
                + Environment.NewLine
                + string.Join(Environment.NewLine, sink.Items.Take(5).Select(i => i.GetRawText()))
        );
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", kinds.Select(k => $"{k.Key} {k.Value}")));
        Assert.NotEmpty(sink.Items);

        // Requests are the host's items.
        Assert.DoesNotContain(kinds, k => k.Key == "RequestData");
    }

    /// <summary>The form that the Functions host reads ("App settings reference", APPLICATIONINSIGHTS_AUTHENTICATION_STRING).</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("Authorization=AAD", true)]
    [InlineData("ClientId=11111111-2222-4333-8444-555555555555;Authorization=AAD", true)]
    public void An_identity_sends_where_the_setting_names_one(string? setting, bool byIdentity) =>
        Assert.Equal(byIdentity ? typeof(global::Azure.Identity.ManagedIdentityCredential) : null, Telemetry.Sender(setting)?.GetType());

    /// <summary>The sink takes the key alone. With the setting nothing goes out by the key: a component without local authentication would
    /// refuse it.</summary>
    [Fact]
    public async Task With_an_identity_nothing_is_sent_by_the_key_alone()
    {
        await using var sink = await TelemetrySink.StartAsync(Cancel);
        await using var world = await StartAsync(sink, keys: 1, authentication: "Authorization=AAD");
        world.Host.PauseTriggers();
        await RunMinuteAsync(world);
        await world.Host.RestartWorkerAsync(Cancel);
        await world.Host.DisposeAsync();
        Assert.Empty(sink.Items);
    }

    [Fact]
    public async Task A_flood_from_outside_does_not_push_out_the_line_of_a_finding()
    {
        await using var sink = await TelemetrySink.StartAsync(Cancel);
        await using var world = await StartAsync(sink, keys: 2);
        world.Host.PauseTriggers();
        sink.Clear();

        // Whatever an outsider can send, more often than the exporter's queue has places, while a message that fails becomes a finding.
        var flood = Parallel.ForAsync(
            0,
            6000,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (i, cancellationToken) =>
            {
                using var request = Outside(world.HostAddress, i);
                using var reply = await world.Http.SendAsync(request, cancellationToken);
                Assert.True((int)reply.StatusCode is >= 400 and < 500 or 200, $"{request.RequestUri}: {reply.StatusCode}");
            }
        );
        var own = Parallel.ForAsync(
            0,
            200,
            new ParallelOptions { MaxDegreeOfParallelism = 200, CancellationToken = Cancel },
            async (i, cancellationToken) =>
            {
                // An id of the caller's own holds an invocation until it hangs up.
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.HostAddress, "healthz"));
                request.Headers.Add("x-ms-invocation-id", Guid.NewGuid().ToString());
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(TimeSpan.FromMilliseconds(20 + (i % 7)));
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Http.SendAsync(request, patience.Token));
            }
        );
        var poison = new QueueClient(world.Azurite.ConnectionString, "rotations-poison");
        await poison.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await poison.SendMessageAsync("""{"key":"lost"}""", Cancel);
        Assert.True((await world.Host.TriggerTimerAsync("KeepPoisoned", Cancel)).Succeeded);
        await flood;
        await own;
        await world.Host.DisposeAsync();

        Assert.Contains(sink.Items, i =>
            KindOf(i) == "MessageData"
            && i.GetRawText().Contains("failed every retry", StringComparison.Ordinal)
            && i.GetRawText().Contains("High finding", StringComparison.Ordinal)
        );
        Assert.True(sink.Items.Count < 500, $"{sink.Items.Count} items of a flood");
    }

    [Fact]
    public void The_hosts_own_part_is_quiet()
    {
        var repository = typeof(TelemetryTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "RepositoryFolder")
            .Value!;
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(repository, "host.json")));
        var logging = host.RootElement.GetProperty("logging");
        var levels = logging.GetProperty("logLevel");
        foreach (
            var (category, level) in new[]
            {
                ("Azure.Core", "Error"),
                ("Azure.Identity", "Error"),
                ("Host.Aggregator", "Error"),
                ("Host.Results", "Information"),
                ("Host.Executor", "Warning"),
                ("Host.Triggers", "Warning"),
                ("default", "Information"),
            }
        )
        {
            Assert.Equal(level, levels.GetProperty(category).GetString());
        }

        // With telemetryMode OpenTelemetry the host would export every request and every poll, and could sample neither.
        Assert.False(host.RootElement.TryGetProperty("telemetryMode", out _));

        // The worker sends its log lines itself; the host samples requests, and no line and no exception.
        var insights = logging.GetProperty("applicationInsights");
        Assert.Equal("None", insights.GetProperty("logLevel").GetProperty("Function").GetString());
        var sampling = insights.GetProperty("samplingSettings");
        Assert.True(sampling.GetProperty("isEnabled").GetBoolean());
        Assert.Equal("Trace;Exception", sampling.GetProperty("excludedTypes").GetString());
    }

    private static async Task<World> StartAsync(TelemetrySink sink, int keys, string authentication = "")
    {
        var world = await World.StartAsync(
            new()
            {
                Keys =
                [
                    .. Enumerable
                        .Range(0, keys)
                        .Select(i => new WorldKey(string.Create(CultureInfo.InvariantCulture, $"key-{i}"))
                        {
                            IssuerName = string.Create(CultureInfo.InvariantCulture, $"issuer-{i / 25}"),
                        }),
                ],
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = sink.ConnectionString,
                    ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = authentication,
                    ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
                },
            },
            Cancel
        );
        try
        {
            await new RekeyClient(world).TakeBaselineAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private static async Task RunMinuteAsync(World world)
    {
        foreach (var (timer, times) in Minute)
        {
            for (var i = 0; i < times; i++)
            {
                var run = await world.Host.TriggerTimerAsync(timer, Cancel);
                Assert.True(run.Succeeded, $"{timer}: {run.Error}");
            }
        }
    }

    private static HttpRequestMessage Outside(Uri host, int i)
    {
        var request = (i % 6) switch
        {
            0 => new HttpRequestMessage(HttpMethod.Get, new Uri(host, "findings")),
            1 => new HttpRequestMessage(HttpMethod.Post, new Uri(host, "introspect"))
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("token", "eyJhbGciOiJub25lIn0.e30.")]),
            },
            2 => new HttpRequestMessage(HttpMethod.Post, new Uri(host, "departures"))
            {
                Content = new StringContent("{", Encoding.UTF8, "application/json"),
            },
            3 => new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(host, string.Create(CultureInfo.InvariantCulture, $"issuers/no-such-{i}/jwks.json"))
            ),
            4 => new HttpRequestMessage(HttpMethod.Get, new Uri(host, "departures/..%5cRotateKey")),
            _ => new HttpRequestMessage(HttpMethod.Get, new Uri(host, "healthz")),
        };
        if (i % 2 == 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                "eyJhbGciOiJSUzI1NiJ9.eyJyb2xlcyI6WyJPcGVyYXRvciJdfQ.AAAA"
            );
        }
        else if (i % 3 == 0)
        {
            request.Headers.Add("X-Rekey-Key", "guessed");
        }

        return request;
    }

    private static string KindOf(JsonElement item) => item.GetProperty("data").GetProperty("baseType").GetString()!;
}
