using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Moq;
using Rekey.Azure.Notifications;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Notifications;
using Rekey.Notifications.Channels;

namespace Rekey.Azure.Tests.Notifications;

/// <summary>
/// Notifications reach a receiver over TLS, from the ledger in a blob: at least once, under one id, in order, and without what must not
/// leave.
/// </summary>
[Collection(nameof(Azurite))]
public sealed class NotificationDeliveryTests(Azurite azurite) : IAsyncLifetime
{
    private const string Path = "/services/T0/B0/address-is-a-secret";
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TestClock _clock = new();
    private readonly List<Finding> _raised = [];
    private readonly List<string> _closed = [];
    private readonly List<DeadLetter> _letters = [];

    // The tests share a ledger: each has a channel of its own, which gets what comes after it was opened.
    private readonly NotificationChannel _channel = new()
    {
        Name = $"c-{Guid.NewGuid():N}",
        Url = new($"https://hooks.example{Path}"),
        SigningSecret = Secret,
    };

    private StubServer _stub = null!;

    public async ValueTask InitializeAsync()
    {
        _stub = await StubServer.StartAsync();
        _stub.Challenge = null;
        _stub.On("POST", Path, new Reply(200, "ok"));
        await NewProcess().RunAsync(Cancel);
    }

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Fact]
    public async Task Without_a_crash_each_notification_is_sent_exactly_once_and_in_order()
    {
        for (var n = 0; n < 3; n++)
        {
            await HappenAsync();
        }

        var process = NewProcess();
        Assert.Equal(3, await process.RunAsync(Cancel));
        Assert.Equal(0, await process.RunAsync(Cancel));
        Assert.Equal(0, await NewProcess().RunAsync(Cancel));
        await HappenAsync();
        Assert.Equal(1, await NewProcess().RunAsync(Cancel));

        Assert.Equal(4, Ids.Distinct().Count());
        Assert.Equal(4, _stub.Requests.Count);
        var lines = _stub.Requests.Select(r => DataOf(r).GetProperty("line").GetInt64()).ToList();
        Assert.Equal(lines.Order(), lines);
        Assert.Empty(_raised);
    }

    [Fact]
    public async Task A_process_that_dies_before_it_records_sends_again_under_the_same_id()
    {
        await HappenAsync();
        await Assert.ThrowsAsync<IOException>(() => NewProcess(dies: true).RunAsync(Cancel));
        Assert.Equal(1, await NewProcess().RunAsync(Cancel));
        Assert.Equal(2, Ids.Count);
        Assert.Single(Ids.Distinct());
        Assert.Single(_stub.Requests.Select(r => DataOf(r).GetRawText()).Distinct());
        Assert.Equal(0, await NewProcess().RunAsync(Cancel));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task What_may_be_taken_later_is_tried_again_under_the_same_id(int status)
    {
        _stub.On(
            "POST",
            Path,
            status switch
            {
                0 => Reply.Drop,
                -1 => Reply.HangUp,
                _ => new Reply(status),
            },
            new Reply(204)
        );
        await HappenAsync();
        await HappenAsync();
        var process = NewProcess();
        Assert.Equal(0, await process.RunAsync(Cancel));

        // Not at once.
        Assert.Equal(0, await process.RunAsync(Cancel));
        Assert.Single(_stub.Requests);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, await process.RunAsync(Cancel));
        Assert.Equal(Ids[0], Ids[1]);
        Assert.NotEqual(Ids[1], Ids[2]);
        Assert.Empty(_letters);
    }

    [Fact]
    public async Task The_receiver_says_when()
    {
        _stub.On("POST", Path, new Reply(429) { Headers = { ["Retry-After"] = "120" } }, new Reply(200));
        await HappenAsync();
        var process = NewProcess();
        await process.RunAsync(Cancel);
        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await process.RunAsync(Cancel));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await process.RunAsync(Cancel));
    }

    [Theory]
    [InlineData(400, "notification-refused")]
    [InlineData(401, "notification-refused")]
    [InlineData(404, "notification-refused")]
    [InlineData(410, "notification-refused")]
    [InlineData(413, "notification-refused")]
    [InlineData(302, "notification-refused")]
    public async Task A_refusal_is_a_dead_letter_with_its_reason_and_the_next_one_goes_out(int status, string reason)
    {
        _stub.On("POST", Path, new Reply(status, "no") { Headers = { ["Location"] = "https://hooks.example/elsewhere" } }, new Reply(200));
        await HappenAsync();
        await HappenAsync();
        Assert.Equal(1, await NewProcess().RunAsync(Cancel));

        // A redirect is not followed.
        Assert.Equal(2, _stub.Requests.Count);
        Assert.All(_stub.Requests, r => Assert.Equal(Path, r.Path));
        var letter = Assert.Single(_letters);
        Assert.Equal(reason, letter.Reason);
        Assert.Contains($"It answered {status}.", letter.Detail, StringComparison.Ordinal);
        Assert.Contains(_channel.Name, letter.Body!, StringComparison.Ordinal);
        Assert.Equal("notification-not-delivered", Assert.Single(_raised).Kind);

        // It takes them again.
        Assert.Contains(_raised[0].Id, _closed);
        AssertNoSecret();
    }

    [Fact]
    public async Task What_is_not_taken_for_a_day_is_a_dead_letter()
    {
        _stub.On("POST", Path, new Reply(503));
        await HappenAsync();
        var process = NewProcess();
        for (var minutes = 0; minutes < 23 * 60; minutes += 10)
        {
            Assert.Equal(0, await process.RunAsync(Cancel));
            _clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Empty(_letters);
        Assert.Equal("notification-not-delivered", _raised[0].Kind);
        _clock.Advance(TimeSpan.FromHours(1));
        await process.RunAsync(Cancel);
        Assert.Equal("notification-not-taken", Assert.Single(_letters).Reason);
        Assert.Single(Ids.Distinct());
        var tried = Ids.Count;
        _clock.Advance(TimeSpan.FromHours(1));
        await NewProcess().RunAsync(Cancel);
        Assert.Equal(tried, Ids.Count);
        AssertNoSecret();
    }

    [Fact]
    public async Task Silence_ends_after_ten_seconds_and_is_tried_again()
    {
        _stub.On("POST", Path, Reply.Silence, new Reply(200));
        await HappenAsync();
        var process = NewProcess();
        var (begun, run) = (_clock.GetUtcNow(), process.RunAsync(Cancel));
        while (_stub.Requests.IsEmpty)
        {
            await Task.Yield();
        }

        await _clock.RunAsync(run);
        Assert.Equal(0, await run);
        Assert.InRange(_clock.GetUtcNow() - begun, HttpWebhooks.Timeout, HttpWebhooks.Timeout * 2);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await process.RunAsync(Cancel));
        Assert.Single(Ids.Distinct());
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        _stub.On("POST", Path, Reply.Endless);
        await HappenAsync();
        Assert.Equal(1, await NewProcess().RunAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel));

        // What lies in the buffers between them is a few megabytes.
        Assert.InRange(_stub.Endless, 1, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task The_signature_verifies_over_the_bytes_that_came()
    {
        await HappenAsync();
        await NewProcess().RunAsync(Cancel);
        var request = Assert.Single(_stub.Requests);
        var (id, time) = (request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString());
        var expected = HMACSHA256.HashData(Convert.FromBase64String(Secret[6..]), Encoding.UTF8.GetBytes($"{id}.{time}.{request.Body}"));
        Assert.Equal($"v1,{Convert.ToBase64String(expected)}", request.Headers["webhook-signature"].ToString());
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds(), long.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("application/json; charset=utf-8", request.Headers.ContentType.ToString());
    }

    /// <summary>Azure Monitor keeps the tags of each activity, the address of a request among them.</summary>
    [Fact]
    public async Task No_trace_has_the_address()
    {
        var traces = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traces.Enqueue(string.Join(' ', activity.TagObjects.Select(t => $"{t.Key}={t.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        await HappenAsync();
        Assert.Equal(1, await NewProcess().RunAsync(Cancel));

        // The storage was traced, and the webhook was not.
        Assert.NotEmpty(traces);
        Assert.DoesNotContain(traces, t => t.Contains("hooks.example", StringComparison.Ordinal));
        Assert.False(Assert.Single(_stub.Requests).Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData(ChannelKind.Teams)]
    [InlineData(ChannelKind.Slack)]
    public async Task Chats_get_their_own_format_and_no_signature(ChannelKind kind)
    {
        (_channel.Kind, _channel.SigningSecret) = (kind, null);
        await HappenAsync();
        await NewProcess().RunAsync(Cancel);
        var request = Assert.Single(_stub.Requests);
        Assert.False(request.Headers.ContainsKey("webhook-signature"));
        var body = JsonDocument.Parse(request.Body).RootElement;
        Assert.True(body.TryGetProperty(kind is ChannelKind.Teams ? "attachments" : "blocks", out _));
    }

    [Theory]
    [InlineData(false, "Alice", null)]
    [InlineData(true, "Alice", "Alice")]
    [InlineData(true, null, null)]
    public async Task Names_are_shown_only_where_a_channel_asks_for_them(bool asks, string? known, string? shown)
    {
        _channel.ShowNames = asks;
        var person = Guid.NewGuid();
        var names = new Mock<IPersonNames>();
        var setup = names.Setup(n => n.FindAsync(person, It.IsAny<CancellationToken>()));
        _ = known is null ? setup.ThrowsAsync(new RetryLaterException("Graph is away.")) : setup.ReturnsAsync(known);
        await LeaveAsync(person);
        Assert.Equal(1, await NewProcess(names: names.Object).RunAsync(Cancel));
        var shownPerson = DataOf(Assert.Single(_stub.Requests)).GetProperty("person");
        Assert.Equal(($"{person}", shown), (shownPerson.GetProperty("id").GetString(), shownPerson.GetProperty("name").GetString()));
        names.Verify(n => n.FindAsync(It.IsAny<Guid>(), It.IsAny<CancellationToken>()), asks ? Times.Once() : Times.Never());
    }

    [Fact]
    public async Task A_name_never_enters_a_dead_letter()
    {
        _channel.ShowNames = true;
        _stub.On("POST", Path, new Reply(400));
        var person = Guid.NewGuid();
        await LeaveAsync(person);
        await NewProcess(
                names: Mock.Of<IPersonNames>(n => n.FindAsync(person, It.IsAny<CancellationToken>()) == Task.FromResult<string?>("Alice"))
            )
            .RunAsync(Cancel);
        Assert.Contains("Alice", Assert.Single(_stub.Requests).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Alice", JsonSerializer.Serialize(_letters), StringComparison.Ordinal);
        Assert.Contains($"{person}", Assert.Single(_letters).Body!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_fails_holds_back_no_other_and_severity_chooses()
    {
        var other = new NotificationChannel
        {
            Name = $"o-{Guid.NewGuid():N}",
            Kind = ChannelKind.Slack,
            Url = new("https://hooks.example/other"),
            MinimumSeverity = Severity.Low,
        };
        _stub.On("POST", "/other", new Reply(200));
        _stub.On("POST", Path, new Reply(500));
        await NewProcess(channels: [_channel, other]).RunAsync(Cancel);
        await HappenAsync(Severity.Low);
        await HappenAsync(Severity.Critical);
        await HappenAsync(Severity.Informational);
        Assert.Equal(2, await NewProcess(channels: [_channel, other]).RunAsync(Cancel));
        Assert.Single(_stub.Requests, r => r.Path == Path);
    }

    /// <summary>What happened before a channel was there is no news for it.</summary>
    [Fact]
    public async Task A_new_channel_gets_what_comes_after_it()
    {
        await HappenAsync();
        var late = new NotificationChannel
        {
            Name = $"l-{Guid.NewGuid():N}",
            Url = _channel.Url,
            SigningSecret = Secret,
        };
        Assert.Equal(0, await NewProcess(channels: [late]).RunAsync(Cancel));
        await HappenAsync();
        Assert.Equal(1, await NewProcess(channels: [late]).RunAsync(Cancel));
    }

    [Fact]
    public async Task Without_a_channel_the_ledger_is_not_even_read()
    {
        var ledger = new Mock<ILedger>(MockBehavior.Strict);
        Assert.Equal(0, await Process(ledger.Object, []).RunAsync(Cancel));
    }

    private IReadOnlyList<string> Ids => [.. _stub.Requests.Select(r => r.Headers["webhook-id"].ToString())];

    private static JsonElement DataOf(Asked request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("data");

    private SegmentedLedger Ledger() =>
        new(new BlobLedgerSegments(azurite.OtherClients().Blobs(), azurite.OtherClients().Blobs(retry: false), _clock), new(), _clock);

    private Task HappenAsync(Severity severity = Severity.Critical) =>
        Ledger()
            .AppendAsync(
                FindingLine.Raise(
                    new(
                        "trust-list-refused",
                        $"{Guid.NewGuid()}",
                        severity,
                        "The list is refused.",
                        "Look.",
                        new Dictionary<string, string>(),
                        _clock.GetUtcNow(),
                        _clock.GetUtcNow()
                    )
                ),
                Cancel
            );

    /// <summary>A departure whose key waits for an answer.</summary>
    private async Task LeaveAsync(Guid person)
    {
        var (ledger, decision) = (Ledger(), $"{Guid.NewGuid():N}");
        await ledger.AppendAsync(
            new(
                $"asked/{decision}",
                LedgerKinds.DecisionAsked,
                "kv/shop",
                new Dictionary<string, string>
                {
                    ["decision"] = decision,
                    ["kind"] = "rotate",
                    ["expiresAt"] = _clock.GetUtcNow().AddHours(4).ToString("O"),
                    ["onExpiry"] = "CarryOut",
                }
            ),
            Cancel
        );
        await ledger.AppendAsync(
            new(
                $"planned/{decision}",
                LedgerKinds.RotationPlanned,
                "kv/shop",
                new Dictionary<string, string>
                {
                    ["cause"] = $"tenant~{person}~1",
                    ["urgency"] = "Immediate",
                    ["decision"] = decision,
                }
            ),
            Cancel
        );
    }

    private SendNotifications NewProcess(
        bool dies = false,
        IPersonNames? names = null,
        IReadOnlyList<NotificationChannel>? channels = null
    ) => Process(dies ? new Dying(Ledger()) : Ledger(), channels ?? [_channel], names);

    private SendNotifications Process(ILedger ledger, IReadOnlyList<NotificationChannel> channels, IPersonNames? names = null)
    {
        var findings = new Mock<IFindings>();
        findings
            .Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Callback((Finding f, CancellationToken _) => _raised.Add(f));
        findings
            .Setup(f => f.CloseAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback((string id, string _, CancellationToken _) => _closed.Add(id));
        var letters = new Mock<IDeadLetters>();
        letters
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .Callback((DeadLetter l, CancellationToken _) => _letters.Add(l))
            .Returns((DeadLetter l, CancellationToken c) => new BlobDeadLetters(azurite.Clients().Blobs(), _clock).KeepAsync(l, c));
        return new(
            "prod",
            new() { Channels = [.. channels] },
            new(ledger, new LedgerReader(ledger)),
            new HttpWebhooks(_stub.Handler("hooks.example"), _clock),
            names ?? new Mock<IPersonNames>(MockBehavior.Strict).Object,
            letters.Object,
            findings.Object,
            _clock
        );
    }

    /// <summary>Neither the address nor the secret is in anything that stays.</summary>
    private void AssertNoSecret()
    {
        var kept = JsonSerializer.Serialize(_letters) + JsonSerializer.Serialize(_raised);
        Assert.DoesNotContain("address-is-a-secret", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("hooks.example", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[6..], kept, StringComparison.Ordinal);
    }

    /// <summary>A process that dies when it is about to record what it sent.</summary>
    private sealed class Dying(ILedger ledger) : ILedger
    {
        public Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
            entry.Kind == LedgerKinds.NotificationSent ? throw new IOException("killed") : ledger.AppendAsync(entry, cancellationToken);

        public IAsyncEnumerable<LedgerLine> ReadAsync(long after, CancellationToken cancellationToken) =>
            ledger.ReadAsync(after, cancellationToken);

        public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken) => ledger.HeadAsync(cancellationToken);
    }
}
