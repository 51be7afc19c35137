using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Rows;
using Rekey.AspNetCore.Tests.Support;
using Rekey.Detections;

namespace Rekey.AspNetCore.Tests.AccessLogs;

/// <summary>The rows of a gateway's access log: what is in them, and that none is lost in silence.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    private GatewayWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await GatewayWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_accepted_token_is_a_row_with_every_column_of_the_view()
    {
        var gateway = await _world.GatewayAsync();
        var token = _world.Issuer.Mint(TestIssuer.Claims(aud: """["shop","apples"]"""));
        using var reply = await gateway.CallAsync(token, "/records?secret=1");
        var row = await gateway.Rows.NextAsync(AcceptedRow.Name);

        Assert.Equal(LogViews.GatewayAccess.Where(c => !c.IsDerived).Select(c => c.Name), row.Columns.Select(c => c.Key));
        var columns = row.Columns.ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        Assert.Equal(_world.Clock.GetUtcNow(), columns["TimeGenerated"]);
        Assert.Equal(TestIssuer.Issuer, columns["Iss"]);
        Assert.Equal(("1", "s", "apples shop"), (columns["Jti"], columns["Sub"], columns["Aud"]));
        Assert.Equal((_world.Issuer.Kid, _world.Issuer.Kid), (columns["Kid"], columns["KeyThumbprint"]));
        Assert.Equal(TestIssuer.Start.AddSeconds(-60), columns["IssuedAt"]);
        Assert.Equal(TestIssuer.Start.AddSeconds(600), columns["ExpiresAt"]);
        Assert.Equal(64, ((string)columns["SigningInputSha256"]!).Length);
        Assert.Equal(true, columns["SignatureVerified"]);
        Assert.Equal(
            ("127.0.0.1", "app/1", "/records", 200L),
            (columns["SrcIpAddr"], columns["UserAgent"], columns["Path"], columns["StatusCode"])
        );
        Assert.Equal("gateway-1", columns["Gateway"]);
    }

    [Theory]
    [InlineData("/forbidden", 403)]
    [InlineData("/nowhere", 404)]
    [InlineData("/fails", 500)]
    public async Task The_row_has_the_status_of_the_reply(string path, int status)
    {
        var gateway = await _world.GatewayAsync(map: app =>
        {
            app.MapGet("/forbidden", () => "").RequireAuthorization(p => p.RequireClaim("never"));
            app.MapGet("/fails", () => Results.StatusCode(500)).RequireAuthorization();
        });
        using var reply = await gateway.CallAsync(_world.Issuer.Mint(), path);
        Assert.Equal(status, (int)reply.StatusCode);
        var row = await gateway.Rows.NextAsync(AcceptedRow.Name);
        Assert.Equal((long)status, row.Columns.Single(c => c.Key == "StatusCode").Value);
    }

    /// <summary>The application's own events go on working, and what it refuses is no access.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_the_application_refuses_is_a_refusal(bool byType)
    {
        var gateway = await _world.GatewayAsync(services: builder =>
        {
            builder.Services.AddSingleton<FailingEvents>();
            builder.Services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, o =>
            {
                o.Events = byType ? null! : new FailingEvents();
                o.EventsType = byType ? typeof(FailingEvents) : null;
            });
        });
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        var row = await gateway.Rows.NextAsync(RefusalRow.Name);
        Assert.Equal("application", row.Columns.Single(c => c.Key == "Reason").Value);
        Assert.Equal("1", row.Columns.Single(c => c.Key == "Jti").Value);
        Assert.DoesNotContain(gateway.Rows.Rows, r => r is AcceptedRow);
    }

    [Fact]
    public async Task Rows_that_find_no_room_are_counted_and_become_a_gap()
    {
        var gateway = await _world.GatewayAsync(o => o.AccessLog.BufferedRows = 100);
        var (blocked, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway.Rows.Before = () =>
        {
            entered.TrySetResult();
            return blocked.Task;
        };
        var token = _world.Issuer.Mint();
        Assert.True(await gateway.AcceptsAsync(token));
        await entered.Task;
        for (var n = 0; n < 150; n++)
        {
            Assert.True(await gateway.AcceptsAsync(token));
        }

        // Refusals have a buffer of their own: a flood of them drops no access, nor the other way round.
        Assert.False(await gateway.AcceptsAsync("garbage"));
        blocked.SetResult();
        var rows = await gateway.Rows.AllAsync(rows => rows.OfType<GapRow>().Any() && rows.OfType<RefusalRow>().Any());
        var gap = Assert.Single(rows.OfType<GapRow>());
        Assert.Equal(151, rows.OfType<AcceptedRow>().Count() + gap.Missing);
        Assert.Equal(50, gap.Missing);
        Assert.Equal("GatewayAccess", gap.Columns.Single(c => c.Key == "Of").Value);
        Assert.Contains(gateway.Lines.All, l => l.Level is LogLevel.Error && l.Text.Contains("dropped 50 rows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_writer_that_fails_gets_the_rows_again()
    {
        var gateway = await _world.GatewayAsync();
        var failures = 0;
        gateway.Rows.Before = () => ++failures <= 3 ? throw new IOException("No space left on device.") : Task.CompletedTask;
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        while (gateway.Rows.Rows.IsEmpty)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Single(gateway.Rows.Rows);
        Assert.Equal(4, failures);
    }

    [Fact]
    public async Task Rows_go_to_the_logger_with_a_property_for_each_column()
    {
        var gateway = await _world.GatewayAsync(o => o.AccessLog.ToLogger = true);
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.False(await gateway.AcceptsAsync("garbage"));
        await gateway.DisposeAsync();
        var rows = gateway.Lines.All.Where(l => l.Category == "Rekey.GatewayLog").ToList();
        Assert.Equal(LogLevel.Information, rows.Single(r => r.Text.StartsWith("GatewayAccess", StringComparison.Ordinal)).Level);
        var refusal = rows.Single(r => r.Text.StartsWith("GatewayRefusal", StringComparison.Ordinal));
        Assert.Contains(new("Reason", "not-a-compact-jws"), refusal.Columns);
    }

    [Fact]
    public async Task A_stop_writes_what_waits()
    {
        var gateway = await _world.GatewayAsync();
        for (var n = 0; n < 20; n++)
        {
            Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        }

        await gateway.DisposeAsync();
        Assert.Equal(20, Lines("GatewayAccess").Count);
    }

    [Fact]
    public async Task Files_are_ndjson_in_the_columns_of_the_view()
    {
        var gateway = await _world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.False(await gateway.AcceptsAsync(new TestIssuer().Mint(TestIssuer.Claims(jti: "\"forged\""))));
        await gateway.DisposeAsync();

        var access = Assert.Single(Lines("GatewayAccess"));
        Assert.Equal("2027-03-01T08:59:00Z", access.GetProperty("IssuedAt").GetString());
        Assert.Equal(200, access.GetProperty("StatusCode").GetInt64());
        Assert.True(access.GetProperty("SignatureVerified").GetBoolean());
        Assert.False(access.TryGetProperty("SealState", out _));
        var refusal = Assert.Single(Lines("GatewayRefusal"));
        Assert.Equal(("kid-not-trusted", "forged"), (refusal.GetProperty("Reason").GetString(), refusal.GetProperty("Jti").GetString()));
        Assert.Empty(Lines("GatewayGap"));
    }

    [Fact]
    public async Task Files_are_rolled_and_the_oldest_make_room_with_a_row_about_it()
    {
        var gateway = await _world.GatewayAsync(o => (o.AccessLog.MaxFileBytes, o.AccessLog.MaxFolderBytes) = (4096, 4 * 4096));
        var token = _world.Issuer.Mint();
        for (var n = 1; n <= 100; n++)
        {
            // One write a row, so that files are rolled.
            Assert.True(await gateway.AcceptsAsync(token));
            await gateway.Rows.AllAsync(rows => rows.Count == n);
        }

        await gateway.DisposeAsync();
        var files = Directory.GetFiles(Path.Combine(_world.Folder, "log", "GatewayAccess"));
        Assert.InRange(files.Length, 2, 5);
        Assert.All(Lines("GatewayGap"), g => Assert.Equal("deleted", g.GetProperty("Reason").GetString()));
        Assert.NotEmpty(Lines("GatewayGap"));
        Assert.InRange(Lines("GatewayAccess").Count, 10, 60);
    }

    [Fact]
    public async Task After_a_kill_the_next_process_says_that_rows_may_be_missing()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_world.Folder, "log")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "writing"), "", TestContext.Current.CancellationToken);
        var gateway = await _world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        await gateway.DisposeAsync();
        Assert.Equal("killed", Assert.Single(Lines("GatewayGap")).GetProperty("Reason").GetString());

        // A clean stop leaves no such trace.
        gateway = await _world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        await gateway.DisposeAsync();
        Assert.Single(Lines("GatewayGap"));
    }

    [Fact]
    public async Task Rows_go_through_the_data_collection_rule_and_a_refused_batch_becomes_a_gap()
    {
        await using var azure = await ListServer.StartAsync();
        var (answers, bodies) = (new Queue<int>([503, 413, 204]), new List<(string Address, string? Token, JsonElement Rows)>());
        azure.Trouble = async context =>
        {
            bodies.Add(
                (
                    $"{context.Request.Path}{context.Request.QueryString}",
                    context.Request.Headers.Authorization,
                    await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)
                )
            );
            context.Response.StatusCode = answers.TryDequeue(out var status) ? status : 204;
            return true;
        };
        var gateway = await _world.GatewayAsync(o =>
            o.AccessLog.Ingestion = new()
            {
                Endpoint = azure.Address,
                RuleId = "dcr-1",
                GapStream = "Custom-GatewayGap_CL",
                Token = _ => new("entra"),
            }
        );
        foreach (var jti in new[] { "1", "2" })
        {
            Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: $"\"{jti}\"", exp: "3500"))));
            while (azure.Requests.Count < (jti == "1" ? 2 : 4))
            {
                _world.Clock.Advance(TimeSpan.FromSeconds(1));
                await azure.Answered.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            }
        }

        await gateway.DisposeAsync();
        const string Access = "/dataCollectionRules/dcr-1/streams/Custom-GatewayAccess_CL?api-version=2023-01-01";
        Assert.Equal([Access, Access, Access, Access.Replace("Access", "Gap", StringComparison.Ordinal)], bodies.Select(b => b.Address));
        Assert.All(bodies, b => Assert.Equal("Bearer entra", b.Token));
        Assert.Equal(["1", "1", "2"], bodies.Take(3).Select(b => Assert.Single(b.Rows.EnumerateArray()).GetProperty("Jti").GetString()));
        Assert.Equal(1, bodies[3].Rows[0].GetProperty("Missing").GetInt64());

        // The rule's transformation makes TimeGenerated of it.
        Assert.Equal("2027-03-01T09:00:00Z", bodies[0].Rows[0].GetProperty("EventTime").GetString());
    }

    [Fact]
    public async Task Outcomes_are_counted()
    {
        var counted = new Dictionary<string, long>(StringComparer.Ordinal);
        var gateway = await _world.GatewayAsync();
        using var listener = new MeterListener();
        var factory = gateway.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "rekey.gateway.tokens" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                lock (counted)
                {
                    var outcome = (string)tags[0].Value!;
                    counted[outcome] = counted.GetValueOrDefault(outcome) + value;
                }
            }
        );
        listener.Start();
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.False(await gateway.AcceptsAsync("garbage"));
        Assert.Equal(2, counted["accepted"]);
        Assert.Equal(1, counted["not-a-compact-jws"]);
    }

    /// <summary>The rows in the files of a stream; rows about gaps stand among those of their stream.</summary>
    private List<JsonElement> Lines(string stream) =>
        [
            .. new[] { "GatewayAccess", "GatewayRefusal" }
                .Where(folder => folder == stream || stream == "GatewayGap")
                .SelectMany(folder => Directory.GetFiles(Path.Combine(_world.Folder, "log", folder), "*.ndjson"))
                .Order(StringComparer.Ordinal)
                .SelectMany(File.ReadAllLines)
                .Select(l => JsonElement.Parse(l))
                .Where(row => row.TryGetProperty("Of", out _) == (stream == "GatewayGap")),
        ];

    private sealed class FailingEvents : JwtBearerEvents
    {
        public override Task TokenValidated(TokenValidatedContext context)
        {
            context.Fail("Not today.");
            return Task.CompletedTask;
        }
    }
}
