using System.Diagnostics;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>
/// A second engineer leaves. The event about it is lost, and no setting and no tag names the engineer as a custodian. Rekey finds the
/// departure by comparing the accounts of the directory, and the key by the vault's audit log.
/// </summary>
internal sealed class UnreportedStory(World world, Timeline timeline)
{
    /// <summary>Object id of the second leaver.</summary>
    public const string Leaver = "cccccccc-0000-4111-8222-dddddddddddd";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly RekeyClient _rekey = new(world);

    private WorldKey Key => world.Keys[^1];

    public async Task PlayAsync(CancellationToken cancellationToken = default)
    {
        // 1. The engineer signs something with a key, once. Rekey knows the accounts as they are.
        timeline.Act("A second engineer leaves: no event comes, and no custodian list has the name");
        world.Graph.AddUser(new(Leaver, "carol@contoso.example", "Carol"));
        var entry = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Key.Name && k.Current);
        world.Vault.Grant(Leaver, KeyPermissions.Read | KeyPermissions.Sign, Key.Name);
        timeline.Expect(
            await new TokenIssuer(world, _rekey).CanSignAsync(Key, entry, Leaver, cancellationToken),
            $"once, the engineer signed something with '{Key.Name}' in the vault; the vault's audit log has a row of it"
        );
        world.Vault.Revoke(Leaver);
        await ReconcileAsync(cancellationToken);
        var before = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Key.Name);

        // 2. The account is disabled, and Event Grid delivers nothing.
        var deliver = world.Graph.Changed;
        world.Graph.Changed = null;
        await world.Graph.DisableAsync(Leaver);
        world.Graph.Changed = deliver;
        var left = Stopwatch.StartNew();
        timeline.Expect(await FindAsync(cancellationToken) is null, "the account is disabled, the event is lost, and Rekey does not know");

        // 3. The next comparison, which runs every quarter of an hour.
        await timeline.DoAsync("the quarter-hourly comparison, brought forward", async _ =>
        {
            await ReconcileAsync(cancellationToken);
            return true;
        });
        timeline.Expect(
            await FindAsync(cancellationToken) is { } departure && departure.GetProperty("confirmed").GetBoolean(),
            "reconciliation finds the departure, and Graph confirms it"
        );
        var isRevoked = await timeline.DoAsync("Rekey responds", async _ =>
        {
            while (left.Elapsed < Patience)
            {
                if ((await _rekey.TrustListAsync(cancellationToken)).Revoked.Contains(before.Thumbprint))
                {
                    return true;
                }

                await Task.Delay(100, cancellationToken);
            }

            return false;
        });
        timeline.Expect(
            isRevoked,
            $"the version of '{Key.Name}' that this person could have taken is revoked, {left.Elapsed.TotalSeconds:0.0} s after the "
                + "account was disabled"
        );
        timeline.Expect(
            await FindAsync(cancellationToken) is { } assessed
                && assessed.GetProperty("keys").EnumerateArray().ToList() is [var key]
                && key.GetProperty("key").GetString()!.EndsWith($"/{Key.Name}", StringComparison.Ordinal)
                && key.GetProperty("reasons")[0].GetString()!.StartsWith("used: the audit log has keysign", StringComparison.Ordinal),
            $"only '{Key.Name}' was exposed, and the reason names the row of the audit log"
        );
    }

    private Task ReconcileAsync(CancellationToken cancellationToken) =>
        world.Host.TriggerTimerAsync("ReconcileDepartures", cancellationToken);

    private Task<System.Text.Json.JsonElement?> FindAsync(CancellationToken cancellationToken) =>
        _rekey.GetAsync($"departures/{world.Identity.TenantId}~{Leaver}~1", "Reader", cancellationToken);
}
