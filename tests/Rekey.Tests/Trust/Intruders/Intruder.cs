using System.Security.Cryptography;
using System.Text;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// Somebody who can write every table, the queues, the container of published documents and the vaults' keys, but neither the ledger nor
/// with Rekey's document key. They want one thing: a key of theirs that the world trusts.
/// </summary>
internal sealed class Intruder(Company company, Random random)
{
    private readonly ECDsa _own = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Does one thing; says which, for whoever reads of a failure.</summary>
    public async Task<string> ActAsync()
    {
        var (name, act) = Acts[random.Next(Acts.Count)];
        await act();
        return name;
    }

    private IReadOnlyList<(string Name, Func<Task> Act)> Acts =>
        field ??= [
            Do("imports their key as a version", () => company.Vault.Add(AnyKey(), _own)),
            Do("swaps the key of a version", Swap),
            Do("imports a key that was there before", () =>
                company.Vault.Add(AnyKey(), Any(company.GovernedKeys.Keys.SelectMany(b => company.Vault.VersionsOf(b.Key))).Private)
            ),
            Do("enables every version", EnableAll),
            Do("alters rotations", () => company.Rotations.Rows.Tamper(Altered)),
            Do("orders a rotation by a row", () =>
                Forge(
                    new Rotation(AnyKey(), random.Next(1, 4))
                    {
                        Waiting = [new("theirs", Urgency.Immediate, company.Now, DecisionId: null)],
                        NextStepAt = company.Now,
                    }
                )
            ),
            Do("deletes rotations", () => company.Rotations.Rows.Tamper(r => random.Next(2) == 0 ? null : r)),
            Do("approves every question by its row", () =>
                company.Decisions.Tamper(d =>
                    d with
                    {
                        State = DecisionState.Approved,
                        AnsweredBy = Company.Approver,
                        AnsweredAt = company.Now - TimeSpan.FromHours(random.Next(2)),
                    }
                )
            ),
            Do("lets every question carry itself out", () =>
                company.Decisions.Tamper(d =>
                    d with
                    {
                        State = DecisionState.Pending,
                        OnExpiry = OnExpiry.CarryOut,
                        ExpiresAt = company.Now,
                    }
                )
            ),
            Do("lets a question say something else", () => company.Decisions.Tamper(d => Disguised(d, rehash: random.Next(2) == 0))),
            Do("puts one question's row in another's place", Exchange),
            Do("deletes questions", () => company.Decisions.Tamper(d => random.Next(2) == 0 ? null : d)),
            Do("alters departures", () =>
                company.Departures.Rows.Tamper(d =>
                    d with
                    {
                        Confirmed = true,
                        Hostile = true,
                        AssessedAt = null,
                        NamedKeys = [AnyKey().Id],
                        AccessEndedAt = company.Now,
                    }
                )
            ),
            Do("alters people", () => company.People.Rows.Tamper(p => p with { Epoch = p.Epoch + random.Next(0, 2) })),
            Do("sends messages", () =>
                company.Queues.Messages.AddRange([
                    new("rotations", AnyKey().Id),
                    new("rotations", "kv-theirs/key"),
                    new("departures", "nobody"),
                ])
            ),
            Do("puts an older document back", PutBack),
            Do("puts one document in another's place", () =>
                company.Container.Alter(TrustDocuments.TrustListName, Any(company.Container.Written).Document.Content.ToArray())
            ),
            ("signs a list with a key of their own", async () =>
                company.Container.Alter(
                    TrustDocuments.TrustListName,
                    await SignedDocument.SignAsync(
                        new DocumentSigner(),
                        TrustDocuments.TrustListType,
                        TrustDocuments.Payload(WithTheirs()),
                        default
                    )
                )
            ),
            Do("breaks a document", () => company.Container.Alter(Any(company.Container.Written).Name, Encoding.UTF8.GetBytes("{}"))),
            Do("deletes a document", () => company.Container.Current.Remove(Any(company.Container.Written).Name)),
        ];

    private void Swap()
    {
        var key = AnyKey();
        company.Vault.Change(key, AnyVersion(key), v => v with { PublicKey = FakeVault.PublicOf(_own) });
    }

