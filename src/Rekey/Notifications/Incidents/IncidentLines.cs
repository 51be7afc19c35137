using System.Collections.Immutable;
using System.Globalization;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;

namespace Rekey.Notifications.Incidents;

/// <summary>
/// Follows incidents line by line. Pure: the same lines make the same incidents and the same notifications, in every process.
/// </summary>
internal static class IncidentLines
{
    /// <summary>Campaigns that are found within this time are one incident: a sweep finds the traces of one theft one by one.</summary>
    private static readonly TimeSpan OneSweep = TimeSpan.FromHours(1);

    private const string TrustEndedAt = ".trustEndedAt";

    public static NotificationState Take(NotificationState state, LedgerLine line)
    {
        state = Containment(state, line);
        return line.Entry.Kind switch
        {
            LedgerKinds.FindingRaised or LedgerKinds.FindingUpdated or LedgerKinds.FindingClosed => OfFinding(state, line),
            LedgerKinds.DecisionAsked => Asked(state, line),
            LedgerKinds.DecisionAnswered or LedgerKinds.DecisionExpired or LedgerKinds.DecisionWithdrawn => Answered(state, line),
            LedgerKinds.PersonEnabledAgain => Back(state, line, line.Entry.About, isBack: true),
            LedgerKinds.DepartureNoticed or LedgerKinds.DepartureSourceAdded when line.Entry.Facts["confirmed"] == "yes" => Back(
                state,
                line,
                line.Entry.Facts["person"],
                isBack: false
            ),
            LedgerKinds.RotationPlanned or LedgerKinds.RotationObserved => Planned(state, line),
            LedgerKinds.RotationDeclined or LedgerKinds.RotationSuperseded => Dropped(state, line, [line.Entry.Facts["cause"]]),
            LedgerKinds.RotationCancelled => Dropped(state, line, line.Entry.Facts["causes"].Split(' ')),
            LedgerKinds.RotationVerified => Verified(state, line),
            LedgerKinds.DepartureSettled => Settled(state, line),
            LedgerKinds.NotificationChannelOpened => state.Opened(line.Entry.About, line.Number),
            LedgerKinds.NotificationSent or LedgerKinds.NotificationGivenUp => state.Sent(
                line.Entry.About,
                long.Parse(line.Entry.Facts["line"], CultureInfo.InvariantCulture)
            ),
            _ => state,
        };
    }

    private static NotificationState OfFinding(NotificationState state, LedgerLine line)
    {
        var finding = FindingLine.Read(line);
        if (finding.Kind is FindingKinds.DecisionWaiting)
        {
            return Reminder(state, line, finding);
        }

        var now = new IncidentFinding(
            finding.Id,
            finding.Kind,
            finding.Severity,
            finding.Title,
            finding.Remedy,
            finding.Evidence.GetValueOrDefault("campaign"),
            int.TryParse(finding.Evidence.GetValueOrDefault("tokens"), CultureInfo.InvariantCulture, out var tokens) ? tokens : 0,
            finding.Evidence.ContainsKey("campaign") && finding.Evidence.ContainsKey("detection")
        );
        var incident = With(state, i => i.Findings.Exists(f => f.Id == finding.Id));
        var before = incident?.Findings.Find(f => f.Id == finding.Id);
        if (line.Entry.Kind is LedgerKinds.FindingClosed)
        {
            // One that was not open is no news.
            return incident is null
                ? state
                : Announce(
                    state,
                    incident with
                    {
                        Findings = incident.Findings.Remove(before!),
                    },
                    line,
                    $"Over: {finding.Title} {finding.ClosedBecause}".TrimEnd(),
                    before
                );
        }

        incident ??= IncidentOf(state, finding, line);
        incident = incident with
        {
            Findings = before is null ? incident.Findings.Add(now) : incident.Findings.Replace(before, now),
            Campaigns = now.Campaign is { } campaign ? Including(incident.Campaigns, campaign) : incident.Campaigns,
            Kids =
                now.IsVerdict && finding.Evidence.GetValueOrDefault("kid") is { Length: > 0 } kid
                    ? Including(incident.Kids, kid)
                    : incident.Kids,
        };

        // More of the same is no news; that it is worse is.
        return before is null || finding.Severity > before.Severity
            ? Announce(state, incident.AtLeast(finding.Severity), line, finding.Title, now, isNewFinding: before is null)
            : state.With(incident with { ChangedAt = line.At });
    }

