using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Directory;
using Rekey.Exposures;
using Rekey.Exposures.Access;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Custodians;
using Rekey.Exposures.Watching;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Rotations.Tokens;
using Rekey.Tests.Doubles.Accounts;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.People;
using Rekey.Tests.Doubles.Queues;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Custody;
using Rekey.Watchdogs;

namespace Rekey.Tests.Doubles;

/// <summary>A company with vaults, people and stores. Several processes may work on them.</summary>
public sealed class Company
{
    public const string Tenant = "5b0b1a4e-0000-4000-8000-000000000001";

    public static readonly Guid Leaver = Guid.Parse("5b0b1a4e-0000-4000-8000-0000000000aa");
    public static readonly Guid OtherLeaver = Guid.Parse("5b0b1a4e-0000-4000-8000-0000000000ab");
    public const string Approver = "5b0b1a4e-0000-4000-8000-0000000000ff";

    private Company(RekeyOptions options)
    {
        Options = options;
        Vault = new(Clock);
        Container = new(Clock);
        SigningLog = new(Clock);
        SigningOf = _ => SigningLog;
        Address = new(Container);
        Rotations = new(Blobs, Clock, Rekey.Rotations.Rotation.Live);
        People = new(Blobs, Clock, "person");
        FindExposuresOf = (process, vault) =>
            new(
                [new DeclaredCustody(Options.ToCustodians()), new TaggedCustody(vault), new NamedKeys()],
                GovernedKeys,
                vault,
                process.TrustLedger,
                new(vault, new VaultReadings(null!, new(Options.VaultAccess)), process.TrustLedger, Clock)
            );
        SweepOf = process => new(null!, null!, null!, Findings.For(process.Fate), GovernedKeys, process.KillSwitch, new(), Clock);
        LiveTokensOf = _ => new NoTokenLog(Clock);
        Departures = new(Blobs, Clock, "departure");
        Accounts = new(Directory, Clock);
        Custody = new(new(Blobs, Clock, "custody"), Blobs, Clock);
    }

    public QuickClock Clock { get; } = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public RekeyOptions Options { get; }

    public FakeVault Vault { get; }

    public MemoryBlobs Blobs { get; } = new();

    public MemorySnapshots Snapshots { get; } = new();

    public MemoryContainer Container { get; }

    public PublicAddress Address { get; }

    public DocumentSigner Signer { get; } = new();

    public FakeDirectory Directory { get; } = new();

    /// <summary>The accounts as reconciliation reads them.</summary>
    public FakeAccounts Accounts { get; }

    /// <summary>Whether reconciliation can read the audit logs.</summary>
    public bool IsAudited { get; set; }

    /// <summary>The files of reconciliation.</summary>
    public SortedDictionary<string, byte[]> AccountFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>The sign-in sessions; null where no identity may revoke them, which is so unless a test says otherwise.</summary>
    public FakeSessions? Sessions { get; set; }

    /// <summary>The credentials that people added to applications.</summary>
    public FakeCredentials AddedCredentials { get; } = new();

    /// <summary>The audit log; null where none is read.</summary>
    public IAuditLog? AuditLog { get; set; }

    /// <summary>The credentials of applications.</summary>
    public FakePrincipalCredentials PrincipalCredentials { get; } = new();

    /// <summary>The rights that people have now; without a declaration where no test says more.</summary>
    public VaultReadings? Readings { get; set; }

    /// <summary>The sweep of vault access of a process; without a declaration where no test says more.</summary>
    public Func<Process, SweepVaultAccess> SweepOf { get; set; }

    public FakeSigningLog SigningLog { get; }

    /// <summary>By what a process tells whether a version still signs.</summary>
    public Func<Process, ISigningActivity> SigningOf { get; set; }

    /// <summary>By what a process counts live tokens.</summary>
    public Func<Process, ILiveTokens> LiveTokensOf { get; set; }

    public MemoryQueues Queues { get; } = new();

    public MemoryFindings Findings { get; } = new();

    /// <summary>More handlers of decisions, made for each process: those of sweeps, which not every test has.</summary>
    public List<Func<Process, IDecisionHandler>> DecisionHandlers { get; } = [];

    /// <summary>What the watchdog expects to happen again and again.</summary>
    public List<RegularRun> RegularRuns { get; } = [];

    public LedgerTable<Rotation> Rotations { get; }

    public MemoryTable<Decision> Decisions { get; } = new();

    public LedgerTable<Person> People { get; }

    public LedgerTable<Departure> Departures { get; }

    public BlockFiles BlockFiles { get; } = new();

    /// <summary>How a process finds exposures; by custodians alone where no test says more.</summary>
    public Func<Process, IKeyVault, FindExposures> FindExposuresOf { get; set; }

    /// <summary>The custody record.</summary>
    public HashedTable<CustodyRecord> Custody { get; }

