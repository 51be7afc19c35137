using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Local.Interactive;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>
/// The breach, played twice in the same company: an engineer leaves with a copy of a private signing key. It runs once with Rekey and
/// once with Rekey switched off, and checks its expectations as it plays.
/// </summary>
internal sealed class Story(World world, Timeline timeline)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RekeyClient _rekey = new(world);

    /// <summary>Object id of the engineer who leaves.</summary>
    public const string Engineer = "aaaaaaaa-0000-4111-8222-bbbbbbbbbbbb";

    /// <summary>Object id of a second engineer, whom no setting and no tag names as a custodian.</summary>
    public const string Carol = "cccccccc-1111-4111-8222-bbbbbbbbbbbb";

    /// <summary>The company: three keys, each in one person's custody.</summary>
    public static IReadOnlyList<WorldKey> Keys { get; } =
    [new("shop", Engineer), new("partners", Employee.Alice.ObjectId), new("loyalty", Employee.Bob.ObjectId)];

    private WorldKey Stolen => world.Keys[0];

    /// <summary>Plays the breach with Rekey: seconds after the departure the stolen key is useless.</summary>
    public async Task PlayAsync(Gateway gateway, CancellationToken cancellationToken = default)
    {
        // 1. An ordinary day.
        var issuer = new TokenIssuer(world, _rekey);
        var honest = await OrdinaryDayAsync(issuer, gateway, cancellationToken);

        // 2. The theft, which goes unnoticed: a forged token passes every signature check.
        using var thief = await StealAsync(cancellationToken);
        var forgery = thief.Forge("customer-33670000");
        timeline.Expect(
            await gateway.CallAsync(Stolen, forgery, cancellationToken) is (true, true),
            "both gateways accept a token forged with the stolen key: its signature is valid"
        );
        var old = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Stolen.Name);

        // 3. The engineer leaves.
        timeline.Act("The engineer leaves");
        var left = await LeaveAsync();
        await FollowAsync(left, Engineer, cancellationToken);

        // 4. The stolen key is useless now.
        timeline.Act("The stolen key after the departure");
        await RefusedAsync(gateway, thief, left, cancellationToken);
        timeline.Expect(!await issuer.CanSignAsync(Stolen, old, cancellationToken), "the vault refuses to sign with the old version");
        timeline.Expect(
            await gateway.CallAsync(Stolen, honest[Stolen], cancellationToken) is (false, false),
            "live tokens of the old version are refused too: that is the price of containment"
        );
        var renewed = await issuer.MintAsync(Stolen, "customer-1", cancellationToken);
        timeline.Expect(
            await gateway.CallAsync(Stolen, renewed, cancellationToken) is (true, true),
            "a token minted after the switch is accepted"
        );
        foreach (var key in world.Keys.Skip(1))
        {
            timeline.Expect(
                await gateway.CallAsync(key, honest[key], cancellationToken) is (true, true),
                $"a token of '{key.Name}' minted before the departure is still accepted"
            );
        }
    }

    /// <summary>Plays the breach with Rekey switched off: the same forgery, the same departure, and no response.</summary>
    public async Task PlayWithoutRekeyAsync(Gateway gateway, CancellationToken cancellationToken = default)
    {
        await OrdinaryDayAsync(new(world, _rekey), gateway, cancellationToken);
        using var thief = await StealAsync(cancellationToken);
        await LeaveAsync();
        timeline.Say("the engineer's account is disabled, as before");
        await timeline.DoAsync("waiting as long as Rekey had", async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(8), cancellationToken);
            return true;
        });
        timeline.Expect(
            await gateway.CallAsync(Stolen, thief.Forge("customer-33670000"), cancellationToken) is (true, true),
            "both gateways accept the same forgery, as long as the key is trusted"
        );
    }

    private async Task<IReadOnlyDictionary<WorldKey, string>> OrdinaryDayAsync(
        TokenIssuer issuer,
        Gateway gateway,
        CancellationToken cancellationToken
    )
    {
        timeline.Act("An ordinary day");
        await timeline.DoAsync("Rekey takes a baseline of the vault", async _ =>
        {
            await _rekey.TakeBaselineAsync(cancellationToken);
            return true;
        });
        timeline.Say($"an approver has reviewed the existing versions: {world.Keys.Count} keys are trusted and published");
        var tokens = new Dictionary<WorldKey, string>();
        foreach (var key in world.Keys)
        {
            tokens[key] = await issuer.MintAsync(key, "customer-1", cancellationToken);
            timeline.Expect(
                await gateway.CallAsync(key, tokens[key], cancellationToken) is (true, true),
                $"a token that '{key.Name}' minted is accepted, by JWKS and by introspection"
            );
        }

        return tokens;
    }

    private async Task<Attacker> StealAsync(CancellationToken cancellationToken)
    {
        var entry = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Stolen.Name);
        timeline.Say($"an engineer, custodian of '{Stolen.Name}', keeps a copy of its private key");
        return new(Stolen, entry.Kid, (ECDsa)world.Vault.ExportPrivateKey(Stolen.Name, entry.Version));
    }

    /// <summary>Plays the departure of an engineer whom no custodian list names: the vault's audit log shows which key they used.</summary>
    public async Task PlayUsedAsync(CancellationToken cancellationToken = default)
    {
        timeline.Act("A second engineer leaves, whom no custodian list names");
        var used = world.Keys[2];
        var entry = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == used.Name && k.Current);
        world.Vault.Grant(Carol, KeyPermissions.Read | KeyPermissions.Sign, used.Name);
        timeline.Expect(
            await new TokenIssuer(world, _rekey).CanSignAsync(used, entry, Carol, cancellationToken),
            $"once, the engineer signed something with '{used.Name}' in the vault; the vault's audit log has a row of it"
        );
        world.Vault.Revoke(Carol);
        world.Graph.AddUser(new(Carol, "carol@contoso.example", "Carol"));
        var left = Stopwatch.StartNew();
        await world.Graph.DisableAsync(Carol);
        await FollowAsync(left, Carol, cancellationToken);
        var departure = await _rekey.GetAsync($"departures/{world.Identity.TenantId}~{Carol}~1", "Reader", cancellationToken);
        timeline.Expect(
            departure!.Value.GetProperty("keys").EnumerateArray().ToList() is [var key]
                && key.GetProperty("key").GetString()!.EndsWith($"/{used.Name}", StringComparison.Ordinal)
                && key.GetProperty("reasons")[0].GetString()!.StartsWith("used: the audit log has keysign", StringComparison.Ordinal),
            $"only '{used.Name}' was exposed, and the reason names the row of the audit log"
        );
    }

    private async Task<Stopwatch> LeaveAsync()
    {
        world.Graph.AddUser(new(Engineer, "leaver@contoso.example", "Leaver"));
        var left = Stopwatch.StartNew();
        await world.Graph.DisableAsync(Engineer);
        return left;
    }

    private async Task FollowAsync(Stopwatch left, string person, CancellationToken cancellationToken)
    {
        timeline.Say("the account is disabled in the directory; Event Grid has delivered the change");
        var id = $"{world.Identity.TenantId}~{person}~1";
        var seen = "";
        await timeline.DoAsync("Rekey responds", async progress =>
        {
            for (var state = "Noticed"; state != "Verified" && left.Elapsed < Patience; await Task.Delay(50, cancellationToken))
            {
                state = StateOf(await _rekey.GetAsync($"departures/{id}", "Reader", cancellationToken));
                if (state != seen)
                {
                    progress.Report(state);
                    timeline.Say(Words(state));
                    seen = state;
                }
            }

            return true;
        });
        timeline.Expect(seen == "Verified", $"read back, {After(left)}: vault, published JWKS and revocations agree");
    }

    private static string After(Stopwatch left) => $"{left.Elapsed.TotalSeconds:0.0} s after the account was disabled";

    private static string StateOf(JsonElement? departure) =>
        departure is not { } d ? "Unnoticed"
        : d.GetProperty("assessedAt").ValueKind is JsonValueKind.Null ? "Noticed"
        : d.GetProperty("keys")
            .EnumerateArray()
            .Select(k => k.GetProperty("rotation"))
            .FirstOrDefault(r => r.ValueKind is JsonValueKind.Object)
            is { ValueKind: JsonValueKind.Object } rotation
            ? rotation.GetProperty("state").GetString()!
        : "Assessed";

    private static string Words(string state) =>
        state switch
        {
            "Unnoticed" => "on its way",
            "Noticed" => "noticed: Graph confirms that the account is disabled",
            "Assessed" => "assessed: Rekey knows which keys this person could have taken",
            "Planned" or "VersionRequested" => "planned: one key is exposed, and no log proves that it was not copied",
            "VersionCreated" => "a new version is made and published; the issuer signs with it",
            "SigningStopped" => "the old version can no longer sign",
            "TrustEnded" => "the old version has left the trust list and is revoked for good",
            "Verified" => "verified",
            _ => state,
        };

    private async Task RefusedAsync(Gateway gateway, Attacker thief, Stopwatch left, CancellationToken cancellationToken)
    {
        var (byIntrospection, byJwks) = (false, false);
        while (!(byIntrospection && byJwks) && left.Elapsed < Patience)
        {
            var (jwks, introspection) = await gateway.CallAsync(Stolen, thief.Forge("customer-33670000"), cancellationToken);
            if (!introspection && !byIntrospection)
            {
                byIntrospection = true;
                timeline.Expect(holds: true, $"the gateway that asks Rekey refuses the forgery, {After(left)}");
            }

            if (!jwks && !byJwks)
            {
                byJwks = true;
                timeline.Expect(
                    holds: true,
                    $"the gateway that reads the JWKS refuses the forgery, {After(left)} (its copy was at most 2 s old)"
                );
            }

            await Task.Delay(50, cancellationToken);
        }

        if (!(byIntrospection && byJwks))
        {
            timeline.Expect(holds: false, $"both gateways refuse the forgery within {Patience.TotalSeconds:0} s");
        }
    }
}