    /// <summary>The lines of the question itself say that it was asked and how it ended; its finding adds the reminders.</summary>
    private static NotificationState Reminder(NotificationState state, LedgerLine line, Finding finding)
    {
        if (
            line.Entry.Kind is not LedgerKinds.FindingUpdated
            || finding.Milestone is not (QuestionStages.Reminded or QuestionStages.RemindedTwice)
            || With(state, i => i.Questions.Exists(q => q.Id == finding.About)) is not { } incident
            || incident.Questions.Find(q => q.Id == finding.About) is not { } question
            || question.Reminder == finding.Milestone
        )
        {
            // A line without a new stage has newer evidence, which is no news.
            return state;
        }

        var reminded = incident with { Questions = incident.Questions.Replace(question, question with { Reminder = finding.Milestone }) };
        return Announce(state, reminded, line, finding.Title, isNews: true);
    }

    private static Incident IncidentOf(NotificationState state, Finding finding, LedgerLine line)
    {
        var evidence = finding.Evidence;
        if (evidence.GetValueOrDefault("campaign") is { } campaign)
        {
            return TokensWith(state, i => i.Campaigns.Contains(campaign), evidence.GetValueOrDefault("kid"), line);
        }

        var found =
            evidence.GetValueOrDefault("decision") is { } decision ? With(state, i => i.Questions.Exists(q => q.Id == decision))
            : evidence.GetValueOrDefault("key") is { } key
                ? With(state, i => i.Keys.TryGetValue(key, out var progress) && !progress.IsVerified)
            : With(state, i => i.Subject == Incident.SubjectOf(finding.About));
        return found ?? Incident.Begin($"finding/{finding.Id}", line.Number, line.At);
    }

    /// <summary>The incident of forged tokens that a line belongs to; a new one when there is none.</summary>
    private static Incident TokensWith(NotificationState state, Func<Incident, bool> mustBe, string? kid, LedgerLine line) =>
        With(state, mustBe)
        ?? With(state, i => kid is { Length: > 0 } && i.Kids.Contains(kid))
        ?? With(state, i => i.Subject == Incident.Tokens && line.At - i.ChangedAt < OneSweep)
        ?? Incident.Begin(Incident.Tokens, line.Number, line.At);

    private static NotificationState Asked(NotificationState state, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        var question = new OpenQuestion(
            facts["decision"],
            facts["kind"],
            line.Entry.About,
            DateTimeOffset.Parse(facts["expiresAt"], CultureInfo.InvariantCulture),
            Enum.Parse<OnExpiry>(facts["onExpiry"]),
            facts.GetValueOrDefault("whileGone") is { Length: > 0 } person ? person : null
        );
        if (state.Unplaced.ContainsKey(question.Id) || With(state, i => i.Questions.Exists(q => q.Id == question.Id)) is not null)
        {
            // It is asked again in other words.
            return state;
        }

        if (question.Kind is DecisionKinds.Rotate)
        {
            // The line of the planned rotation, which follows, names the cause.
            return state with { Unplaced = state.Unplaced.Add(question.Id, question) };
        }

        return Ask(
            state,
            With(state, i => i.Campaigns.Contains(question.About))
                ?? With(state, i => i.Keys.TryGetValue(question.About, out var key) && !key.IsVerified)
                ?? Incident.Begin($"decision/{question.Id}", line.Number, line.At),
            question,
            line
        );
    }

    private static NotificationState Ask(NotificationState state, Incident incident, OpenQuestion question, LedgerLine line) =>
        Announce(state, (incident with { Questions = incident.Questions.Add(question) }).AtLeast(Severity.High), line, question.Sentence);

    private static NotificationState Answered(NotificationState state, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        var id = facts["decision"];
        state = state with { Unplaced = state.Unplaced.Remove(id) };
        if (With(state, i => i.Questions.Exists(q => q.Id == id)) is not { } incident)
        {
            return state;
        }

        var question = incident.Questions.Find(q => q.Id == id)!;
        var outcome = line.Entry.Kind switch
        {
            LedgerKinds.DecisionWithdrawn => $"It is withdrawn: {facts["why"]}",
            LedgerKinds.DecisionAnswered => $"{facts["by"]} answered: {facts["answer"].ToLowerInvariant()}.",
            _ when question.OnExpiry is OnExpiry.CarryOut => "Nobody answered in time, so Rekey carries it out.",
            _ => "Nobody answered in time, so Rekey does nothing.",
        };
        return Announce(state, incident with { Questions = incident.Questions.Remove(question) }, line, $"{question.Sentence} {outcome}");
    }

