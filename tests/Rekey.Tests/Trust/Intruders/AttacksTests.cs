using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// Attacks by somebody who can write the state account, each of which once worked. What is planted is planted anew before every tick.
/// </summary>
public sealed class AttacksTests(ITestOutputHelper output)
{
    private const string Insider = "5b0b1a4e-0000-4000-8000-0000000000cc";

    private static readonly DateTimeOffset Never = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyDictionary<string, Attack> All = new Dictionary<string, Attack>(StringComparer.Ordinal)
    {
        ["A1 a rotation whose new version is the stolen one, before the custodian leaves"] = new(
            "What a rotation made is what the ledger has under its round.",
            c => Forge(c, KeepsStolen(c, c.Key)),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A1 the same, of the rotation that runs"] = new(
            "A row of a running rotation gives its hints and nothing else.",
            c =>
                Forge(
                    c,
                    KeepsStolen(c, c.Key) with
                    {
                        Causes = [.. c.RotationOf(c.Key)?.Causes ?? []],
                        VerifiedAt = c.Now,
                        TrustEndedAt = c.Now,
                        SigningStoppedAt = c.Now,
                    }
                ),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A4 old versions with the thumbprint of another key"] = new(
            "Only what the ledger or the vault has for a key is revoked for it.",
            c =>
                Forge(
                    c,
                    new(c.Key, Number: 1)
                    {
                        Causes = ["evil"],
                        Urgency = Urgency.Immediate,
                        StartedAt = c.Now,
                        NextStepAt = c.Now,
                        OldVersions = [new("0", First(c, OtherKey(c)), CanSign: false)],
                    }
                ),
            Nothing,
            NothingIsDone
        ),
        ["A4 the same while that key is rotated"] = new(
            "The other issuer's key keeps its trust whatever the row of this rotation says.",
            c => Forge(c, KeepsStolen(c, c.Key) with { OldVersions = [new("0", First(c, OtherKey(c)), CanSign: false)] }),
            LeaverLeaves,
            c =>
            {
                StolenIsRevoked(c);
                Assert.DoesNotContain(First(c, OtherKey(c)), c.TrustList.Revoked);
            }
        ),
        ["A5 a departure that nobody told"] = new(
            "A departure is one that the ledger has noticed.",
            c => Plant(c, Planted(c, Company.Approver) with { Sources = [] }),
            Nothing,
            NothingIsDone
        ),
        ["A5 a departure of last week, so that no brake counts it"] = new(
            "A departure is one that the ledger has noticed.",
            c => Plant(c, Planted(c, $"{Company.Leaver}") with { NoticedAt = c.Now.AddDays(-7) }),
            Nothing,
            NothingIsDone
        ),
        ["A5 a departure in mode ask, so that whoever planted it may answer"] = new(
            "Nothing is asked for a departure that nobody told.",
            c => Plant(c, Planted(c, $"{Company.Leaver}")),
            Nothing,
            NothingIsDone,
            o => o.Rotations.Mode = ResponseMode.Ask
        ),
        ["A6 a running rotation that nobody planned (S2)"] = new(
            "A cause runs once the ledger has admitted it.",
            c =>
                Forge(
                    c,
                    new(c.Key, Number: 1)
                    {
                        Causes = ["evil"],
                        Urgency = Urgency.Immediate,
                        StartedAt = c.Now,
                        NextStepAt = c.Now,
                    }
                ),
            Nothing,
            NothingIsDone
        ),
        ["A6 a request that was carried out, put back into a fresh row (S31)"] = new(
            "A cause is admitted once for a key.",
            c =>
                Forge(
                    c,
                    new(c.Key, Number: 50)
                    {
                        Waiting = [.. c.Departures.All.Select(d => new RotationRequest(d.Id, Urgency.Immediate, c.Now, DecisionId: null))],
                        NextStepAt = c.Now,
                    }
                ),
            async c =>
            {
                await c.NewProcess().LeavesAsync(Company.Leaver);
                await c.NewProcess().WorkAsync();
            },
            c =>
            {
                Assert.Equal(2, c.Vault.VersionsOf(c.Key).Count);
                Assert.Single(Lines(c, LedgerKinds.RotationAdmitted));
            }
        ),
        ["A7 a lease without end (S4)"] = new(
            "A lease longer than Rekey takes one is none.",
            c => Hint(c, r => r with { LeaseOwner = "theirs", LeaseUntil = Never }),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A7 never due"] = new(
            "A due time further away than Rekey sets one is now.",
            c => Hint(c, r => r with { NextStepAt = Never }),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A7 the row of a rotation of a later release (S20)"] = new(
            "A row that cannot be read has no hints, and is written over.",
            c => c.Rotations.Rows.Plant(Rotation.Live, c.Key.Row, "{}", schemaVersion: 99),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A7 the row of a rotation with anything in it"] = new(
            "A row that cannot be read has no hints, and is written over.",
            c => c.Rotations.Rows.Plant(Rotation.Live, c.Key.Row, "\u0001"),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A7 the rows of questions deleted all the time (S21)"] = new(
            "What silence means, and when, is in the ledger.",
            c => c.Decisions.Tamper(_ => null),
            async c =>
            {
                await LeaverLeaves(c);
                await TickAsync(c);
                c.Clock.Advance(c.Options.Decisions.TimeToAnswer);
            },
            c =>
            {
                StolenIsRevoked(c);
                Assert.Equal("carried-out", Assert.Single(Lines(c, LedgerKinds.DecisionExpired)).Entry.Facts["outcome"]);
            },
            o => o.Rotations.Mode = ResponseMode.Ask
        ),
        ["A7 a departure that is assessed and settled before the person leaves (S38)"] = new(
            "What became of a departure is in the ledger.",
            c => Plant(c, Planted(c, $"{Company.Leaver}") with { AssessedAt = c.Now, SettledAt = c.Now }),
            LeaverLeaves,
            StolenIsRevoked
        ),
        ["A8 a departed approver of another epoch (S7)"] = new(
            "Who has left, and how often they came back, is in the ledger.",
            c =>
                c.People.Rows.Forge(
                    "person",
                    Person.RowOf(Company.Tenant, Company.Approver),
                    new(Company.Tenant, Company.Approver, Epoch: 2)
                ),
            async c =>
            {
                await c.NewProcess().LeavesAsync(Guid.Parse(Company.Approver));
                await LeaverLeaves(c);
            },
            c => MayNotAnswer(c, Company.Approver, AnswerRefusal.ActorIsLeaving),
            o => o.Rotations.Mode = ResponseMode.Ask
        ),
        ["A8 a departed approver whose row is gone"] = new(
            "Who has left, and how often they came back, is in the ledger.",
            c => c.People.Rows.Tamper(_ => null),
            async c =>
            {
                await c.NewProcess().LeavesAsync(Guid.Parse(Company.Approver));
                await LeaverLeaves(c);
            },
            c => MayNotAnswer(c, Company.Approver, AnswerRefusal.ActorIsLeaving),
            o => o.Rotations.Mode = ResponseMode.Ask
        ),
        ["A8 a departure without its reporter, to be assessed again (S22)"] = new(
            "Who set a question off is in the ledger.",
            c =>
                Plant(
                    c,
                    Planted(c, $"{Company.Leaver}") with
                    {
                        Revision = 2,
                        AssessedAt = null,
                        Sources = [new("ReportDeparture", "event-1", c.Now, Reporter: null)],
                    }
                ),
            c =>
                c.NewProcess()
                    .Notice.NoticeAsync(
                        new(
                            Company.Tenant,
                            Company.Leaver,
                            new("ReportDeparture", "event-1", c.Now, Insider),
                            IsObservation: false,
                            Hostile: true
                        ),
                        default
                    ),
            c =>
            {
                Assert.Single(Lines(c, LedgerKinds.RotationPlanned));
                MayNotAnswer(c, Insider, AnswerRefusal.InitiatorMayNotApprove);
            }
        ),
        ["A12 a departure's row of a later release (S18)"] = new(
            "Departures are counted in the ledger.",
            c => c.Departures.Rows.Plant("departure", "theirs", "{}", schemaVersion: 99),
            LeaverLeaves,
            StolenIsRevokedUnasked
        ),
        ["A12 a hundred departures within the hour"] = new(
            "Departures that nobody told brake nothing.",
            c =>
            {
                for (var n = 0; n < 100; n++)
                {
                    Plant(c, Planted(c, $"{Guid.NewGuid()}"));
                }
            },
            LeaverLeaves,
            StolenIsRevokedUnasked
        ),
        ["A12 a rotation's row of another key of a later release"] = new(
            "Rotations are counted in the ledger.",
            c => c.Rotations.Rows.Plant(Rotation.Live, OtherKey(c).Row, "{}", schemaVersion: 99),
            LeaverLeaves,
            StolenIsRevokedUnasked
        ),
        ["A12 rotations without number within the hour"] = new(
            "Rotations are counted in the ledger.",
            c => Forge(c, KeepsStolen(c, OtherKey(c)) with { Round = 1000 }),
            LeaverLeaves,
            StolenIsRevokedUnasked
        ),
        ["A14 other words under the hash of the question (S34)"] = new(
            "The words of a question are those that it was asked in; whoever asked puts them back.",
            c => c.Decisions.Tamper(d => d.Kind == DecisionKinds.Rotate ? d with { Statement = "Nothing happens." } : d),
            LeaverLeaves,
            c =>
            {
                Assert.Contains(c.Findings.Open, f => f.Kind == "answer-not-on-record" && f.About == Question(c).Id);
                Assert.Null(c.NewProcess().SayAsync(Question(c), approve: true).GetAwaiter().GetResult().Refusal);
            },
            o => o.Rotations.Mode = ResponseMode.Ask
        ),
        ["A17 a person's row of a later release (S43)"] = new(
            "Who somebody is, and in which epoch, is in the ledger.",
            c => c.People.Rows.Plant("person", Person.RowOf(Company.Tenant, $"{Company.Leaver}"), "{}", schemaVersion: 99),
            LeaverLeaves,
            StolenIsRevoked
        ),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_delays_and_nothing_more(string name)
    {
        var attack = All[name];
        var company = await Company.WithBaselineAsync(keys: 2, o =>
        {
            o.Issuers.Add(
                new()
                {
                    Name = "partners",
                    Issuer = "https://partners.example",
                    Audiences = ["shop"],
                    PublicJwksUri = PublicAddress.Of("partners"),
                }
            );
            (o.Keys[1].Issuer, o.Keys[1].Custodians) = ("partners", []);
            attack.Configure?.Invoke(o);
        });
        attack.Plant(company);
        await attack.Happens(company);
        for (var tick = 0; tick < 10; tick++)
        {
            attack.Plant(company);
            await TickAsync(company);
            company.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        output.WriteLine(attack.Why);
        attack.MustHold(company);
    }

    private static async Task TickAsync(Company company)
    {
        var process = company.NewProcess();
        await process.RunTimersAsync();
        await process.SettleDecisions.RunAsync(default);
        foreach (var message in company.Queues.Messages.Distinct().ToList())
        {
            company.Queues.Messages.RemoveAll(m => m == message);
            try
            {
                Task work =
                    message.Queue == "rotations"
                        ? process.Advance.AdvanceAsync(message.Id, default)
                        : process.Assess.AssessAsync(message.Id, default);
                await work;
            }
            catch (Exception e) when (e is RetryLaterException || e is CannotContinueException { Reason: "unknown-departure" })
            {
                // It comes again by the timer, or is a dead letter.
            }
        }
    }

    private static Task Nothing(Company company) => Task.CompletedTask;

    private static Task LeaverLeaves(Company company) => company.NewProcess().LeavesAsync(Company.Leaver);

    private static void StolenIsRevoked(Company company)
    {
        var stolen = First(company, company.Key);
        Assert.Contains(stolen, company.TrustList.Revoked);
        var made = Assert.Single(company.TrustList.Keys, k => k.KeyId == company.Key.Id);
        Assert.True(made.Current);
        Assert.Contains((company.Key.Id, made.Thumbprint), company.Vault.Made);
        Assert.Equal(made.Version, Assert.Single(Lines(company, LedgerKinds.RotationVerified)).Entry.Facts["newVersion"]);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.CanSign);
        Assert.NotNull(company.Departures.All.Single(d => d.PersonId == $"{Company.Leaver}").SettledAt);
    }

    private static void StolenIsRevokedUnasked(Company company)
    {
        StolenIsRevoked(company);
        Assert.DoesNotContain(Lines(company, LedgerKinds.DecisionAsked), l => l.Entry.Facts["kind"] == DecisionKinds.Rotate);
    }

    private static void NothingIsDone(Company company)
    {
        Assert.All(company.GovernedKeys.Keys, b => Assert.Single(company.Vault.VersionsOf(b.Key)));
        Assert.All(company.GovernedKeys.Keys, b =>
            Assert.Contains(company.TrustList.Keys, k => k.Thumbprint == First(company, b.Key) && k.Current)
        );
        Assert.Empty(company.TrustList.Revoked);
        Assert.DoesNotContain(company.VerifiedLedger(), l =>
            l.Entry.Kind.StartsWith("departure-", StringComparison.Ordinal)
            || l.Entry.Kind.StartsWith("rotation-", StringComparison.Ordinal)
            || (l.Entry.Kind == LedgerKinds.DecisionAsked && l.Entry.Facts["kind"] != DecisionKinds.Baseline)
        );
    }

    private static void MayNotAnswer(Company company, string who, AnswerRefusal refusal)
    {
        Assert.Equal(refusal, company.NewProcess().SayAsync(Question(company), approve: true, who).GetAwaiter().GetResult().Refusal);
        Assert.Single(company.Vault.VersionsOf(company.Key));
    }

    private static Decision Question(Company company) =>
        company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate && d.About == company.Key.Id);

