using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Exposures.Audit;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Exposures;

/// <summary>A company whose leaver was a custodian of two keys, which were rotated when they left; every log has rows, and the leaver has
/// no rights left.</summary>
public sealed class WatchWorld
{
    private WatchWorld(ExposureWorld world) => World = world;

    public ExposureWorld World { get; }

    public Company Company => World.Company;

    public MemoryAuditLog Audit => World.Audit;

    public string Leaver => World.Leaver;

    public DateTimeOffset Now => Company.Now;

    public IReadOnlyList<Departure> Departures => [.. Company.Departures.All.OrderBy(d => d.Epoch)];

    public Departure Departure => Assert.Single(Company.Departures.All);

    public IReadOnlyList<LedgerLine> Lines => [.. Company.VerifiedLedger()];

    /// <summary>The number of versions of each key.</summary>
    public IReadOnlyList<int> Versions => [.. Company.GovernedKeys.Keys.Select(k => Company.Vault.VersionsOf(k.Key).Count)];

    /// <param name="before">What happens before the person leaves.</param>
    /// <param name="isWatched">Whether the watch has begun.</param>
    public static async Task<WatchWorld> StartAsync(
        ResponseMode mode = ResponseMode.Enforce,
        Action<WatchWorld>? before = null,
        bool isWatched = true
    )
    {
        var world = new WatchWorld(await ExposureWorld.StartAsync());
        world.Company.AuditLog = world.Audit;
        world.Company.Options.Rotations.Mode = mode;
        world.World.Assign(world.Leaver, world.World.Vault.Officer);
        world.Everything();
        before?.Invoke(world);
        world.Company.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.World.LeavesAsync();
        await world.Company.NewProcess().WorkAsync(TimeSpan.FromMinutes(20));
        world.World.Azure.Assignments.RemoveAll(a => a.PrincipalId == world.Leaver);
        if (isWatched)
        {
            await world.WatchAsync(TimeSpan.FromMinutes(1));
        }

        return world;
    }

    /// <summary>Every log has a row, now and later.</summary>
    private void Everything()
    {
        for (var day = 0; day < 120; day++)
        {
            var at = Now + TimeSpan.FromDays(day);
            World.Does("keyget", 2, oid: "rekey", at: at);
            Audit.Changes.Add(new("add user", "admin", "someone", "", "", at));
            Audit.SignIns.AddRange(
                new[] { WatchedLogs.SignIns, WatchedLogs.NonInteractive, WatchedLogs.ServicePrincipals }.Select(l => new SignInRow(
                    at,
                    l,
                    "someone"
                ))
            );
        }
    }

    public AuditRow Does(string operation, int key, string? oid = null, int status = 200) =>
        World.Does(operation, key, oid, status, Now + TimeSpan.FromSeconds(1));

    public void SignsIn(string principal, string log = WatchedLogs.SignIns, string result = "0") =>
        Audit.SignIns.Add(new(Now + TimeSpan.FromSeconds(1), log, principal, Result: result));

    public void Owns(string application) =>
        Audit.Changes.Add(new("add owner to application", "admin", application, Leaver, "", Now - TimeSpan.FromDays(20)));

    public void Adds(string actor, string target, string operation = "add service principal credentials") =>
        Audit.Changes.Add(new(operation, actor, target, "", "", Now + TimeSpan.FromSeconds(1)));

    /// <summary>Time passes, the watch runs, and what follows from it is done.</summary>
    public async Task WatchAsync(TimeSpan later)
    {
        Company.Clock.Advance(later);
        await Company.NewProcess().Watch.RunAsync(default);
        await Company.NewProcess().DrainAsync();
        await Company.NewProcess().RunTimersAsync();
        await Company.NewProcess().DrainAsync();
    }

    public IReadOnlyList<Finding> Open(string kind) => [.. Company.Findings.Open.Where(f => f.Kind == kind)];

    public IReadOnlyList<Decision> Questions(string kind) => [.. Company.Decisions.All.Where(d => d.Kind == kind && Pending(d))];

    public DateTimeOffset Newest(int key) => Company.Vault.Newest(World.Key(key)).Public.Created;

    private bool Pending(Decision decision) =>
        Company.NewProcess().Decisions.FindAsync(decision.Id, Now, default).GetAwaiter().GetResult()?.Outcome is DecisionState.Pending;
}
