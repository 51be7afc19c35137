using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Departures.Reading;
using Rekey.Ledgers;
using Rekey.Rotations.Outcomes;
using Rekey.Tests.Doubles;
using Rekey.Trust;

namespace Rekey.Tests.Departures;

/// <summary>F1 and F2: a departure's record shows its own rotations and their outcomes, and never changes after they ended.</summary>
public sealed class DepartureRecordTests
{
    [Fact]
    public async Task F1_a_later_departure_on_the_same_key_leaves_the_first_record_equal_to_the_byte()
    {
        var company = await Company.WithBaselineAsync();
        var stolen = company.TrustList.Keys.Single();
        var first = (await company.NewProcess().LeavesAsync(Company.Leaver)).Departure!.Id;
        await company.NewProcess().WorkAsync();
        var before = await JsonAsync(company, first);

        company.Clock.Advance(TimeSpan.FromDays(1));
        var second = (await company.NewProcess().LeavesAsync(Company.OtherLeaver)).Departure!.Id;
        await company.NewProcess().WorkAsync();

        Assert.Equal(before, await JsonAsync(company, first));
        var (one, two) = (await OnlyAsync(company, first), await OnlyAsync(company, second));
        Assert.Equal([stolen.Version], one.Rotation!.OldVersions.Select(v => v.Version));
        Assert.Equal((1, 2), (one.Rotation.Number, two.Rotation!.Number));
        Assert.Contains(one.Rotation.NewVersion, two.Rotation.OldVersions.Select(v => v.Version));
        Assert.All([one, two], r => Assert.Equal(RotationOutcome.Rotated, r.Cause.Outcome));
    }

    /// <summary>A snapshot of the ledger's views holds the earlier rotations too.</summary>
    [Fact]
    public async Task F1_the_record_is_the_same_after_a_snapshot_was_loaded()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await LeavesAndIsAnsweredAsync(company, Company.Leaver, approve: true);
        await LeavesAndIsAnsweredAsync(company, Company.OtherLeaver, approve: false);
        var process = company.NewProcess();
        var all = await new RotationLedger(process.Reader).ReadAsync(default);
        var loaded = RecordedRotations.Load(JsonSerializer.SerializeToElement(all.Save()));
        foreach (var departure in company.Departures.All)
        {
            var (was, found) = (all.Find(company.Key.Id, departure.Cause)!, loaded.Find(company.Key.Id, departure.Cause)!);
            Assert.Equal(was, found);
            Assert.Equal(Json(all.RotationOf(was)), Json(loaded.RotationOf(found)));
        }

