using System.Text;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.VaultAccess.Responses;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// Somebody who can do everything to the state account: write, restore, lock and delete rows, messages and documents, with knowledge of
/// every format and of every earlier row. The ledger, the vaults and Rekey's document key are not theirs.
/// </summary>
internal sealed class StateIntruder(Company company, WatchedEstate estate, Random random)
{
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly IReadOnlyList<IOpenTable> _tables = [.. company.Tables, .. estate.Tables];

    /// <summary>What was done so far, for the reader of a failure.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Does one thing.</summary>
    public void Act()
    {
        company.Container.Locked.Clear();
        var (name, act) = Moves[random.Next(Moves.Count)];
        act();
        Done.Add(name);
    }

    private IReadOnlyList<(string Name, Action Act)> Moves =>
        field ??= [
            ("garbage in a row", () =>
                Plant(
                    Any(["", "null", "{", "[]", "{\"key\":null}", "{\"number\":1}", "\u0001\u0002", "{\"waiting\":null,\"number\":1}"]),
                    schemaVersion: null
                )
            ),
            ("a row of a later release", () => Plant("{}", schemaVersion: 99)),
            ("a row cut short", () => Change((table, at, body) => table.Plant(at.Partition, at.Row, body[..(body.Length / 2)]))),
            ("a row of a later release with the right body", () =>
                Change((table, at, body) => table.Plant(at.Partition, at.Row, body, schemaVersion: 99))
            ),
            ("an older row", Restore),
            ("one row in another's place", () => Change((table, at, body) => table.Plant(at.Partition, Any(table.Places).Row, body))),
            ("a row is deleted", () => Change((table, at, _) => table.Delete(at.Partition, at.Row))),
            ("a table is deleted", () => Any(_tables).Clear()),
            ("a lease without end", () => Rotations(r => r with { LeaseOwner = "theirs", LeaseUntil = Never })),
            ("a lease as Rekey takes them", () =>
                Rotations(r => r with { LeaseOwner = "theirs", LeaseUntil = company.Now + company.Options.Rotations.Lease })
            ),
            ("never due", () => Rotations(r => r with { NextStepAt = Never })),
            ("due late", () => Rotations(r => r with { NextStepAt = company.Now + company.Options.Rotations.StuckRetry })),
            ("always due, no lease", () =>
                Rotations(r => r with { NextStepAt = default(DateTimeOffset), LeaseUntil = null, LeaseOwner = null })
            ),
            ("another state of a rotation", () => Rotations(Altered)),
            ("a rotation that is over", () => Rotations(r => r with { Waiting = [], Causes = [], StuckReason = null })),
            ("a rotation of their own", () =>
                Forge(
                    new(AnyKey(), random.Next(1, 60))
                    {
                        Waiting = [new("theirs", Urgency.Immediate, company.Now, DecisionId: null)],
                        NextStepAt = company.Now,
                    }
                )
            ),
            ("a running rotation of their own", () => Forge(Stolen(AnyKey()))),
            ("a departure of their own", PlantDeparture),
            ("a person of another epoch", PlantPerson),
            ("every question approved", () =>
                company.Decisions.Tamper(d =>
                    d with
                    {
                        State = DecisionState.Approved,
                        AnsweredBy = Company.Approver,
                        AnsweredAt = company.Now,
                    }
                )
            ),
            ("every question declined", () =>
                company.Decisions.Tamper(d =>
                    d with
                    {
                        State = DecisionState.Declined,
                        AnsweredBy = Company.Approver,
                        AnsweredAt = company.Now,
                    }
                )
            ),
            ("questions that carry themselves out", () =>
                company.Decisions.Tamper(d => d with { OnExpiry = OnExpiry.CarryOut, ExpiresAt = company.Now })
            ),
            ("questions without end", () => company.Decisions.Tamper(d => d with { OnExpiry = OnExpiry.Lapse, ExpiresAt = Never })),
            ("other words", () => company.Decisions.Tamper(d => d with { Statement = "Nothing happens." })),
            ("other words with their hash", () =>
                company.Decisions.Tamper(d =>
                    d with
                    {
                        Statement = "Nothing happens.",
                        PlanHash = AskForDecision.HashOf(d.Id, "Nothing happens."),
                    }
                )
            ),
            ("nobody set it off", () => company.Decisions.Tamper(d => d with { Initiators = [] })),
            ("everybody set it off", () => company.Decisions.Tamper(d => d with { Initiators = [Company.Approver] })),
            ("messages are lost", () => company.Queues.Messages.Clear()),
            ("messages", () =>
                company.Queues.Messages.AddRange([
                    new("rotations", AnyKey().Id),
                    new("rotations", "kv-theirs/key"),
                    new("departures", "nobody"),
                    new("departures", AnyDeparture()),
                    new("rotations", ""),
                ])
            ),
            ("an older document", PutBack),
            ("a broken document", () => company.Container.Alter(AnyDocument().Name, Encoding.UTF8.GetBytes("{}"))),
            ("one document in another's place", () =>
                company.Container.Alter(TrustDocuments.TrustListName, AnyDocument().Document.Content.ToArray())
            ),
            ("a document is deleted", () => company.Container.Current.Remove(AnyDocument().Name)),
            ("an older blocklist", () => PutBack(company.Container.Written.Where(w => w.Name == BlockDocuments.Name))),
            ("a blocklist by another key", ForgeBlocklist),
            ("the trust list in the blocklist's place", () =>
                company.Container.Alter(BlockDocuments.Name, company.Container.Written[0].Document.Content.ToArray())
            ),
            ("no blocklist", () => company.Container.Current.Remove(BlockDocuments.Name)),
            ("the sweep's lease without end, and its progress of the far future", () => LeaseSweep(Never)),
            ("the sweep's lease as Rekey takes it", () => LeaseSweep(company.Now + company.Options.Sweeps.Lease)),
            ("tokens of their own", PlantTokens),
            ("the rows of tokens are deleted", () => estate.Tokens.Chunks.Rows.Clear()),
            ("the rows of tokens have no content", () => estate.Tokens.Chunks.Rows.Tamper(r => r with { Content = null! })),
            ("no campaign is active", () => estate.Tokens.Campaigns.Rows.Tamper(c => c with { IsActive = false })),
            ("every key was ordered", () =>
                estate.Tokens.Campaigns.Rows.Tamper(c =>
                    c with
                    {
                        Ordered = [.. estate.Proven.Select(p => $"forgery/{p.Thumbprint}: {ResponseMode.Enforce}")],
                        NoQuestionBefore = Never,
                        Round = c.Round + 1,
                    }
                )
            ),
            ("a gap that hides everything", PlantGap),
            ("a declared role is to be removed", PlantRemoval),
            ("the vault was swept, and nothing was found", () =>
                estate.Access.Standings.Rows.Tamper(s => s with { Reported = [], Removing = [], TriedAt = Never })
            ),
            ("the blocklist is locked", () => company.Container.Locked.Add(BlockDocuments.Name)),
        ];

