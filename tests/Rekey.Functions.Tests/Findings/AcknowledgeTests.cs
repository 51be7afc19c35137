using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Findings;
using Rekey.Functions.Wire;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests.Findings;

/// <summary>
/// An acknowledged finding is reported again when it is seen after that time, becomes worse or reaches its next milestone.
/// </summary>
public sealed class AcknowledgeTests
{
    private const string Operator = "cccccccc-1111-4222-8333-cccccccccccc";

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KeptFindings _kept;
    private readonly AcknowledgeFinding _acknowledge;

    public AcknowledgeTests()
    {
        _kept = new(_clock);
        _acknowledge = new(_kept.Ledger, _kept.OnRecord, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Id => Finding.IdOf("unknown-version", "it");

    private int Reported => _kept.Log.Count(l => l.StartsWith("Error", StringComparison.Ordinal));

    [Fact]
    public async Task It_is_reported_again_when_it_is_seen_after_that_time()
    {
        await RaiseAsync();
        var until = _clock.GetUtcNow().AddDays(3);
        var said = (await AcknowledgeAsync(until))!.Acknowledged!;
        Assert.Equal((Operator, _clock.GetUtcNow(), until, "We know."), (said.By, said.At, said.Until, said.Reason));
        for (var hour = 0; hour < 71; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            await RaiseAsync(evidence: $"{hour}");
        }

        Assert.Equal(1, Reported);
        Assert.Equal(said, Assert.Single(_kept.All).Acknowledged);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, Reported);
        await RaiseAsync(evidence: "70");
        Assert.Equal(2, Reported);
        Assert.Null(Assert.Single(_kept.All).Acknowledged);
        await RaiseAsync(evidence: "70");
        Assert.Equal(2, Reported);
    }

    [Theory]
    [InlineData(Severity.Critical, "1")]
    [InlineData(Severity.High, "2")]
    public async Task It_is_reported_again_at_once_when_it_becomes_worse_or_reaches_a_milestone(Severity severity, string milestone)
    {
        await RaiseAsync();
        await AcknowledgeAsync();
        await RaiseAsync(severity, milestone);
        Assert.Equal(2, Reported);
        Assert.Null(Assert.Single(_kept.All).Acknowledged);
    }

    [Fact]
    public async Task It_ends_when_the_finding_closes()
    {
        await RaiseAsync();
        await AcknowledgeAsync();
        await _kept.Findings.CloseAsync(Id, "It is over.", Cancel);
        await RaiseAsync();
        Assert.Equal((2, null), (Reported, Assert.Single(_kept.All).Acknowledged));
    }

    [Fact]
    public async Task Only_an_open_finding_can_be_acknowledged()
    {
        Assert.Null(await AcknowledgeAsync());
        await RaiseAsync();
        await _kept.Findings.CloseAsync(Id, "It is over.", Cancel);
        Assert.Null(await AcknowledgeAsync());
        Assert.DoesNotContain(_kept.Lines, l => l.Entry.Kind == LedgerKinds.FindingAcknowledged);
    }

    [Fact]
    public async Task It_lasts_seven_days_by_default_and_thirty_at_most()
    {
        await RaiseAsync();
        Assert.Equal(_clock.GetUtcNow().AddDays(7), (await AcknowledgeAsync())!.Acknowledged!.Until);
        Assert.NotNull(await AcknowledgeAsync(_clock.GetUtcNow().AddDays(30)));
        foreach (var until in new[] { _clock.GetUtcNow().AddDays(30).AddSeconds(1), _clock.GetUtcNow() })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AcknowledgeAsync(until));
        }
    }

    [Fact]
    public async Task The_last_one_counts_and_a_snapshot_keeps_it_without_secrets()
    {
        await RaiseAsync();
        await AcknowledgeAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AcknowledgeAsync(_clock.GetUtcNow().AddDays(1), "See https://x.blob.core.windows.net/c?se=1&sig=HUSHhush");
        var loaded = RecordedFindings.Load(JsonSerializer.SerializeToElement(_kept.Recorded.Save()));
        var kept = Assert.Single(loaded.Open).Acknowledged!;
        Assert.Equal(_clock.GetUtcNow().AddDays(1), kept.Until);
        Assert.DoesNotContain("HUSH", kept.Reason, StringComparison.Ordinal);
        Assert.Contains("See https://x.blob", kept.Reason, StringComparison.Ordinal);
    }

    /// <summary>T13: the finding may be about what this person took.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_with_an_open_departure_acknowledges_nothing(bool leaves)
    {
        await RaiseAsync();
        var standing = new Mock<IActorStanding>();
        standing.Setup(s => s.HasOpenDepartureAsync(Operator, It.IsAny<CancellationToken>())).ReturnsAsync(leaves);
        var http = new DefaultHttpContext { User = new(new ClaimsIdentity([new("oid", Operator)])) };
        http.Request.RouteValues["id"] = Id;
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream("""{"reason":"We know."}"""u8.ToArray());
        var refused = await Record.ExceptionAsync(() =>
            new AcknowledgeFindingFunction(_acknowledge, standing.Object).RunAsync(http.Request)
        );
        Assert.Equal(leaves ? "departure-is-open" : null, (refused as BadInputException)?.Reason);
        Assert.Equal(!leaves, Assert.Single(_kept.All).Acknowledged is not null);
    }

    private Task<Finding?> AcknowledgeAsync(DateTimeOffset? until = null, string reason = "We know.") =>
        _acknowledge.AcknowledgeAsync(Id, reason, until, Operator, Cancel);

    private Task RaiseAsync(Severity severity = Severity.High, string milestone = "1", string evidence = "") =>
        _kept.Findings.RaiseAsync(
            new(
                "unknown-version",
                "it",
                severity,
                "It.",
                "Do.",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["seen"] = evidence },
                _clock.GetUtcNow(),
                _clock.GetUtcNow()
            )
            {
                Milestone = milestone,
            },
            Cancel
        );
}
