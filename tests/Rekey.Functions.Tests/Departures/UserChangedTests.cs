using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Functions.Departures;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Tests.Findings;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Messaging;

namespace Rekey.Functions.Tests.Departures;

/// <summary>An event about an account is handled, kept as a dead letter, or put back: never lost, and never a failed call.</summary>
public sealed class UserChangedTests
{
    private const string Tenant = "aaaaaaaa-0000-4000-8000-000000000001";
    private const string Secret = "the client state of the subscription";
    private const string Former = "the client state that it replaces";

    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly DepartureOptions _options = new() { TenantId = Tenant, ClientState = Secret };
    private readonly List<(string Text, TimeSpan Delay)> _putBack = [];
    private readonly List<DeadLetter> _letters = [];
    private readonly List<LedgerEntry> _lines = [];
    private readonly KeptFindings _kept;
    private readonly Mock<IChangeSubscriptions> _subscriptions = new();
    private readonly List<ChangeSubscription> _made = [];
    private readonly LedgerRecords<FeedSubscription> _feed;
    private readonly UserChangedFunction _function;
    private readonly UserChangeFindings _userChangeFindings;
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private Exception? _graph;
    private Exception? _letterStore;
    private Exception? _queue;
    private int _reads;
    private readonly List<(string Text, DateTimeOffset SentAt)> _waiting = [];

