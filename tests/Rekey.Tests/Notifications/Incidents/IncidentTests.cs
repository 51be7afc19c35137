using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Notifications.Incidents;
using Rekey.Rotations;
using Rekey.Tests.Architecture;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Notifications.Incidents;

/// <summary>Which lines of the ledger people are notified of: one incident for one theft, and an update only for what changes what they
/// do.</summary>
public sealed class IncidentTests
{
    private const string Stolen = "CRNRLTDt2TITkHQq0ZKHGLOPiRYr4ePSPBVbF5S2Wkw";

    /// <summary>The findings of the replay: nine, of one sweep.</summary>
    private static readonly (string Kind, string About, string Kid, Severity Severity)[] OfOneSweep =
    [
        ("tokens-unidentified", "issuers that are not governed", "", Severity.High),
        ("tokens-unissued", $"https://login.example, kid {Stolen}", Stolen, Severity.Critical),
        ("tokens-unissued", "https://login.example, kids that were never trusted", "", Severity.Critical),
        ("tokens-altered", $"https://login.example, kid {Stolen}", Stolen, Severity.Critical),
        ("tokens-shared", $"https://login.example, kid {Stolen}", Stolen, Severity.Critical),
        ("tokens-out-of-window", $"https://login.example, kid {Stolen}", Stolen, Severity.High),
        ("tokens-out-of-window", "issuers that are not governed", "", Severity.High),
        ("tokens-malformed-claims", $"https://login.example, kid {Stolen}", Stolen, Severity.Medium),
        ("tokens-unidentified", "https://login.example, kids that were never trusted", "", Severity.Medium),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nine_findings_a_key_and_its_rotation_are_one_incident(bool reversed)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var before = Kept(company).Count;
        foreach (var found in reversed ? OfOneSweep.Reverse() : OfOneSweep)
        {
            await RaiseAsync(process, Campaign(company, found));
            if (found.Kid.Length > 0)
            {
                await process.OrderAsync($"forgery/{Stolen}", Urgency.Immediate);
            }
        }

        await process.GoAsync();
        var said = Kept(company)[before..];
        Assert.Single(said.Select(n => n.Incident).Distinct());

        // A channel for critical incidents only, and a channel for all.
        foreach (var minimum in new[] { Severity.Critical, Severity.Informational })
        {
            var seen = said.Where(n => n.IsFor(minimum)).ToList();
            Assert.Single(seen, n => n.IsNewFor(minimum, openedAt: 0));
            Assert.True(seen[0].IsNewFor(minimum, openedAt: 0));
            Assert.InRange(seen.Count, 2, minimum is Severity.Critical ? 3 : 5);
            var last = seen[^1];
            Assert.True(last.IsContained);
            Assert.Equal(company.Rotation.TrustEndedAt, last.ContainedAt);
            Assert.Equal([company.Key.Id], last.Keys);
            Assert.Contains("are revoked: gateways refuse every token", last.What, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_was_not_yet_named_is_news_and_so_is_a_finding_an_hour_later()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await RaiseAsync(process, Campaign(company, OfOneSweep[1]));
        await RaiseAsync(process, Campaign(company, OfOneSweep[3]));
        var said = Kept(company).Count;

        await RaiseAsync(process, Campaign(company, ("tokens-unissued", "https://login.example, kid second", "second", Severity.Critical)));
        Assert.Equal(said + 1, Kept(company).Count);
        Assert.Equal(Kept(company)[^2].Incident, Kept(company)[^1].Incident);

        company.Clock.Advance(TimeSpan.FromMinutes(61));
        await RaiseAsync(process, Campaign(company, OfOneSweep[4]));
        Assert.Equal(said + 2, Kept(company).Count);
        Assert.Equal(Kept(company)[^2].Incident, Kept(company)[^1].Incident);

        // Tokens of another key, found in another sweep, are another theft.
        company.Clock.Advance(TimeSpan.FromMinutes(61));
        await RaiseAsync(process, Campaign(company, ("tokens-unissued", "https://login.example, kid third", "third", Severity.Critical)));
        Assert.NotEqual(Kept(company)[^2].Incident, Kept(company)[^1].Incident);
        Assert.True(Kept(company)[^1].IsNewFor(Severity.Critical, openedAt: 0));
    }

    [Fact]
    public async Task A_departure_says_what_was_contained_for_whom_and_ends()
    {
        var company = await Company.WithBaselineAsync(keys: 3);
        var process = company.NewProcess();
        var before = Kept(company).Count;
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync();

        var said = Kept(company)[before..];
        Assert.Single(said.Select(n => n.Incident).Distinct());
        Assert.Single(said, n => n.IsNewFor(Severity.High, openedAt: 0));
        var last = said[^1];
        Assert.Equal($"{Company.Leaver}", last.Person);
        Assert.Equal(3, last.Keys.Count);
        Assert.True(last.IsContained);
        Assert.Equal(company.Rotations.All.Max(r => r.TrustEndedAt), last.ContainedAt);
        Assert.Equal((null, null), (last.Command, last.Until));
        Assert.StartsWith("departures/", last.Link, StringComparison.Ordinal);
        Assert.Empty(State(company).Incidents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_question_says_until_when_and_with_which_command_and_then_how_it_ended(bool approve)
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        var before = Kept(company).Count;
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        var question = Assert.Single(company.Decisions.All, d => d.Kind == "rotate");
        var asked = Assert.Single(Kept(company)[before..]);
        Assert.Equal(Severity.High, asked.Severity);
        Assert.Equal(question.ExpiresAt, asked.Until);
        Assert.Equal($"rekey decisions approve {question.Id}", asked.Command);
        Assert.Equal($"decisions/{question.Id}", asked.Link);
        Assert.Equal(($"{Company.Leaver}", false), (asked.Person, asked.IsContained));
        Assert.Equal([company.Key.Id], asked.Keys);
        Assert.Contains("Without an answer Rekey carries it out.", asked.Wanted, StringComparison.Ordinal);

        await process.SayAsync(question, approve);
        var outcome = Assert.Single(Kept(company)[(before + 1)..]);
        Assert.Contains(approve ? "answered: approved." : "answered: declined.", outcome.What, StringComparison.Ordinal);
        Assert.Equal((asked.Incident, null, null), (outcome.Incident, outcome.Until, outcome.Command));

        await process.WorkAsync();
        var all = Kept(company)[before..];
        Assert.Equal(approve ? 3 : 2, all.Count);
        Assert.Equal(approve, all[^1].IsContained is true);
        Assert.Single(all.Select(n => n.Incident).Distinct());
        Assert.Empty(State(company).Incidents);
    }

    /// <summary>Silence means something else while the person is back: people must not rely on what they read before.</summary>
    [Fact]
    public async Task Whether_the_person_is_back_changes_what_silence_means()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        var asked = Kept(company)[^1];
        Assert.NotNull(asked.Until);
        var said = Kept(company).Count;

        await process.Ledger.AppendAsync(Back(epoch: 1), default);
        var back = Assert.Single(Kept(company)[said..]);
        Assert.Equal((asked.Incident, null, asked.Command), (back.Incident, back.Until, back.Command));
        Assert.Contains("silence decides nothing", back.Wanted, StringComparison.Ordinal);

        // More about the departure that ended is no news; a later one is.
        await process.Ledger.AppendAsync(Gone(epoch: 1), default);
        Assert.Equal(said + 1, Kept(company).Count);
        await process.Ledger.AppendAsync(Gone(epoch: 2), default);
        Assert.Equal(asked.Until, Assert.Single(Kept(company)[(said + 1)..]).Until);

        static LedgerEntry Back(int epoch) =>
            new($"back/{epoch}", LedgerKinds.PersonEnabledAgain, $"{Company.Leaver}", Facts.Of(("epoch", $"{epoch}")));

        static LedgerEntry Gone(int epoch) =>
            new(
                $"gone/{epoch}",
                LedgerKinds.DepartureSourceAdded,
                "departure",
                Facts.Of(("person", $"{Company.Leaver}"), ("epoch", $"{epoch}"), ("confirmed", "yes"))
            );
    }

    [Fact]
    public async Task A_withdrawn_question_is_wanted_no_more()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        var question = company.Decisions.All.Single(d => d.Kind == "rotate");
        await process.Decisions.WithdrawAsync(question, "The key was rotated meanwhile.", default);
        var last = Kept(company)[^1];
        Assert.Contains("It is withdrawn: The key was rotated meanwhile.", last.What, StringComparison.Ordinal);
        Assert.Equal((null, null), (last.Command, last.Until));
    }

    /// <summary>A suspicion was asked about; then there was proof, and the key was rotated.</summary>
    [Fact]
    public async Task A_question_that_the_rotation_has_overtaken_is_wanted_no_more()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await RaiseAsync(process, Campaign(company, OfOneSweep[3]));
        await process.OrderAsync($"forgery-suspected/{Stolen}", Urgency.Immediate, ResponseMode.Ask);
        Assert.StartsWith("rekey decisions approve ", Kept(company)[^1].Command, StringComparison.Ordinal);
        await process.OrderAsync($"forgery/{Stolen}", Urgency.Immediate);
        await process.GoAsync();
        var last = Kept(company)[^1];
        Assert.True(last.IsContained);
        Assert.StartsWith("rekey findings show ", last.Command, StringComparison.Ordinal);
        Assert.Null(last.Until);
    }