    private static IEnumerable<LedgerLine> Lines(Company company, string kind) => company.VerifiedLedger().Where(l => l.Entry.Kind == kind);

    private static SigningKey OtherKey(Company company) => company.GovernedKeys.Keys[1].Key;

    private static string First(Company company, SigningKey key) => company.Vault.VersionsOf(key)[0].Public.PublicKey.Thumbprint;

    /// <summary>A running rotation that says that the version which is to end is the one that it made.</summary>
    private static Rotation KeepsStolen(Company company, SigningKey key) =>
        new(key, Number: 1)
        {
            Causes = [Departure.IdOf(Company.Tenant, $"{Company.Leaver}", 1)],
            Urgency = Urgency.Immediate,
            StartedAt = company.Now,
            RequestedAt = company.Now,
            Attempt = 1,
            NewVersion = company.Vault.VersionsOf(key)[0].Public.Version,
            NewThumbprint = First(company, key),
            VersionCreatedAt = company.Now,
            AnnouncedAt = company.Now,
            NextStepAt = company.Now,
        };

    private static Departure Planted(Company company, string person) =>
        new(Company.Tenant, person, 1, company.Now, company.Now)
        {
            Confirmed = true,
            Hostile = true,
            NamedKeys = [.. company.GovernedKeys.Keys.Select(b => b.Key.Id)],
            Sources = [new("UserChanged", "theirs", company.Now, Reporter: null)],
        };

    private static void Plant(Company company, Departure departure)
    {
        company.Departures.Rows.Forge(departure.Partition, departure.Row, departure);
        company.Queues.Messages.Add(new("departures", departure.Id));
    }

    private static void Forge(Company company, Rotation rotation) =>
        company.Rotations.Rows.Forge(Rotation.Live, rotation.Key.Row, rotation);

    private static void Hint(Company company, Func<Rotation, Rotation> lie) =>
        Forge(company, lie(company.RotationOf(company.Key) ?? new(company.Key, Number: 1)));

    /// <param name="Why">The rule that it fails by.</param>
    /// <param name="Plant">What is planted, before every tick.</param>
    /// <param name="Happens">What honest people do meanwhile.</param>
    private sealed record Attack(
        string Why,
        Action<Company> Plant,
        Func<Company, Task> Happens,
        Action<Company> MustHold,
        Action<RekeyOptions>? Configure = null
    );
}