    public UserChangedTests()
    {
        var (directory, work, queue, letterStore, ledger) = (
            new Mock<IDirectory>(),
            new Mock<IWorkQueue>(),
            new Mock<IUserChangeQueue>(),
            new Mock<IDeadLetters>(),
            new Mock<ILedger>()
        );
        var (people, departures) = (new Mock<ILedgerRecords<Person>>(), new Mock<ILedgerRecords<Departure>>());
        directory
            .Setup(d => d.ReadAsync(It.IsAny<Guid>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() =>
            {
                _reads++;
                return _graph is null ? PersonStanding.Disabled : throw _graph;
            });
        queue
            .Setup(q => q.PutBackAsync(It.IsAny<string>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .Callback((string text, TimeSpan delay, CancellationToken _) => _putBack.Add(_queue is null ? (text, delay) : throw _queue))
            .Returns(Task.CompletedTask);
        queue.Setup(q => q.LookAsync(It.IsAny<CancellationToken>())).ReturnsAsync(() => new(_waiting.Count + _putBack.Count, _waiting));
        letterStore
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (DeadLetter letter, CancellationToken _) =>
                {
                    _letters.Add(_letterStore is null ? letter : throw _letterStore);
                    return $"{letter.Reason}/1";
                }
            );
        ledger
            .Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>()))
            .Callback((LedgerEntry entry, CancellationToken _) => _lines.Add(entry));
        people
            .Setup(p => p.InsertAsync(It.IsAny<Person>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Person p, CancellationToken _) => new(p, "1"));
        departures
            .Setup(d => d.InsertAsync(It.IsAny<Departure>(), It.IsAny<LedgerEvent>(), It.IsAny<CancellationToken>()))
            .Callback((Departure _, LedgerEvent what, CancellationToken _) => _lines.Add(new(what.Kind, what.Kind, what.About, what.Facts)))
            .ReturnsAsync((Departure d, LedgerEvent _, CancellationToken _) => new(d, "1"));
        _kept = new(_clock);
        var letters = new KeepDeadLetter(
            letterStore.Object,
            ledger.Object,
            _kept.DeadLetters,
            _kept.Findings,
            _clock,
            NullLogger<KeepDeadLetter>.Instance
        );
        _userChangeFindings = new(_kept.Findings, _kept.OnRecord, queue.Object, new() { Audience = "api://rekey" }, _clock);
        var reader = new LedgerReader(_kept.Ledger);
        var runs = new RunLedger(_kept.Ledger, reader, _clock);
        _feed = new(_kept.Ledger, reader, rows: null);
        _subscriptions
            .Setup(s => s.ListAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => _graph is null ? [.. _made] : throw _graph);
        _subscriptions
            .Setup(s => s.CreateAsync(It.IsAny<NewSubscription>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (NewSubscription s, CancellationToken _) =>
                {
                    _made.Add(new(Guid.NewGuid(), "users", s.NotificationUrl, s.EndsAt));
                    return _made[^1];
                }
            );
        _subscriptions.Setup(s => s.ReauthorizeAsync(It.IsAny<Guid>(), It.IsAny<CancellationToken>())).ReturnsAsync(true);
        _subscriptions
            .Setup(s => s.RenewAsync(It.IsAny<Guid>(), It.IsAny<DateTimeOffset>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Guid id, DateTimeOffset end, CancellationToken _) => new(id, "users", NotificationUrl: null, end));
        var retry = new RetryUserChange(queue.Object, letters, _userChangeFindings, _clock, NullLogger<RetryUserChange>.Instance);
        var subscription = new RenewSubscription(_subscriptions.Object, _feed, runs, _kept.Findings, _options, _clock);
        _function = new(
            new(
                new(directory.Object, people.Object, departures.Object, work.Object, _clock),
                new(_clock),
                retry,
                _userChangeFindings,
                subscription,
                _options,
                _clock,
                NullLogger<HandleUserChange>.Instance
            ),
            retry,
            letters,
            _userChangeFindings,
            subscription,
            runs,
            _options,
            new(letters, new(), NullLogger<RunTrigger>.Instance)
        );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_departure_is_noticed_from_base64_and_from_plain_text(bool base64)
    {
        var text = Event().ToJsonString();
        await RunAsync(base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text);
        Assert.Contains(_lines, l => l.Kind == LedgerKinds.DepartureNoticed);
        Assert.Empty(_letters);
        Assert.Empty(_putBack);
    }

    [Theory]
    [InlineData(Secret, "", true)]
    [InlineData(Former, "", false)]
    [InlineData(Secret, Former, true)]
    [InlineData(Former, Former, true)]
    [InlineData("", Former, false)]
    [InlineData("", "", false)]
    [InlineData("guessed, and guessed wrong", Former, false)]
    public async Task Two_client_states_are_accepted_while_one_replaces_the_other(string sent, string previous, bool accepted)
    {
        _options.PreviousClientState = previous;
        await RunAsync(Event(clientState: sent).ToJsonString());
        Assert.Equal(accepted, _lines.Any(l => l.Kind == LedgerKinds.DepartureNoticed));
        Assert.Equal(accepted ? [] : ["wrong-client-state"], _letters.Select(l => l.Reason));
    }

    /// <summary>Before the first Graph subscription there is none, and an event without one is not better for that.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Secret)]
    public async Task Without_a_client_state_no_event_is_accepted(string? sent)
    {
        _options.ClientState = "";
        var graphEvent = Event(clientState: sent ?? "");
        if (sent is null)
        {
            graphEvent["data"]!.AsObject().Remove("clientState");
        }

        await RunAsync(graphEvent.ToJsonString());
        Assert.DoesNotContain(_lines, l => l.Kind == LedgerKinds.DepartureNoticed);
        Assert.Equal(["wrong-client-state"], _letters.Select(l => l.Reason));
    }

    [Fact]
    public async Task An_event_that_cannot_be_handled_now_is_put_back_later_each_time_and_is_handled_in_the_end()
    {
        _graph = new RetryLaterException("Graph is away.");
        await RunAsync(Event().ToJsonString());
        TimeSpan last = default;
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            var (text, delay) = Assert.Single(_putBack);
            Assert.True(delay >= last && delay <= TimeSpan.FromMinutes(15), $"attempt {attempt}: {delay} after {last}");
            Assert.Equal(attempt, JsonDocument.Parse(text).RootElement.GetProperty("attempts").GetInt32());
            last = delay;
            _putBack.Clear();
            _clock.Advance(delay);
            _graph = attempt < 12 ? _graph : null;
            await RunAsync(text);
        }

        Assert.Equal(TimeSpan.FromMinutes(15), last);
        Assert.Empty(_putBack);
        Assert.Empty(_letters);
        Assert.Contains(_lines, l => l.Kind == LedgerKinds.DepartureNoticed);
    }

    [Fact]
    public async Task Graphs_own_delay_counts_when_it_is_longer()
    {
        _graph = new RetryLaterException("Too many requests.", TimeSpan.FromMinutes(2));
        await RunAsync(Event().ToJsonString());
        Assert.Equal(TimeSpan.FromMinutes(2), Assert.Single(_putBack).Delay);
    }

    [Fact]
    public async Task A_refusal_is_a_finding_at_once_and_the_event_waits()
    {
        _graph = new CannotContinueException("graph-forbidden", "Graph refuses.", "Grant User.Read.All.");
        await RunAsync(Event().ToJsonString());
        Assert.Single(_putBack);
        Assert.Contains("Grant User.Read.All.", Assert.Single(_kept.All).Remedy, StringComparison.Ordinal);
        Assert.Empty(_letters);
    }

    [Fact]
    public async Task An_hour_of_waiting_is_a_finding_that_closes_when_no_event_waits_any_more()
    {
        _graph = new RetryLaterException("Graph is away.");
        await RunAsync(Event().ToJsonString());
        await TryForAsync(TimeSpan.FromMinutes(59));
        Assert.Empty(_kept.All);
        await TryForAsync(TimeSpan.FromMinutes(20));
        var waiting = Assert.Single(_kept.All);
        Assert.Equal((FindingKinds.UserChangesWaiting, Severity.High), (waiting.Kind, waiting.Severity));
        Assert.Contains("Graph is away.", waiting.Remedy, StringComparison.Ordinal);

        // It closes when nothing waits any more, and not because a while went by.
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Null(_kept.Recorded.Find(waiting.Id)!.ClosedAt);
        _clock.Advance(TimeSpan.FromHours(2));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Null(_kept.Recorded.Find(waiting.Id)!.ClosedAt);
        _graph = null;
        var (text, _) = Assert.Single(_putBack);
        _putBack.Clear();
        await RunAsync(text);
        Assert.Empty(_putBack);
        await _userChangeFindings.LookAsync(Cancel);
        Assert.NotNull(_kept.Recorded.Find(waiting.Id)!.ClosedAt);
    }

    [Fact]
    public async Task Events_that_nothing_takes_are_a_critical_finding()
    {
        _waiting.Add((Convert.ToBase64String(Encoding.UTF8.GetBytes(Event().ToJsonString())), _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMinutes(7));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Empty(_kept.All);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _userChangeFindings.LookAsync(Cancel);
        var found = Assert.Single(_kept.All);
        Assert.Equal((FindingKinds.UserChangesNotTaken, Severity.Critical), (found.Kind, found.Severity));
        _waiting.Clear();
        await _userChangeFindings.LookAsync(Cancel);
        Assert.NotNull(_kept.Recorded.Find(found.Id)!.ClosedAt);

        // One that was put back was hidden for up to its delay.
        var hidden = new UserChangeMessage(JsonDocument.Parse("{}").RootElement, 3, _clock.GetUtcNow()).ToText();
        _waiting.Add((hidden, _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMinutes(19));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Empty(_kept.Recorded.Open);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Single(_kept.Recorded.Open);
    }

    [Fact]
    public async Task Refused_events_are_one_finding_that_is_raised_again_for_a_new_reason_and_at_each_doubling()
    {
        var milestones = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            await RunAsync(Event(clientState: "guessed, and guessed wrong").ToJsonString());
            milestones.Add(Assert.Single(_kept.All).Milestone?.Split(' ')[1]);
        }

        Assert.Equal(["1", "2", "4", "4", "8"], milestones);
        await RunAsync("no json");
        var found = Assert.Single(_kept.All);
        Assert.Equal(
            (Severity.High, "5", "1"),
            (found.Severity, found.Evidence["wrong-client-state"], found.Evidence["not-a-cloud-event"])
        );
        _clock.Advance(TimeSpan.FromHours(23));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.Null(_kept.Recorded.Find(found.Id)!.ClosedAt);
        _clock.Advance(TimeSpan.FromHours(2));
        await _userChangeFindings.LookAsync(Cancel);
        Assert.NotNull(_kept.Recorded.Find(found.Id)!.ClosedAt);
    }

    /// <summary>A string that is no text is the sender's mistake, wherever it stands.</summary>
    [Theory]
    [InlineData("id")]
    [InlineData("type")]
    [InlineData("clientState")]
    [InlineData("resource")]
    [InlineData("a name")]
    public async Task An_event_with_half_a_character_is_a_dead_letter_at_once(string where)
    {
        var text = Event().ToJsonString();
        var spoilt = where switch
        {
            "a name" => text.Replace("\"specversion\"", "\"\\ud800\":1,\"specversion\"", StringComparison.Ordinal),
            _ => System.Text.RegularExpressions.Regex.Replace(
                text,
                $"\"{where}\":\"[^\"]*\"",
                $"\"{where}\":\"\\ud800\"",
                System.Text.RegularExpressions.RegexOptions.None,
                TimeSpan.FromSeconds(1)
            ),
        };
        Assert.NotEqual(text, spoilt);
        await RunAsync(spoilt);
        Assert.True(_letters.Count == 1 || (where == "resource" && _lines.Any(l => l.Kind == LedgerKinds.DepartureNoticed)));
        Assert.Empty(_putBack);
    }

    [Fact]
    public async Task After_seven_days_it_is_a_critical_finding_and_a_dead_letter_and_no_longer_put_back()
    {
        _graph = new RetryLaterException("Graph is away.");
        await RunAsync(Event().ToJsonString());
        await TryForAsync(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(30));
        Assert.Empty(_letters);
        Assert.Single(_putBack);
        await TryForAsync(TimeSpan.FromHours(1));
        Assert.Empty(_putBack);
        Assert.Equal("not-handled", Assert.Single(_letters).Reason);
        Assert.DoesNotContain(Secret, _letters[0].Body, StringComparison.Ordinal);
        var given = _kept.All.Single(f => f.Kind == FindingKinds.UserChangeGivenUp);
        Assert.Equal(Severity.Critical, given.Severity);
        Assert.Contains($$"""--body '{"personId":"{{given.Evidence["person"]}}"}'""", given.Remedy, StringComparison.Ordinal);
        Assert.True(Guid.TryParse(given.Evidence["person"], out _));
    }

    [Fact]
    public async Task What_cannot_even_be_kept_as_a_dead_letter_waits_too()
    {
        _letterStore = new RetryLaterException("Storage is away.");
        var bad = Event();
        bad["specversion"] = "0.3";
        await RunAsync(bad.ToJsonString());
        Assert.Single(_putBack);
        _letterStore = null;
        await TryForAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("wrong-cloud-event-version", Assert.Single(_letters).Reason);
        Assert.Empty(_putBack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_event_cannot_be_put_back_the_call_fails_and_the_host_keeps_the_message(bool refused)
    {
        _graph = new RetryLaterException("Graph is away.");
        _queue = refused
            ? new CannotContinueException("storage-forbidden", "Storage refuses the queue.", "Grant the role.")
            : new RetryLaterException("The queue is away.");
        await Assert.ThrowsAsync<RetryLaterException>(() => RunAsync(Event().ToJsonString()));
        Assert.Empty(_letters);
        Assert.Equal(refused ? ["Grant the role."] : [], _kept.All.Select(f => f.Remedy));
    }

    [Theory]
    [InlineData("""{"attempts":0,"firstFailedAt":"2026-03-01T12:00:00Z","event":EVENT}""")]
    [InlineData("""{"attempts":1,"firstFailedAt":"yesterday","event":EVENT}""")]
    [InlineData("""{"attempts":1,"firstFailedAt":"2026-03-01T12:00:00Z","event":EVENT,"more":1}""")]
    [InlineData("""{"attempts":1e99,"firstFailedAt":"2026-03-01T12:00:00Z","event":EVENT}""")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task What_is_no_event_and_not_put_back_by_the_app_is_a_dead_letter_at_once(string text)
    {
        await RunAsync(text.Replace("EVENT", Event().ToJsonString(), StringComparison.Ordinal));
        Assert.Single(_letters);
        Assert.Empty(_putBack);
        Assert.Equal(0, _reads);
    }

    [Fact]
    public async Task Events_of_one_person_cost_a_bounded_number_of_reads_and_the_last_one_is_never_lost()
    {
        var person = Guid.NewGuid();
        var started = _clock.GetUtcNow();
        for (var i = 0; i < 500; i++)
        {
            await RunAsync(Event(person).ToJsonString());

            // None waits for longer than it takes to fill up one read: nobody delays their own departure.
            Assert.All(_putBack, p => Assert.True(p.Delay > TimeSpan.Zero && p.Delay <= GraphReads.Refill, $"{p.Delay}"));
            foreach (var (text, _) in _putBack.Where(p => _due.TryAdd(p.Text, _clock.GetUtcNow() + p.Delay)).ToList())
            {
                // What has not failed goes back as it came.
                Assert.Equal(
                    JsonValueKind.Undefined,
                    JsonDocument.Parse(text).RootElement.TryGetProperty("attempts", out var a) ? a.ValueKind : default
                );
            }

            _putBack.Clear();
            // One waits, and those that came within ten seconds before it comes again.
            Assert.True(_due.Count <= 3, $"{_due.Count} events of one person wait");
            _clock.Advance(TimeSpan.FromSeconds(5.3));
            await ComeDueAsync();
        }

        var most = GraphReads.Burst + ((_clock.GetUtcNow() - started) / GraphReads.Refill) + 1;
        Assert.True(_reads <= most, $"{_reads} reads, at most {most}");

        // Another person is not held up by it.
        var reads = _reads;
        await RunAsync(Event().ToJsonString());
        Assert.Equal(reads + 1, _reads);

        // After the last event there is a later read.
        reads = _reads;
        await RunAsync(Event(person).ToJsonString());
        _putBack.ForEach(p => _due.TryAdd(p.Text, _clock.GetUtcNow() + p.Delay));
        _putBack.Clear();
        _clock.Advance(GraphReads.Refill);
        await ComeDueAsync();
        Assert.True(_reads > reads);
    }

    private async Task TryForAsync(TimeSpan time)
    {
        var end = _clock.GetUtcNow() + time;
        while (_putBack is [var (text, delay)] && _clock.GetUtcNow() + delay <= end)
        {
            _putBack.Clear();
            _clock.Advance(delay);
            await RunAsync(text);
        }

        _clock.Advance(end - _clock.GetUtcNow());
    }

    private async Task ComeDueAsync()
    {
        foreach (var (text, _) in _due.Where(d => d.Value <= _clock.GetUtcNow()).ToList())
        {
            _due.Remove(text);
            await RunAsync(text);
            _putBack.ForEach(p => _due.TryAdd(p.Text, _clock.GetUtcNow() + p.Delay));
            _putBack.Clear();
        }
    }

    private Task RunAsync(string text) => _function.RunAsync(text, Cancel);

    [Fact]
    public async Task A_request_to_reauthorize_is_answered_and_a_forged_one_changes_nothing()
    {
        await KeepFeedAsync();
        await RunAsync(Reauthorization(Guid.NewGuid()).ToJsonString());
        _subscriptions.Verify(s => s.ReauthorizeAsync(It.IsAny<Guid>(), It.IsAny<CancellationToken>()), Times.Never);
        await RunAsync(Reauthorization(_made[0].Id).ToJsonString());
        _subscriptions.Verify(s => s.ReauthorizeAsync(_made[0].Id, It.IsAny<CancellationToken>()), Times.Once);
        Assert.Empty(_letters);
        Assert.Empty(_putBack);
        Assert.Empty(_kept.Recorded.Open);
    }

    [Fact]
    public async Task A_reauthorization_that_fails_is_put_back_and_is_a_finding_until_it_is_done()
    {
        await KeepFeedAsync();
        _graph = new CannotContinueException("graph-forbidden", "Graph says 403.", "Grant User.Read.All.");
        await RunAsync(Reauthorization(_made[0].Id).ToJsonString());
        Assert.Single(_putBack);
        var open = Assert.Single(_kept.Recorded.Open, f => f.Kind == FindingKinds.SubscriptionNeedsReauthorization);
        Assert.Contains("Grant User.Read.All.", open.Remedy, StringComparison.Ordinal);

        _graph = null;
        await RunAsync(_putBack[0].Text);
        Assert.DoesNotContain(_kept.Recorded.Open, f => f.Kind == FindingKinds.SubscriptionNeedsReauthorization);
    }

    [Fact]
    public async Task Without_a_partner_topic_people_reauthorize()
    {
        await RunAsync(Reauthorization(Guid.NewGuid()).ToJsonString());
        Assert.Equal(FindingKinds.SubscriptionNeedsReauthorization, Assert.Single(_kept.Recorded.Open).Kind);
        _subscriptions.Verify(s => s.ListAsync(It.IsAny<CancellationToken>()), Times.Never);
    }

    [Fact]
    public async Task Only_listed_subscriptions_and_the_one_that_rekey_created_are_accepted()
    {
        await KeepFeedAsync();
        _options.SubscriptionIds.Add(Guid.NewGuid().ToString());
        foreach (var id in (string[])[_options.SubscriptionIds[0], _made[0].Id.ToString(), Guid.NewGuid().ToString()])
        {
            var change = Event();
            change["data"]!["subscriptionId"] = id;
            await RunAsync(change.ToJsonString());
        }

        Assert.Equal("another-subscription", Assert.Single(_letters).Reason);
        Assert.Equal(2, _reads);
    }

    /// <summary>The app has created its subscription, some hours ago.</summary>
    private async Task KeepFeedAsync()
    {
        (_options.Feed.PartnerTopicId, _options.Feed.Location) = (
            "/subscriptions/99999999-1111-4222-8333-444444444444/resourceGroups/rg/providers/Microsoft.EventGrid/partnerTopics/pt-users",
            "westeurope"
        );
        var reader = new LedgerReader(_kept.Ledger);
        var runs = new RunLedger(_kept.Ledger, reader, _clock);
        await new RenewSubscription(_subscriptions.Object, _feed, runs, _kept.Findings, _options, _clock).RunAsync(Cancel);
        _clock.Advance(TimeSpan.FromHours(3));
    }

    private JsonObject Reauthorization(Guid subscription) =>
        new()
        {
            ["specversion"] = "1.0",
            ["type"] = "Microsoft.Graph.SubscriptionReauthorizationRequired",
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = $"/tenants/{Tenant}/applications/x",
            ["time"] = _clock.GetUtcNow().ToString("O"),
            ["data"] = new JsonObject
            {
                ["tenantId"] = Tenant,
                ["clientState"] = Secret,
                ["subscriptionId"] = subscription.ToString(),
                ["lifecycleEvent"] = "reauthorizationRequired",
            },
        };

    private static JsonObject Event(Guid? person = null, string clientState = Secret)
    {
        var id = (person ?? Guid.NewGuid()).ToString();
        return new()
        {
            ["specversion"] = "1.0",
            ["type"] = "Microsoft.Graph.UserUpdated",
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = $"/tenants/{Tenant}/applications/x",
            ["data"] = new JsonObject
            {
                ["tenantId"] = Tenant,
                ["clientState"] = clientState,
                ["resource"] = $"Users/{id}",
                ["resourceData"] = new JsonObject { ["id"] = id },
            },
        };
    }
}