    [Fact]
    public async Task A_cancelled_rotation_is_news()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await RaiseAsync(process, Campaign(company, OfOneSweep[1]));
        await process.OrderAsync($"forgery/{Stolen}", Urgency.Immediate);
        await process.Ledger.AppendAsync(
            new(
                "cancelled",
                LedgerKinds.RotationCancelled,
                company.Key.Id,
                Facts.Of(("by", "writer"), ("decidedBy", Company.Approver), ("causes", $"other forgery/{Stolen}"))
            ),
            default
        );
        var last = Kept(company)[^1];
        Assert.Contains($"{Company.Approver} cancelled the rotation", last.What, StringComparison.Ordinal);
        Assert.False(last.IsContained);
    }

    /// <summary>The question's own line is the first notification; its finding adds the reminders and nothing else.</summary>
    [Fact]
    public async Task A_question_is_notified_once_and_reminded_of_twice()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        var (counts, before) = (new List<int>(), Kept(company).Count - 1);
        foreach (var passed in new[] { 0.0, 0.1, 0.5, 0.6, 0.95, 0.97 })
        {
            var finding = DecisionFindings.Waiting(question, question.AskedAt + ((question.ExpiresAt - question.AskedAt) * passed));
            await process.Ledger.AppendAsync(passed == 0 ? FindingLine.Raise(finding) : FindingLine.Update(finding, counts.Count), default);
            counts.Add(Kept(company).Count - before);
        }

        Assert.Equal([1, 1, 2, 2, 3, 3], counts);
        Assert.StartsWith("rekey decisions approve ", Kept(company)[^1].Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_an_outcome_too()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await process.WorkAsync();
        Assert.Contains(Kept(company), n => n.What.Contains("Nobody answered in time, so Rekey carries it out.", StringComparison.Ordinal));
        Assert.True(Kept(company)[^1].IsContained);
    }

    [Fact]
    public async Task A_question_about_nothing_else_is_an_incident_until_its_answer()
    {
        var company = Company.Found(keys: 8);
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        Assert.Contains("trust the present versions", Assert.Single(Kept(company)).What, StringComparison.Ordinal);
        await process.SayAsync(Assert.Single(company.Decisions.All), approve: true);
        Assert.True(Kept(company)[^1].IsOver);
        Assert.Equal(2, Kept(company).Count);
    }

    /// <summary>Every finding that is no campaign: raised, the same again, worse, over, and again.</summary>
    [Fact]
    public async Task A_finding_is_announced_when_it_is_raised_worse_and_over()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var finding = new Finding(
            "trust-list-refused",
            "prod",
            Severity.Medium,
            "It is refused.",
            "Look.",
            Nothing,
            company.Now,
            company.Now
        );
        await RaiseAsync(process, finding);
        await process.Ledger.AppendAsync(FindingLine.Update(finding with { Title = "Once more." }, 1), default);
        await process.Ledger.AppendAsync(FindingLine.Update(finding with { Severity = Severity.Critical }, 2), default);
        await process.Ledger.AppendAsync(FindingLine.Close(finding with { ClosedBecause = "It is served again." }), default);
        await process.Ledger.AppendAsync(FindingLine.Raise(finding with { Opening = 2 }), default);

        // The first line of a ledger opens it.
        var said = Kept(company);
        Assert.Equal([2, 4, 5, 6], said.Select(n => n.Line));
        Assert.Equal([null, Severity.Medium, Severity.Critical, null], said.Select(n => n.Before?.Severity));
        Assert.Equal([false, false, true, false], said.Select(n => n.IsOver));
        Assert.Equal(
            ("Look.", $"rekey findings show {finding.Id}", "trust-list-refused"),
            (said[0].Wanted, said[0].Command, said[0].Section)
        );
        Assert.Equal("Over: It is refused. It is served again.", said[2].What);
        Assert.Null(said[0].IsContained);

        // It happens again: another incident.
        Assert.Single(said.Take(3).Select(n => n.Incident).Distinct());
        Assert.NotEqual(said[0].Incident, said[3].Incident);

        // A channel for critical incidents only: new at its second line.
        Assert.Equal([4L], said.Where(n => n.IsFor(Severity.Critical) && n.IsNewFor(Severity.Critical, openedAt: 0)).Select(n => n.Line));
    }

    [Fact]
    public async Task A_stuck_rotation_belongs_to_the_incident_of_its_key_and_wants_something_else()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await RaiseAsync(process, Campaign(company, OfOneSweep[1]));
        await process.OrderAsync($"forgery/{Stolen}", Urgency.Immediate);
        var stuck = new Finding(
            "rotation-stuck",
            "rotation",
            Severity.Critical,
            "It is stuck.",
            "Grant the right.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = company.Key.Id },
            company.Now,
            company.Now
        );
        await RaiseAsync(process, stuck);
        var said = Kept(company)[^2..];
        Assert.Equal(said[0].Incident, said[1].Incident);
        Assert.Equal("Grant the right.", said[1].Wanted);
        Assert.False(said[1].IsNewFor(Severity.Critical, openedAt: 0));
    }

    [Fact]
    public async Task A_rotation_by_age_is_no_incident()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var before = Kept(company).Count;
        await process.OrderAsync("age/1", Urgency.Graceful);
        await process.WorkAsync(TimeSpan.FromDays(3));
        Assert.NotNull(company.Rotation.TrustEndedAt);
        Assert.Empty(Kept(company)[before..]);
    }

    /// <summary>A process that begins at any snapshot makes the same notifications as one that has read everything.</summary>
    [Fact]
    public async Task A_snapshot_at_any_line_changes_nothing()
    {
        var company = await Company.WithBaselineAsync(keys: 2, configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await RaiseAsync(process, Campaign(company, OfOneSweep[1]));
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        await process.SayAsync(company.Decisions.All.First(d => d.Kind == "rotate"), approve: true);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await process.WorkAsync();

        var whole = State(company);
        var pieces = company
            .VerifiedLedger()
            .Aggregate(NotificationState.None, (state, line) =>
                JsonSerializer.Deserialize<NotificationState>(
                    JsonSerializer.SerializeToElement(IncidentLines.Take(state, line), RecordJson.Options),
                    RecordJson.Options
                )!
            );
        Assert.True(whole.Kept.Count > 4);
        Assert.Equal(JsonSerializer.Serialize(whole.Kept, RecordJson.Options), JsonSerializer.Serialize(pieces.Kept, RecordJson.Options));
        Assert.Equal(whole.Incidents.Keys.Order(StringComparer.Ordinal), pieces.Incidents.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_runbook_has_the_sections_that_are_no_findings()
    {
        var runbook = File.ReadAllText(Path.Combine(SourceFiles.Root, "docs/operations.md"));
        Assert.Contains("\n### Answer a decision\n", runbook, StringComparison.Ordinal);
        Assert.Contains("\n### A wrong departure\n", runbook, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_notification_holds_what_looks_like_a_secret()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        const string Link = "https://a.example/x?sig=0123456789abcdef0123456789abcdef";
        await RaiseAsync(
            process,
            new("cannot-continue", "x", Severity.High, $"It said {Link}.", $"Open {Link}.", Nothing, company.Now, company.Now)
        );
        var said = Assert.Single(Kept(company));
        Assert.DoesNotContain("0123456789abcdef", said.What + said.Wanted, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private static Finding Campaign(Company company, (string Kind, string About, string Kid, Severity Severity) found) =>
        new(
            found.Kind,
            found.About,
            found.Severity,
            $"Tokens of {found.About}.",
            "See that the key is rotated.",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["campaign"] = $"{found.Kind}/{found.About}",
                ["detection"] = "unissued",
                ["kid"] = found.Kid,
            },
            company.Now,
            company.Now
        );

    private static Task RaiseAsync(Process process, Finding finding) => process.Ledger.AppendAsync(FindingLine.Raise(finding), default);

    private static NotificationState State(Company company) =>
        company.VerifiedLedger().Aggregate(NotificationState.None, IncidentLines.Take);

    private static List<Notification> Kept(Company company) => [.. State(company).Kept];
}