    private static NotificationState Planned(NotificationState state, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        var (cause, key) = (facts["cause"], line.Entry.About);
        var isObserved = line.Entry.Kind is LedgerKinds.RotationObserved;
        Incident? incident =
            RotationCause.ForgedThumbprintOf(cause) is { } thumbprint ? TokensWith(state, i => i.Kids.Contains(thumbprint), kid: null, line)
            : RotationCause.DepartureOf(cause) is { } departure && !isObserved
                ? (
                    With(state, i => i.Subject == Incident.SubjectOf(departure))
                    ?? Incident.Begin(Incident.SubjectOf(departure), line.Number, line.At)
                ) with
                {
                    Person = departure.Split('~')[1],
                }
            : null;
        var question = state.Unplaced.GetValueOrDefault(facts["decision"]);
        if (incident is null && question is null)
        {
            return state;
        }

        // A rotation that was verified before may begin again, for another cause.
        incident ??= Incident.Begin($"decision/{question!.Id}", line.Number, line.At);
        var isImmediate = facts["urgency"] == nameof(Urgency.Immediate);
        var progress = incident.Keys.GetValueOrDefault(key) is { IsVerified: false } known
            ? known with
            {
                Causes = known.Causes.Add(cause),
                IsImmediate = known.IsImmediate || isImmediate,
            }
            : new KeyProgress([cause], isImmediate);
        incident = incident with { Keys = incident.Keys.SetItem(key, progress), ChangedAt = line.At };
        return question is null
            ? state.With(incident)
            : Ask(state with { Unplaced = state.Unplaced.Remove(question.Id) }, incident, question, line);
    }

    /// <summary>A line about a rotation's record says when its old versions were revoked and the list without them was published.</summary>
    private static NotificationState Containment(NotificationState state, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        if (facts.GetValueOrDefault(RecordChange.Record)?.Split('/', 3) is not ["rotation", _, var row])
        {
            return state;
        }

        // A wider rotation takes it back: the new version is an old one then.
        var at = facts.TryGetValue(TrustEndedAt, out var time)
            ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)
            : (DateTimeOffset?)null;
        if (at is null && !facts.ContainsKey($"{TrustEndedAt}-"))
        {
            return state;
        }

        foreach (var incident in All(state, i => !i.Keys.IsEmpty))
        {
            if (
                incident.Keys.FirstOrDefault(k => SigningKey.RowOf(k.Key) == row && !k.Value.IsVerified) is not { Value: { } progress } key
                || (progress.ContainedAt is null) == (at is null)
            )
            {
                continue;
            }

            // A question about its old versions has nothing left to decide.
            var changed = incident with
            {
                Keys = incident.Keys.SetItem(key.Key, progress with { ContainedAt = at }),
                Questions = at is null
                    ? incident.Questions
                    : incident.Questions.RemoveAll(q => q.About == key.Key && DecisionKinds.IsAboutKey(q.Kind)),
            };
            state = at is null
                ? state.With(changed)
                : Announce(
                    state,
                    changed.AtLeast(progress.IsImmediate ? Severity.High : Severity.Low),
                    line,
                    $"The old versions of {key.Key} are revoked: gateways refuse every token that they signed."
                        + (changed.Findings.Exists(f => f.IsAboutSignIns) ? " Everybody who signed in with them must sign in again." : "")
                        + (NotificationMaker.Worst(changed.Findings.Where(f => f.IsVerdict)) is { } tokens ? $" {tokens.Title}" : "")
                );
        }

