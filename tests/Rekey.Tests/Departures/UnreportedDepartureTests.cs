using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Departures;

/// <summary>Who was a custodian cannot be read in full: what is known is carried out, the rest stays open.</summary>
public sealed class UnreportedDepartureTests
{
    private static readonly Uri Other = new("https://kv-prod-02.vault.azure.net");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_custodian_by_tag_alone_is_found_when_the_vault_answers_again(bool refused)
    {
        var company = await TaggedAsync(keys: 3);
        var process = company.NewProcess();
        var last = company.GovernedKeys.Keys[2].Key;
        company.Vault.Fault = (call, key, _) =>
        {
            if (call == "get" && key.Id == last.Id)
            {
                throw refused
                    ? new CannotContinueException(VaultReasons.Firewall, "Not from there.", "Let Rekey in.")
                    : new RetryLaterException("Silence.");
            }
        };
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync(TimeSpan.FromHours(2));
        Assert.Equal(2, company.TrustList.Revoked.Count);
        Assert.Null(company.Departures.All.Single().SettledAt);
        Assert.Equal(refused, company.Findings.Kinds.Contains("custody-unreadable"));

        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Equal(3, company.TrustList.Revoked.Count);
        Assert.NotNull(company.Departures.All.Single().SettledAt);
    }

    [Fact]
    public async Task A_silent_vault_is_asked_once_a_look_and_ever_less_often()
    {
        var company = await TaggedAsync(keys: 6);
        var process = company.NewProcess();
        var asked = new List<DateTimeOffset>();
        company.Vault.Fault = (call, key, _) =>
        {
            if (call == "get" && key.VaultUri == Other)
            {
                asked.Add(company.Now);
                throw new RetryLaterException("Silence.");
            }
        };
        await process.LeavesAsync(Company.Leaver);
        for (var end = company.Now + TimeSpan.FromHours(2); company.Now < end; company.Clock.Advance(TimeSpan.FromSeconds(30)))
        {
            await process.ResumeDepartures.RunAsync(default);
            foreach (var message in company.Queues.Messages.Where(m => m.Queue == "departures").ToList())
            {
                company.Queues.Messages.Remove(message);
                await process.Assess.AssessAsync(message.Id, default);
            }
        }

        Assert.InRange(asked.Count, 8, 20);
        Assert.Equal(asked.Count, asked.Distinct().Count());
    }

    [Fact]
    public async Task The_brake_does_not_count_one_departure_twice()
    {
        var company = await TaggedAsync(keys: 12);
        var process = company.NewProcess();
        var last = company.GovernedKeys.Keys[11].Key;
        company.Vault.Fault = (call, key, _) =>
        {
            if (call == "get" && key.Id == last.Id)
            {
                throw new RetryLaterException("Silence.");
            }
        };
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        await process.DrainAsync();
        company.Clock.Advance(TimeSpan.FromSeconds(30));
        company.Vault.Fault = (_, _, _) => { };
        await process.WorkAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(12, company.TrustList.Revoked.Count);
        Assert.DoesNotContain(company.Decisions.All, d => d.Kind == DecisionKinds.Rotate);
    }

    [Fact]
    public async Task What_the_directory_confirms_answers_the_question_that_was_open()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver, source: "Depart", eventId: "hr", standing: PersonStanding.Enabled);
        await process.DrainAsync();
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        var versions = company.Vault.VersionsOf(company.Key).Count;

        await process.SayAsync(Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.Rotate), approve: true);
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
    }

    [Fact]
    public async Task Being_told_over_and_over_keeps_the_first_the_last_and_the_one_that_counts()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        for (var n = 0; n < 200; n++)
        {
            await process.LeavesAsync(Company.Leaver, source: "Depart", eventId: $"hr-{n}", standing: PersonStanding.Enabled);
        }

        var lines = company.VerifiedLedger().Count;
        await process.LeavesAsync(Company.Leaver, eventId: "event");
        var departure = company.Departures.All.Single();
        Assert.InRange(departure.Sources.Count, 2, 40);
        Assert.Equal(("hr-0", "event"), (departure.Sources[0].EventId, departure.Sources[^1].EventId));
        Assert.True(departure.Confirmed);
        Assert.InRange(lines, 1, 60);
    }

    /// <summary>Keys whose custodian stands in their tag alone; the last half of them in another vault.</summary>
    private static Task<Company> TaggedAsync(int keys) =>
        Company.WithBaselineAsync(
            keys,
            o =>
            {
                for (var n = 0; n < keys; n++)
                {
                    o.Keys[n].Custodians = [];
                    o.Keys[n].VaultUri = n >= keys / 2 && keys == 6 || n == keys - 1 ? Other : o.Keys[n].VaultUri;
                }
            },
            (company, key) =>
                company.Vault.Add(
                    key,
                    tags: new Dictionary<string, string>(StringComparer.Ordinal) { ["rekey-custodians"] = $"{Company.Leaver}" }
                )
        );
}