    private Rotation Altered(Rotation r) =>
        random.Next(6) switch
        {
            0 => Stolen(r.Key) with { Number = r.Number },
            1 => r with
            {
                VerifiedAt = company.Now,
                NewVersion = AnyVersion(r.Key),
                TrustEndedAt = company.Now,
                SigningStoppedAt = company.Now,
            },
            2 => r with
            {
                NewVersion = null,
                NewThumbprint = null,
                RequestedAt = null,
                Round = random.Next(1, 9),
                VerifiedAt = null,
                NextStepAt = company.Now,
            },
            3 => r with
            {
                PastCauses = [.. r.PastCauses, .. r.Causes, .. r.Waiting.Select(w => w.Cause)],
                Waiting = [],
                Causes = ["theirs"],
                NextStepAt = company.Now,
            },
            4 => r with { StuckReason = "theirs", NextStepAt = Never, NoSuccessor = "theirs" },
            _ => r with
            {
                Waiting = [.. r.Waiting.Select(w => w with { DecisionId = null, Urgency = Urgency.Immediate })],
                Urgency = Urgency.Immediate,
                NextStepAt = company.Now,
            },
        };

    /// <summary>As if a rotation had made the version that is trusted now, and another key's version were to end.</summary>
    private Rotation Stolen(SigningKey key) =>
        new(key, Number: 1)
        {
            Causes = [AnyDeparture()],
            Urgency = Urgency.Immediate,
            StartedAt = company.Now,
            RequestedAt = company.Now,
            Attempt = 1,
            NextStepAt = company.Now,
            NewVersion = AnyVersion(key),
            NewThumbprint = company.Vault.VersionsOf(key)[0].Public.PublicKey.Thumbprint,
            VersionCreatedAt = company.Now,
            AnnouncedAt = company.Now,
            OldVersions = [new(AnyVersion(key), company.Vault.Newest(AnyKey()).Public.PublicKey.Thumbprint, CanSign: false)],
        };

    private void PlantDeparture()
    {
        var person = Any([
            Company.Leaver,
            Company.OtherLeaver,
            Guid.Parse(Company.Approver),
            random.Next(2) == 0 ? Guid.NewGuid() : Company.Leaver,
        ]);
        var planted = new Rekey.Departures.Departure(Company.Tenant, $"{person}", random.Next(1, 4), company.Now, company.Now)
        {
            Confirmed = true,
            Hostile = true,
            NamedKeys = [AnyKey().Id],
            AssessedAt = random.Next(2) == 0 ? company.Now : null,
            SettledAt = random.Next(2) == 0 ? company.Now : null,
        };
        company.Departures.Rows.Forge(planted.Partition, planted.Row, planted);
        company.Queues.Messages.Add(new("departures", planted.Id));
    }

    private void PlantPerson()
    {
        var planted = new Rekey.Departures.Person(Company.Tenant, $"{Any([Company.Leaver, Company.OtherLeaver])}", random.Next(1, 5));
        company.People.Rows.Forge(planted.Partition, planted.Row, planted);
    }

