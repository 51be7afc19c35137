using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Findings;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.People;
using Rekey.Tests.VaultAccess;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.Departures.CuttingOff;

/// <summary>A company with a declared vault. The leaver has a grant on it, is in a group that has one, and added a credential to an
/// application.</summary>
public sealed class CutOffWorld
{
    public const string Application = "5b0b1a4e-0000-4000-8000-00000000a001";

    private CutOffWorld(AccessWatch watch, FakeSessions? sessions)
    {
        (Watch, Sessions) = (watch, sessions);
        Company.Sessions = sessions;
        Company.SweepOf = watch.NewSweep;
        Azure.Directory[Leaver] = PrincipalKind.User;
        Grant = Azure.Assign(Leaver, watch.Vault.Officer);
        Group = Azure.AddGroup(Leaver);
        Azure.Assign(Group, watch.Vault.Signer);
        Company.AddedCredentials.Added.Add(
            (Leaver, new(Application, "app-1", "add service principal credentials", Company.Now - TimeSpan.FromDays(20)))
        );
    }

    public AccessWatch Watch { get; }

    public FakeSessions? Sessions { get; }

    public Company Company => Watch.Company;

    public AzureEstate Azure => Watch.Azure;

    public RoleAssignment Grant { get; }

    public string Group { get; }

    public static string Leaver => $"{Company.Leaver}";

    public Departure Departure => Company.Departures.All.Single(d => d.PersonId == Leaver);

    public IReadOnlyList<string> Kinds => [.. Company.VerifiedLedger().Select(l => l.Entry.Kind)];

    public IReadOnlyList<Finding> CutOffFindings => [.. Company.Findings.OpenReports.Where(f => f.Kind == FindingKinds.CutOffIncomplete)];

    public static async Task<CutOffWorld> StartAsync(
        ResponseMode mode = ResponseMode.Enforce,
        Action<RekeyOptions>? configure = null,
        bool hasIdentity = true,
        bool isDeclared = false,
        ResponseMode grants = ResponseMode.Enforce
    )
    {
        var watch = await AccessWatch.StartAsync(grants, configure: o =>
        {
            o.Rotations.Mode = mode;
            foreach (var key in o.Keys)
            {
                key.VaultUri = new($"https://{AzureEstate.Host}");
            }

            configure?.Invoke(o);
        });
        var world = new CutOffWorld(watch, hasIdentity ? new() : null);
        if (isDeclared)
        {
            watch.Vault.Grants.Add(
                new
                {
                    principalId = Leaver.ToUpperInvariant(),
                    principalType = "User",
                    role = watch.Vault.Officer.Id,
                    active = true,
                    why = "as deployed",
                }
            );
        }

        // The group is declared: its members are not.
        watch.Vault.Grants.Add(
            new
            {
                principalId = world.Group,
                principalType = "Group",
                role = watch.Vault.Signer.Name,
                dataActions = ProdVault.Sign,
                active = true,
                why = "as deployed",
            }
        );
        watch.Deploy(grants);
        return world;
    }

    public IReadOnlyList<Decision> Questions(string kind) =>
        [.. Company.Decisions.All.Where(d => d.Kind == kind && d.StateAt(Company.Now) is DecisionState.Pending)];

    /// <summary>The leaver's account is closed, and what is due is done.</summary>
    public async Task LeaveAsync(Fate? fate = null)
    {
        var process = Company.NewProcess(fate ?? Fate.Immortal);
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
    }

    public async Task TimersAsync(TimeSpan later)
    {
        Company.Clock.Advance(later);
        var process = Company.NewProcess();
        await process.RunTimersAsync();
        await process.DrainAsync();
    }
}