        return state;
    }

    private static NotificationState Verified(NotificationState state, LedgerLine line)
    {
        foreach (var incident in All(state, i => i.Keys.GetValueOrDefault(line.Entry.About)?.ContainedAt is not null))
        {
            var key = incident.Keys[line.Entry.About] with { IsVerified = true };
            state = Quietly(state, incident with { Keys = incident.Keys.SetItem(line.Entry.About, key) });
        }

        return state;
    }

    /// <summary>Causes were declined, superseded or cancelled. A key without a cause is no longer at stake.</summary>
    private static NotificationState Dropped(NotificationState state, LedgerLine line, IReadOnlyList<string> causes)
    {
        var key = line.Entry.About;
        foreach (var incident in All(state, i => i.Keys.ContainsKey(key)))
        {
            if (
                incident.Keys.GetValueOrDefault(key) is not { ContainedAt: null } progress
                || (progress.Causes.RemoveRange(causes) is var left && left.Count == progress.Causes.Count)
            )
            {
                continue;
            }

            var changed = incident with
            {
                Keys = left.IsEmpty ? incident.Keys.Remove(key) : incident.Keys.SetItem(key, progress with { Causes = left }),
            };
            state =
                line.Entry.Kind is LedgerKinds.RotationCancelled
                    ? Announce(
                        state,
                        changed.AtLeast(Severity.High),
                        line,
                        $"{line.Entry.Facts["decidedBy"]} cancelled the rotation of {key}: its old versions stay trusted.",
                        isNews: true
                    )
                    : Quietly(state, changed);
        }

        return state;
    }

    /// <summary>A person is back, or gone again: that changes what silence means.</summary>
    private static NotificationState Back(NotificationState state, LedgerLine line, string person, bool isBack)
    {
        var epoch = int.Parse(line.Entry.Facts["epoch"], CultureInfo.InvariantCulture);
        foreach (var incident in All(state, i => i.Questions.Exists(Changes)))
        {
            state = Announce(
                state,
                incident with
                {
                    Questions = [.. incident.Questions.Select(q => Changes(q) ? q with { HeldSince = isBack ? epoch : null } : q)],
                },
                line,
                isBack ? $"{person} is back: the account is enabled again." : $"{person} is gone again: the account is disabled again."
            );
        }

        return state;

        bool Changes(OpenQuestion question) =>
            question is { WhileGone: { } gone, OnExpiry: OnExpiry.CarryOut }
            && string.Equals(gone, person, StringComparison.OrdinalIgnoreCase)
            && (isBack ? !question.IsHeld : question.HeldSince < epoch);
    }

    private static NotificationState Settled(NotificationState state, LedgerLine line) =>
        With(state, i => i.Subject == Incident.SubjectOf(line.Entry.About)) is { } incident
            ? Quietly(state, incident with { IsSettled = true })
            : state;

    private static NotificationState Quietly(NotificationState state, Incident incident) =>
        incident.IsOver ? state.Without(incident) : state.With(incident);

    /// <summary>Makes a notification if people must know: of the first line, of a higher severity, of containment, of what is wanted, and
    /// of the end.</summary>
    /// <param name="finding">The finding that the line is about; null for none.</param>
    /// <param name="isNewFinding">Whether it was not open before: long after the last notification it is news by itself.</param>
    /// <param name="isNews">Whether people must know in any case.</param>
    private static NotificationState Announce(
        NotificationState state,
        Incident incident,
        LedgerLine line,
        string what,
        IncidentFinding? finding = null,
        bool isNewFinding = false,
        bool isNews = false
    )
    {
        incident = incident with { ChangedAt = line.At };
        var (severity, last) = (incident.Severity ?? Severity.Informational, incident.Announced);
        if (
            last is null
            || severity > last.Severity
            || incident.Situation != last.Situation
            || incident.IsOver
            || isNews
            || (isNewFinding && line.At - last.At >= OneSweep)
        )
        {
            state = state.Add(NotificationMaker.Of(incident, line, severity, last, what, finding));
            incident = incident with { Announced = new(severity, incident.Situation, line.Number, line.At) };
        }

        return Quietly(state, incident);
    }

    private static Incident? With(NotificationState state, Func<Incident, bool> isMeant) => All(state, isMeant).FirstOrDefault();

    /// <summary>The incidents that are meant, the oldest first.</summary>
    private static IEnumerable<Incident> All(NotificationState state, Func<Incident, bool> isMeant) =>
        state.Incidents.Values.Where(isMeant).OrderBy(i => i.Since).ThenBy(i => i.Id, StringComparer.Ordinal);

    private static ImmutableList<string> Including(ImmutableList<string> list, string item) => list.Contains(item) ? list : list.Add(item);
}