    private void EnableAll()
    {
        foreach (var key in company.GovernedKeys.Keys.Select(b => b.Key))
        {
            foreach (var version in company.Vault.VersionsOf(key).Select(v => v.Public.Version).ToList())
            {
                company.Vault.Change(key, version, v => v with { Enabled = true, Operations = ["sign", "verify"] });
            }
        }
    }

    private void PutBack()
    {
        var (name, document, _, _) = Any(company.Container.Written);
        company.Container.Alter(name, document.Content.ToArray());
    }

    private Rotation Altered(Rotation r) =>
        random.Next(7) switch
        {
            0 => r with { NewVersion = AnyVersion(r.Key), NewThumbprint = JwkThumbprint.Of(FakeVault.PublicOf(_own)), VerifiedAt = null },
            1 => r with
            {
                NewVersion = AnyVersion(r.Key),
                NewThumbprint = company.Vault.VersionsOf(r.Key)[0].Public.PublicKey.Thumbprint,
                TrustEndedAt = null,
                VerifiedAt = null,
                OldVersions = [],
            },
            2 => r with { NewVersion = null, NewThumbprint = null, RequestedAt = null, Round = random.Next(1, 4), VerifiedAt = null },
            3 => r with { Number = random.Next(1, 4), Round = random.Next(1, 4), NewVersion = null, VerifiedAt = null },
            4 => r with { Key = AnyKey() },
            5 => r with
            {
                Waiting = [],
                Causes = ["theirs"],
                Urgency = Urgency.Graceful,
                AnnouncedAt = company.Now - TimeSpan.FromDays(1),
                TrustEndedAt = company.Now,
                VerifiedAt = null,
                StuckReason = null,
                NextStepAt = company.Now,
            },
            _ => r with
            {
                LeaseOwner = null,
                LeaseUntil = null,
                NextStepAt = company.Now,
                StuckReason = null,
                SigningStoppedAt = null,
                TrustEndedAt = null,
                VerifiedAt = null,
            },
        };

    /// <summary>The question no longer shows their key.</summary>
    private Decision Disguised(Decision decision, bool rehash)
    {
        var statement = company
            .GovernedKeys.Keys.SelectMany(b => company.Vault.VersionsOf(b.Key))
            .Aggregate(decision.Statement, (s, v) => s.Replace(v.Public.PublicKey.Thumbprint, "-", StringComparison.Ordinal));
        return decision with { Statement = statement, PlanHash = rehash ? StableId.HexOf(decision.Id, statement) : decision.PlanHash };
    }

    private void Exchange()
    {
        if (company.Decisions.All is { Count: > 0 } all)
        {
            company.Decisions.Forge("decision", Any(all).Id, Any(all));
        }
    }

    private TrustList WithTheirs()
    {
        var own = FakeVault.PublicOf(_own);
        var list = new TrustList("prod", Newest + random.Next(0, 3), company.Now, company.Now.AddDays(1), LedgerMark.Empty, [], []);
        return list with
        {
            Keys =
            [
                new(
                    AnyKey().Id,
                    "0",
                    own.Thumbprint,
                    own.Thumbprint,
                    own,
                    "login",
                    "https://login.example",
                    ["shop"],
                    ["ES256"],
                    new(company.Now, company.Now, null, null),
                    true
                ),
            ],
        };
    }

    private void Forge(Rotation rotation) => company.Rotations.Rows.Forge(Rotation.Live, rotation.Key.Row, rotation);

    /// <summary>The number of the newest list that Rekey has published.</summary>
    private long Newest =>
        company.Container.Written.Where(w => w.Name == TrustDocuments.TrustListName).Max(w => PublicAddress.ListOf(w.Document)!.Sequence);

    private SigningKey AnyKey() => Any(company.GovernedKeys.Keys).Key;

    private string AnyVersion(SigningKey key) => Any(company.Vault.VersionsOf(key)).Public.Version;

    private T Any<T>(IEnumerable<T> of)
    {
        var all = of.ToList();
        return all[random.Next(all.Count)];
    }

    private static (string, Func<Task>) Do(string name, Action act) => (name, () =>
        {
            act();
            return Task.CompletedTask;
        });
}