        Assert.Equal(JsonSerializer.Serialize(all.Save()), JsonSerializer.Serialize(loaded.Save()));
    }

    [Theory]
    [InlineData(true, RotationOutcome.Rotated, Company.Approver, 2)]
    [InlineData(false, RotationOutcome.Declined, Company.Approver, 1)]
    [InlineData(null, RotationOutcome.Rotated, null, 2)]
    public async Task F2_an_answered_question_says_who_decided_when_and_why(
        bool? approve,
        RotationOutcome outcome,
        string? by,
        int versions
    )
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var id = await LeavesAndIsAnsweredAsync(company, Company.Leaver, approve);
        var response = await OnlyAsync(company, id);
        Assert.Equal((outcome, by), (response.Cause.Outcome, response.Cause.By));
        Assert.Contains(
            by is null ? "No one answered"
                : approve == true ? "said yes"
                : "said no",
            response.Cause.Why,
            StringComparison.Ordinal
        );
        Assert.Equal(outcome is RotationOutcome.Rotated, response.Rotation is not null);
        Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(
            $"{company.Key.Id}={(outcome is RotationOutcome.Rotated ? "rotated" : "declined")}",
            company.VerifiedLedger().Single(l => l.Entry.Kind == LedgerKinds.DepartureSettled).Entry.Facts["outcomes"]
        );
    }

    /// <summary>Silence about a person who was only reported means no.</summary>
    [Fact]
    public async Task F2_a_reported_departure_that_nobody_answers_is_declined_by_nobody()
    {
        var company = await Company.WithBaselineAsync();
        var id = await ReportsAsync(company, Company.Leaver, "HR-4711");
        await company.NewProcess().WorkAsync();
        var response = await OnlyAsync(company, id);
        Assert.Equal((RotationOutcome.Declined, null), (response.Cause.Outcome, response.Cause.By));
        Assert.StartsWith("No one answered", response.Cause.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F2_observed_is_not_rotated()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Observe);
        var id = (await company.NewProcess().LeavesAsync(Company.Leaver)).Departure!.Id;
        await company.NewProcess().WorkAsync();
        var response = await OnlyAsync(company, id);
        Assert.Equal((RotationOutcome.Observed, null), (response.Cause.Outcome, response.Rotation));
    }

    [Fact]
    public async Task F2_a_reported_departure_that_is_confirmed_is_superseded_and_stays_in_the_record()
    {
        var company = await Company.WithBaselineAsync();
        var id = await ReportsAsync(company, Company.Leaver, "HR-4711");
        await company.NewProcess().DrainAsync();
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();
        var responses = Assert.Single((await company.NewProcess().ReadDeparture.FindAsync(id, default))!.Keys).Responses;
        Assert.Equal([RotationOutcome.Superseded, RotationOutcome.Rotated], responses.Select(r => r.Cause.Outcome!.Value));
        Assert.Null(responses[0].Rotation);
    }

    [Fact]
    public async Task F2_a_person_who_could_use_no_key_leaves_with_nothing_exposed()
    {
        var company = await Company.WithBaselineAsync();
        var id = (await company.NewProcess().LeavesAsync(Guid.Parse("5b0b1a4e-0000-4000-8000-0000000000cc"))).Departure!.Id;
        await company.NewProcess().WorkAsync();
        Assert.True((await company.NewProcess().ReadDeparture.FindAsync(id, default))!.IsNothingExposed);
        Assert.Equal(
            "nothing-exposed",
            company.VerifiedLedger().Single(l => l.Entry.Kind == LedgerKinds.DepartureSettled).Entry.Facts["outcomes"]
        );
    }

    /// <summary>
    /// Any sequence of departures, answers, silence and returns: a response that has an outcome never changes, and the number of rotations
    /// of the vault is the number of rotated responses' rotations.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task No_record_changes_after_it_ended_and_only_rotated_counts_as_rotated(int seed)
    {
        var random = new Random(seed);
        var company = await Company.WithBaselineAsync(keys: 2, configure: o =>
            o.Rotations.Mode = seed % 2 == 0 ? ResponseMode.Enforce : ResponseMode.Ask
        );
        var ended = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var n = 0; n < 24; n++)
        {
            await StepAsync(company, random, n);
            await company.NewProcess().DrainAsync();
            await company.NewProcess().RunTimersAsync();
            await company.NewProcess().SettleDecisions.RunAsync(default);
            await CheckAsync();
        }

        await company.NewProcess().WorkAsync();
        await CheckAsync();
        Assert.NotEmpty(ended);
        foreach (var bound in company.GovernedKeys.Keys)
        {
            var rotated = await RotatedAsync(company, bound.Key);
            Assert.Equal(
                company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.RotationVerified && l.Entry.About == bound.Key.Id),
                rotated
            );
        }

        async Task CheckAsync()
        {
            foreach (var departure in company.Departures.All)
            {
                var record = (await company.NewProcess().ReadDeparture.FindAsync(departure.Id, default))!;
                foreach (var response in record.Keys.SelectMany(k => k.Responses).Where(r => r.Cause.Outcome is not null))
                {
                    var name = $"{response.Cause.KeyId} {response.Cause.Cause}";
                    Assert.Equal(ended.TryGetValue(name, out var was) ? was : ended[name] = Json(response), Json(response));
                    Assert.Equal(response.Cause.Outcome is RotationOutcome.Rotated, response.Rotation?.VerifiedAt is not null);
                }
            }
        }
    }

    private static async Task<int> RotatedAsync(Company company, SigningKey key)
    {
        var numbers = new HashSet<int>();
        foreach (var departure in company.Departures.All)
        {
            var record = (await company.NewProcess().ReadDeparture.FindAsync(departure.Id, default))!;
            numbers.UnionWith(
                record
                    .Keys.Where(k => k.KeyId == key.Id)
                    .SelectMany(k => k.Responses)
                    .Where(r => r.Cause.Outcome is RotationOutcome.Rotated)
                    .Select(r => r.Rotation!.Number)
            );
        }

        return numbers.Count;
    }

    private static async Task StepAsync(Company company, Random random, int n)
    {
        var process = company.NewProcess();
        var person = random.Next(2) == 0 ? Company.Leaver : Company.OtherLeaver;
        switch (random.Next(7))
        {
            case 0 or 1:
                await process.LeavesAsync(person, eventId: $"event-{n}");
                break;
            case 2:
                await ComesBackAsync(company, person, $"back-{n}");
                break;
            case 3:
                company.Directory[person] = random.Next(2) == 0 ? PersonStanding.Enabled : PersonStanding.Disabled;
                await ReportsAsync(company, person, $"HR-{n}", settle: false);
                break;
            case 4 or 5:
                var open = (await process.Decisions.ReadAsync(default)).Open.OrderBy(d => d.Id, StringComparer.Ordinal).ToList();
                if (open.Count > 0 && company.Decisions.Find("decision", open[random.Next(open.Count)].Id) is { } question)
                {
                    await process.SayAsync(question, approve: random.Next(2) == 0);
                }

                break;
            default:
                company.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 300)));
                break;
        }
    }

    internal static Task ComesBackAsync(Company company, Guid person, string eventId = "back")
    {
        company.Directory[person] = PersonStanding.Enabled;
        return company
            .NewProcess()
            .Notice.NoticeAsync(
                new(Company.Tenant, person, new("UserChanged", eventId, company.Now, Reporter: null), IsObservation: true, Hostile: false),
                default
            );
    }

    internal static async Task<string> ReportsAsync(Company company, Guid person, string reference, bool settle = true)
    {
        var result = await company
            .NewProcess()
            .Notice.NoticeAsync(
                new(
                    Company.Tenant,
                    person,
                    new("ReportDeparture", reference, company.Now, "5b0b1a4e-0000-4000-8000-0000000000ee"),
                    IsObservation: false,
                    Hostile: false
                ),
                default
            );
        if (settle)
        {
            await company.NewProcess().DrainAsync();
        }

        return result.Departure!.Id;
    }

    private static async Task<string> LeavesAndIsAnsweredAsync(Company company, Guid person, bool? approve)
    {
        var id = (await company.NewProcess().LeavesAsync(person)).Departure!.Id;
        await company.NewProcess().DrainAsync();
        if (approve is { } yes)
        {
            var open = (await company.NewProcess().Decisions.ReadAsync(default)).Open.Single(d => d.Kind == DecisionKinds.Rotate);
            Assert.Null((await company.NewProcess().SayAsync(company.Decisions.Find("decision", open.Id)!, yes)).Refusal);
        }

        await company.NewProcess().WorkAsync();
        return id;
    }

    private static async Task<KeyResponse> OnlyAsync(Company company, string departure) =>
        Assert.Single(Assert.Single((await company.NewProcess().ReadDeparture.FindAsync(departure, default))!.Keys).Responses);

    private static async Task<string> JsonAsync(Company company, string departure) =>
        Json(await company.NewProcess().ReadDeparture.FindAsync(departure, default));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, RecordJson.Options);
}
