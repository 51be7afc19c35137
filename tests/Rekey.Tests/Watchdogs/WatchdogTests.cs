using Moq;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;
using Rekey.Watchdogs;

namespace Rekey.Tests.Watchdogs;

/// <summary>Whatever holds Rekey up, somebody hears of it within minutes, on a way that needs neither tables nor queues nor
/// documents.</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan Late = Watchdog.Patience + TimeSpan.FromMinutes(1);

    [Fact]
    public async Task While_all_is_well_it_says_nothing_and_writes_nothing()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        company.Clock.Advance(TimeSpan.FromDays(1));

        var lines = company.VerifiedLedger().Count;
        var watch = company.NewProcess();
        await watch.Watchdog.RunAsync(default);
        Assert.Empty(watch.Fate.Effects);
        Assert.Equal(lines, company.VerifiedLedger().Count);
    }

    /// <summary>Its queue is emptied, its rows are locked: nothing goes on.</summary>
    [Fact]
    public async Task A_confirmed_departure_of_which_nothing_comes_is_critical_and_names_the_key()
    {
        var company = await Company.WithBaselineAsync(keys: 2, o => o.Keys[1].Custodians = []);
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);

        company.Clock.Advance(Late);
        await BlindAsync(company);
        var found = company.Findings.Open.Single(f => f.Evidence.ContainsKey("key"));
        Assert.Equal(
            (FindingKinds.DepartureNotCarriedOut, Severity.Critical, company.Key.Id),
            (found.Kind, found.Severity, found.Evidence["key"])
        );
        Assert.StartsWith($"{company.Key.Id} is still trusted", found.Title, StringComparison.Ordinal);

        // Nobody knows whether there are more keys.
        Assert.Contains(company.Findings.Open, f =>
            f.About == Departure.IdOf(Company.Tenant, $"{Company.Leaver}", 1) && f.Severity == Severity.Critical
        );

        await company.NewProcess().WorkAsync();
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
    }

    [Fact]
    public async Task What_the_directory_does_not_confirm_is_nobodys_delay()
    {
        var company = await Company.WithBaselineAsync();
        await company
            .NewProcess()
            .Notice.NoticeAsync(
                new(Company.Tenant, Company.Leaver, new("Depart", "hr-1", company.Now, "reporter"), IsObservation: false, Hostile: true),
                default
            );
        company.Clock.Advance(TimeSpan.FromDays(1));
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);

        // Confirmed after a day, it is not late at once.
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
        company.Clock.Advance(Late);
        await BlindAsync(company);
        Assert.NotEmpty(company.Findings.Open);
    }

    /// <summary>A16: a lease on the trust list, and nothing is published any more.</summary>
    [Fact]
    public async Task A16_when_publication_does_not_happen_the_stolen_key_is_named()
    {
        var company = await Company.WithBaselineAsync();
        var locked = new FailsAt($"publish {TrustDocuments.TrustListName}");
        await company.NewProcess(locked).LeavesAsync(Company.Leaver, hostile: true);
        await WorkAsync(company, locked);
        // The revocation stands in the ledger, where the app looks; the world does not have it yet.
        Assert.Contains(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.TrustEnded);
        await BlindAsync(company);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == FindingKinds.RevocationNotPublished);

        company.Clock.Advance(Watchdog.Patience - TimeSpan.FromSeconds(30));
        await WorkAsync(company, locked);
        company.Clock.Advance(TimeSpan.FromSeconds(40));
        await BlindAsync(company);
        var found = company.Findings.Open.Single(f => f.Kind == FindingKinds.RevocationNotPublished);
        Assert.Equal((company.Key.Id, Severity.Critical), (found.About, found.Severity));

        await company.NewProcess().WorkAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        await BlindAsync(company);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == FindingKinds.RevocationNotPublished);
    }

    [Fact]
    public async Task A_revocation_that_no_list_has_is_critical_until_one_has_it()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var version = (await process.TrustLedger.ReadAsync(default)).TrustedOf(company.Key.Id).Single();
        await process.TrustLedger.EndTrustAsync(company.Key, version.Version, version.Thumbprint, "test", lastToo: true, default);
        company.Clock.Advance(Late);
        await BlindAsync(company);
        Assert.Equal(
            (FindingKinds.RevocationNotPublished, company.Key.Id, Severity.Critical),
            company.Findings.Open.Select(f => (f.Kind, f.About, f.Severity)).Single()
        );
        await process.Publish.PublishAsync(default);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
    }

    [Theory]
    [InlineData(OnExpiry.CarryOut, null, true)]
    [InlineData(OnExpiry.Lapse, null, false)]
    [InlineData(OnExpiry.Lapse, true, true)]
    [InlineData(OnExpiry.CarryOut, false, false)]
    public async Task A_rotation_may_wait_for_its_answer_and_no_longer(OnExpiry onExpiry, bool? answer, bool isDue)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        company.Clock.Advance(Late);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);

        // Answered, or not; and nothing takes it up.
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        if (answer is { } approve)
        {
            await process.Answer.AnswerAsync(new(question.Id, approve, question.PlanHash, Company.Approver, null), default);
            company.Clock.Advance(Late);
        }
        else
        {
            company.Clock.Advance(question.ExpiresAt - company.Now + Late);
        }

        await BlindAsync(company);
        Assert.Equal(
            isDue ? [(company.Key.Id, Severity.Critical)] : [],
            company.Findings.Open.Where(f => f.Kind == FindingKinds.RotationNotCarriedOut).Select(f => (f.About, f.Severity))
        );

        // That its time is over is on record when the loop that puts it there runs.
        Assert.Equal(
            answer is null,
            company.Findings.Open.Any(f => f.Kind == FindingKinds.DecisionNotCarriedOut && f.About == question.Id)
        );
        await company.NewProcess().SettleDecisions.RunAsync(default);
        await BlindAsync(company);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == FindingKinds.DecisionNotCarriedOut);
    }

    [Fact]
    public async Task A_graceful_rotation_may_wait_as_long_as_its_waits_are_and_no_longer()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.GoAsync();
        var longest = new[]
        {
            company.Options.Trust.AnnounceTime,
            company.Options.Trust.MaxTokenLifetime,
            company.Options.Decisions.TimeToAnswer,
        }.Max();
        company.Clock.Advance(longest);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
        company.Clock.Advance(TimeSpan.FromHours(1));
        await BlindAsync(company);
        Assert.Equal((FindingKinds.RotationNotCarriedOut, Severity.High), company.Findings.Open.Select(f => (f.Kind, f.Severity)).Single());
    }

    [Fact]
    public async Task What_must_happen_again_and_again_is_missed()
    {
        var company = await Company.WithBaselineAsync();
        company.RegularRuns.Add(new("looks", TimeSpan.FromHours(2), "Nobody looks.", "Look"));
        var process = company.NewProcess();
        await process.Runs.RanAsync("looks", [], default);
        company.Clock.Advance(TimeSpan.FromMinutes(119));
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await BlindAsync(company);
        Assert.Equal((FindingKinds.RunOverdue, "looks"), company.Findings.Open.Select(f => (f.Kind, f.About)).Single());
        await process.Runs.RanAsync("looks", [], default);
        await BlindAsync(company);
        Assert.Empty(company.Findings.Open);
    }

    [Fact]
    public async Task What_never_happened_is_missed_too()
    {
        var company = await Company.WithBaselineAsync();
        company.RegularRuns.Add(new("looks", TimeSpan.FromHours(2), "Nobody looks.", "Look"));
        company.Clock.Advance(TimeSpan.FromHours(2));
        await BlindAsync(company);
        Assert.Equal(FindingKinds.RunOverdue, company.Findings.Open.Select(f => f.Kind).Single());
    }

    [Fact]
    public async Task What_happens_each_minute_is_one_line_an_hour()
    {
        var company = Company.Found();
        for (var minute = 0; minute < 180; minute++)
        {
            await company.NewProcess().Runs.RanAsync("looks", ["kv-1", "kv-2"], default);
            company.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.Ran));
        Assert.Equal(company.VerifiedLedger()[^1].At, await company.NewProcess().Runs.LastAsync("looks", "kv-2", default));
    }

    /// <summary>One finding that cannot be put on record holds up no other.</summary>
    [Fact]
    public async Task Every_finding_is_tried()
    {
        var company = await Company.WithBaselineAsync(keys: 3);
        await company.NewProcess().LeavesAsync(Company.Leaver);
        company.Clock.Advance(Late);
        var tried = new List<string>();
        var findings = new Mock<IFindings>();
        findings
            .Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Callback((Finding f, CancellationToken _) => tried.Add(f.About))
            .ThrowsAsync(new RetryLaterException("away"));
        await Assert.ThrowsAsync<RetryLaterException>(() => BlindAsync(company, findings.Object));
        Assert.Equal(4, tried.Count);
    }

    /// <summary>A watchdog in a process that has nothing but the ledger and the log: each call of a table throws.</summary>
    private static Task BlindAsync(Company company, IFindings? findings = null)
    {
        var options = company.Options;
        var ledger = new SegmentedLedger(new MemorySegments(company.Blobs, Fate.Immortal), options.Ledger, company.Clock);
        var reader = new LedgerReader(ledger);
        return new Watchdog(
            new(
                new LedgerRecords<Departure>(ledger, reader, new Mock<IHintRows<Departure>>(MockBehavior.Strict).Object),
                new LedgerRecords<Rotation>(ledger, reader, new Mock<IHintRows<Rotation>>(MockBehavior.Strict).Object),
                new(ledger, reader),
                options.ToCustodians(),
                company.GovernedKeys,
                new(options.Rotations, options.Trust, options.Decisions, company.Clock)
            ),
            new(ledger, reader),
            new(reader),
            new(ledger, reader, company.Clock),
            company.RegularRuns,
            findings ?? company.Findings.For(Fate.Immortal),
            company.Clock
        ).RunAsync(default);
    }

    private static async Task WorkAsync(Company company, Fate fate)
    {
        var process = company.NewProcess(fate);
        for (var n = 0; n < 3; n++)
        {
            await process.ResumeDepartures.RunAsync(default);
            await process.ResumeDueRotations.RunAsync(default);
            await process.DrainAsync();
        }
    }
}