    private void LeaseSweep(DateTimeOffset until) =>
        estate.Tokens.States.Rows.Forge(
            SweepState.Name,
            "state",
            new()
            {
                LeaseOwner = "theirs",
                LeaseUntil = until,
                ProgressAt = Never,
                CaughtUpAt = Never,
            }
        );

    /// <summary>As if honest tokens, or some that nobody used, were forged with a key.</summary>
    private void PlantTokens()
    {
        var bound = Any(company.GovernedKeys.Keys);
        var kid = Any(company.Vault.VersionsOf(bound.Key)).Public.PublicKey.Thumbprint;
        var token = estate.Honest.Count > 0 ? Any(estate.Honest) : estate.Tokens.Token(iss: bound.Issuer.Issuer, kid: kid, thumbprint: kid);
        PlantedCampaign.Plant(estate.Tokens, token, new(token.Iss, token.Kid, Verdict.Unissued, "unissued"));
    }

    private void PlantGap()
    {
        var planted = new InstanceGaps(Any(company.GovernedKeys.Keys).Issuer.Issuer, Any(["*", "pod-x", ""]))
        {
            Gaps =
            [
                new(
                    company.Now.AddYears(-5),
                    random.Next(2) == 0 ? null : company.Now.AddYears(5),
                    Missing: null,
                    company.Now.AddYears(-5)
                ),
            ],
        };
        estate.Tokens.Gaps.Rows.Forge(InstanceGaps.All, planted.Row, planted);
    }

    private void PlantRemoval()
    {
        var grant = Any(estate.Access.Azure.Assignments);
        var planted = new VaultStanding(AzureEstate.VaultId)
        {
            MetAt = Never,
            TriedAt = Never,
            Removing = [new(grant.Id, grant.CreatedOn, grant.PrincipalId, "role", grant.Scope, "theirs", "enforce")],
        };
        estate.Access.Standings.Rows.Forge(VaultStanding.All, planted.Row, planted);
    }

    private void Rotations(Func<Rotation, Rotation> lie)
    {
        foreach (var key in company.GovernedKeys.Keys.Select(b => b.Key))
        {
            Forge(lie(company.Rotations.Rows.Find(Rotation.Live, key.Row) ?? company.RotationOf(key) ?? new(key, Number: 1)));
        }
    }

    private void Forge(Rotation rotation) => company.Rotations.Rows.Forge(Rotation.Live, rotation.Key.Row, rotation);

    /// <summary>In a row that is there, or where one will be.</summary>
    private void Plant(string body, int? schemaVersion)
    {
        var table = Any(_tables);
        var places = ReferenceEquals(table, company.Rotations.Rows)
            ? [.. company.GovernedKeys.Keys.Select(b => (Rotation.Live, b.Key.Row))]
            : table.Places;
        if (places.Count > 0)
        {
            var (partition, row) = Any(places);
            table.Plant(partition, row, body, schemaVersion);
        }
    }

    private void Change(Action<IOpenTable, (string Partition, string Row), string> change)
    {
        var tables = _tables.Where(t => t.Places.Count > 0 && t.Written.Count > 0).ToList();
        if (tables.Count > 0)
        {
            var table = Any(tables);
            change(table, Any(table.Places), Any(table.Written).Stored.Body);
        }
    }

    private void Restore()
    {
        var tables = _tables.Where(t => t.Written.Count > 0).ToList();
        if (tables.Count > 0)
        {
            var table = Any(tables);
            var (partition, row, stored) = Any(table.Written);
            table.Plant(partition, row, stored.Body);
        }
    }

    private void PutBack() => PutBack(company.Container.Written);

    private void PutBack(IEnumerable<(string Name, Document Document, string ContentType, DateTimeOffset At)> of)
    {
        if (of.ToList() is { Count: > 0 } written)
        {
            var (name, document, _, _) = Any(written);
            company.Container.Alter(name, document.Content.ToArray());
        }
    }

    /// <summary>Nobody is blocked by it, and its number is as high as theirs may be or higher.</summary>
    private void ForgeBlocklist()
    {
        var forged = BlockDocuments.Bytes(new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), new(random.Next(6), [])));
        company.Container.Alter(
            BlockDocuments.Name,
            SignedDocument.SignAsync(new DocumentSigner(), BlockDocuments.Type, forged, default).GetAwaiter().GetResult()
        );
    }

    private (string Name, Document Document, string ContentType, DateTimeOffset At) AnyDocument() => Any(company.Container.Written);

    private SigningKey AnyKey() => Any(company.GovernedKeys.Keys).Key;

    private string AnyVersion(SigningKey key) => Any(company.Vault.VersionsOf(key)).Public.Version;

    private string AnyDeparture() => company.Departures.All is { Count: > 0 } all ? Any(all).Id : "nobody";

    private T Any<T>(IEnumerable<T> of)
    {
        var all = of.ToList();
        return all[random.Next(all.Count)];
    }
}
