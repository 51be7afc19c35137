using Rekey.Configuration;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.Trust;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Responses;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess;

/// <summary>A company whose vault is watched: the sweep over its stores, and the ledger that it writes.</summary>
public sealed class AccessWatch
{
    public AccessWatch(Company company, ProdVault vault) =>
        (Company, Vault, Standings) = (company, vault, new(company.Blobs, company.Clock, VaultStanding.All));

    public Company Company { get; }

    public ProdVault Vault { get; }

    public AzureEstate Azure => Vault.Azure;

    public LedgerTable<VaultStanding> Standings { get; }

    /// <summary>The keys that Rekey governs.</summary>
    public GovernedKeys Governed { get; set; } =
        new("prod", [new(new(new($"https://{AzureEstate.Host}"), "login"), new() { Name = "shop" })]);

    public VaultAccessOptions Options { get; private set; } = new();

    public IReadOnlyList<LedgerLine> Ledger => Company.VerifiedLedger();

    public IEnumerable<Finding> Open => Company.Findings.Open;

    public static async Task<AccessWatch> StartAsync(
        ResponseMode mode = ResponseMode.Enforce,
        PermissionModel model = PermissionModel.Rbac,
        Action<RekeyOptions>? configure = null
    )
    {
        var watch = new AccessWatch(await Company.WithBaselineAsync(configure: configure), new(model));
        watch.Deploy(mode);
        return watch;
    }

    /// <summary>A deployment carries the declaration as it is now.</summary>
    public void Deploy(ResponseMode mode, bool isComplete = true)
    {
        Options = new()
        {
            Mode = mode,
            Declaration = Vault.Text,
            DeclarationHash = isComplete ? Declaration.HashOf(Vault.Text) : Declaration.HashOf("the one before"),
            RemoverClientId = "1f1e1d1c-1b1a-4918-8716-151413121110",
        };
        Assert.Empty(Options.Validate("prod"));
    }

    /// <summary>One process with its own way to everything.</summary>
    public SweepVaultAccess NewSweep(Fate? fate = null) => NewSweep(Company.NewProcess(fate ?? Fate.Immortal));

    /// <summary>The sweep of a process.</summary>
    public SweepVaultAccess NewSweep(Process process)
    {
        var standings = Standings.For(process.Ledger, process.Reader, process.Fate);
        var findings = Company.Findings.For(process.Fate);
        var read = new ReadVaultAccess(Azure.ResourceManager, Azure.Principals, Company.Clock);
        var remove = new RemoveGrants(Azure.RemoverFor(process.Fate), process.Ask, findings, standings, Options, Company.Clock);
        var custody = Company.CustodyFor(process);
        var kept = new VaultStandings(standings, Company.Clock);
        return new(
            new(read, remove, custody, kept, findings, process.KillSwitch, process.CutOffPeople, Company.Clock),
            kept,
            process.Runs,
            findings,
            Governed,
            process.KillSwitch,
            Options,
            Company.Clock
        );
    }

    public Task<IReadOnlyList<AccessReport>> SweepAsync(Fate? fate = null, CancellationToken cancellationToken = default) =>
        NewSweep(fate).RunAsync(cancellationToken);

    /// <summary>An approver answers what is pending about grants, and the answer is carried out.</summary>
    public async Task AnswerAsync(bool approve)
    {
        foreach (
            var decision in Company.Decisions.All.Where(d =>
                d.Kind == Rekey.Decisions.DecisionKinds.RemoveGrant && d.StateAt(Company.Now) is Rekey.Decisions.DecisionState.Pending
            )
        )
        {
            var outcome = await Company
                .NewProcess()
                .Answer.AnswerAsync(new(decision.Id, approve, decision.PlanHash, Company.Approver, Reason: null), default);
            Assert.Null(outcome.Refusal);
            await NewSweep().CarryOutAsync(decision, default);
        }
    }

    public IEnumerable<Rekey.Decisions.Decision> Questions =>
        Company.Decisions.All.Where(d => d.Kind == Rekey.Decisions.DecisionKinds.RemoveGrant);

    public IEnumerable<LedgerLine> Lines(string kind) => Ledger.Where(l => l.Entry.Kind == kind);

    /// <summary>A developer gets a role on the vault.</summary>
    public (string Person, RoleAssignment Grant) LetIn(string scope = AzureEstate.VaultId)
    {
        var person = Azure.Add(PrincipalKind.User);
        return (person, Azure.Assign(person, Vault.Officer, scope));
    }
}