    /// <summary>Every table of the state account.</summary>
    public IReadOnlyList<IOpenTable> Tables => [Rotations.Rows, Departures.Rows, People.Rows, Decisions];

    public GovernedKeys GovernedKeys => Options.ToGovernedKeys();

    /// <summary>The first key, which nearly every test is about.</summary>
    public SigningKey Key => GovernedKeys.Keys[0].Key;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public Rotation Rotation => RotationOf(Key)!;

    /// <summary>The list that verifiers have.</summary>
    public TrustList TrustList =>
        TrustDocuments.Read(
            SignedDocument.Open(
                Container.Current[TrustDocuments.TrustListName].Content.Span,
                TrustDocuments.TrustListType,
                Signer.Public,
                "ES256"
            )
        );

    /// <summary>Thumbprints in the JWKS of the first issuer.</summary>
    public IReadOnlyList<string> Jwks => JwksOf("login");

    /// <summary>Thumbprints in the JWKS that the app makes of the published list.</summary>
    public IReadOnlyList<string> JwksOf(string issuer) =>
        [.. PublicAddress.Jwks(TrustDocuments.Jwks(TrustList, issuer)).Select(k => k.Key.Thumbprint)];

    public Rotation? RotationOf(SigningKey key) => Rotations.Find(key.Row);

    /// <summary>A company whose keys have one version each; the leaver is a custodian of all of them. Enforces, unless told
    /// otherwise.</summary>
    public static Company Found(int keys = 1, Action<RekeyOptions>? configure = null, Action<Company, SigningKey>? make = null)
    {
        var options = new RekeyOptions
        {
            Environment = "prod",
            Issuers =
            [
                new()
                {
                    Name = "login",
                    Issuer = "https://login.example",
                    Audiences = ["shop"],
                    PublicJwksUri = PublicAddress.Of("login"),
                },
            ],
            Keys =
            [
                .. Enumerable
                    .Range(1, keys)
                    .Select(n => new GovernedKeyOptions
                    {
                        VaultUri = new("https://kv-prod-01.vault.azure.net"),
                        Name = $"issuer-{n}",
                        Issuer = "login",
                        Custodians = [$"{Leaver}", $"{OtherLeaver}"],
                    }),
            ],
            Departures = new() { TenantId = Tenant, ClientState = "0123456789abcdef" },
            Rotations = new() { Mode = ResponseMode.Enforce, MaxIssuerSharePercent = 100 },
        };
        configure?.Invoke(options);
        Assert.Empty(options.Validate());
        var company = new Company(options);
        foreach (var bound in company.GovernedKeys.Keys)
        {
            (make ?? ((c, k) => c.Vault.Add(k)))(company, bound.Key);
        }

        company.Directory[Leaver] = PersonStanding.Enabled;
        company.Directory[OtherLeaver] = PersonStanding.Enabled;
        company.Clock.Advance(TimeSpan.FromDays(1));
        return company;
    }

    /// <summary>A company whose first versions an approver has looked at and approved.</summary>
    public static async Task<Company> WithBaselineAsync(
        int keys = 1,
        Action<RekeyOptions>? configure = null,
        Action<Company, SigningKey>? make = null
    )
    {
        var company = Found(keys, configure, make);
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        foreach (var decision in company.Decisions.All)
        {
            await process.SayAsync(decision, approve: true);
        }

        if (keys > 50)
        {
            // The timer takes the baseline of a large vault.
            await process.TakeBaselines.RunAsync(default);
            await process.Publish.PublishAsync(default);
        }

        Assert.Equal(company.Options.Keys.Count, company.TrustList.Keys.Count);
        company.Clock.Advance(TimeSpan.FromHours(1));
        return company;
    }

    /// <summary>What a process reads of what people can still act with.</summary>
    public WhatRemains Remains()
    {
        var vaults = new DeclaredVaults(Options.VaultAccess);
        return new(
            PrincipalCredentials,
            new(Readings ?? new VaultReadings(null!, vaults)),
            vaults,
            GovernedKeys,
            Options.Departures,
            Clock
        );
    }

    public ISignInSessions SessionsFor(Fate fate) => (Sessions ?? new FakeSessions { HasIdentity = false }).For(fate);

    /// <summary>A process's way to the custody record.</summary>
    public CustodyRecords CustodyFor(Process process) =>
        new(Custody.For(process.Ledger, process.Reader, process.Fate), Findings.For(process.Fate), Clock);

    public Process NewProcess(Fate? fate = null, TimeSpan ahead = default) => new(this, fate ?? Fate.Immortal, ahead);

    /// <summary>Checks the raw bytes of the ledger and returns its lines.</summary>
    public IReadOnlyList<LedgerLine> VerifiedLedger()
    {
        var verifier = new LedgerVerifier();
        return [.. Blobs.Segments.SelectMany(s => verifier.Take(s.Bytes.ToArray()))];
    }
}
