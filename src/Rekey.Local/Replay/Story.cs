using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Rekey.Local.Interactive;
using Rekey.Local.Replay.Forgers;
using Rekey.Local.Replay.Packages;
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

    /// <summary>The company: three keys, each in one person's custody.</summary>
    public static IReadOnlyList<WorldKey> Keys { get; } =
    [new("shop", Engineer), new("partners", Employee.Alice.ObjectId), new("loyalty", Employee.Bob.ObjectId)];

    private WorldKey Stolen => world.Keys[0];

    /// <summary>Plays the breach with Rekey: seconds after the departure the stolen key is useless.</summary>
    public async Task PlayAsync(Gateway gateway, CancellationToken cancellationToken = default)
    {
        // 1. An ordinary day.
        await using var issuers = new CompanyIssuers(world);
        var honest = await OrdinaryDayAsync(issuers, gateway, cancellationToken);
        timeline.Expect(
            honest.All(t => issuers.Rows(t.Key).Any(r => (string?)r["Jti"] == new JsonWebToken(t.Value).Id)),
            "each of these tokens is a row on its issuer's disk, from before it was signed"
        );

        // 2. The theft, which goes unnoticed: a forged token passes every signature check.
        using var thief = await StealAsync(cancellationToken);
        await using var backup = await StolenBackup.TakeAsync(world, Stolen, cancellationToken);
        var forgery = thief.Forge("customer-33670000");
        timeline.Expect(
            await gateway.CallAsync(Stolen, forgery, cancellationToken) is (true, true, true),
            "all three gateways accept a token forged with the stolen key: its signature is valid"
        );
        var old = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Stolen.Name);

        // 3. The engineer leaves.
        timeline.Act("The engineer leaves");
        var leftAt = DateTimeOffset.UtcNow;
        var left = await LeaveAsync();
        await FollowAsync(left, Engineer, cancellationToken);

        // 4. The stolen key is useless now.
        timeline.Act("The stolen key after the departure");
        await RefusedAsync(gateway, thief, left, cancellationToken);
        timeline.Expect(
            !await new TokenIssuer(world, _rekey).CanSignAsync(Stolen, old, cancellationToken),
            "the vault refuses to sign with the old version"
        );
        timeline.Expect(
            await gateway.CallAsync(Stolen, honest[Stolen], cancellationToken) is (false, false, false),
            "live tokens of the old version are refused too: that is the price of containment"
        );
        var renewed = await issuers.MintAsync(Stolen, "customer-1", cancellationToken);
        timeline.Expect(
            await gateway.CallAsync(Stolen, renewed, cancellationToken) is (true, true, true),
            "a token minted after the switch is accepted"
        );
        foreach (var key in world.Keys.Skip(1))
        {
            timeline.Expect(
                await gateway.CallAsync(key, honest[key], cancellationToken) is (true, true, true),
                $"a token of '{key.Name}' minted before the departure is still accepted"
            );
        }

        // 5. The forger does not give up.
        await new ForgerStory(timeline, Stolen, old).PlayAsync(gateway, thief, backup, renewed, leftAt, cancellationToken);
    }

    /// <summary>Plays the breach with Rekey switched off: the same forgery, the same departure, and no response.</summary>
    public async Task PlayWithoutRekeyAsync(Gateway gateway, CancellationToken cancellationToken = default)
    {
        await using var issuers = new CompanyIssuers(world);
        await OrdinaryDayAsync(issuers, gateway, cancellationToken);
        using var thief = await StealAsync(cancellationToken);
        await LeaveAsync();
        timeline.Say("the engineer's account is disabled, as before");
        await timeline.DoAsync("waiting as long as Rekey had", async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(8), cancellationToken);
            return true;
        });
        timeline.Expect(
            await gateway.CallAsync(Stolen, thief.Forge("customer-33670000"), cancellationToken) is (true, true, true),
            "all three gateways accept the same forgery, as long as the key is trusted"
        );
    }

    private async Task<IReadOnlyDictionary<WorldKey, string>> OrdinaryDayAsync(
        CompanyIssuers issuers,
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
            tokens[key] = await issuers.MintAsync(key, "customer-1", cancellationToken);
            timeline.Expect(
                await gateway.CallAsync(key, tokens[key], cancellationToken) is (true, true, true),
                $"a token that '{key.Name}' minted is accepted: by JWKS, by introspection, and by the package"
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
            for (var state = "Noticed"; state != "Verified" && left.Elapsed < Patience; await Task.Delay(200, cancellationToken))
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
        var refused = new HashSet<string>(StringComparer.Ordinal);
        void Refuse(bool accepted, string gatewayThat, string note = "")
        {
            if (!accepted && refused.Add(gatewayThat))
            {
                timeline.Expect(holds: true, $"the gateway that {gatewayThat} refuses the forgery, {After(left)}{note}");
            }
        }

        while (refused.Count < 3 && left.Elapsed < Patience)
        {
            var (jwks, introspection, package) = await gateway.CallAsync(Stolen, thief.Forge("customer-33670000"), cancellationToken);
            Refuse(introspection, "asks Rekey");
            Refuse(package, "decides by itself, with the package,");
            Refuse(jwks, "reads the JWKS", " (its copy was at most 2 s old)");
            await Task.Delay(100, cancellationToken);
        }

        if (refused.Count < 3)
        {
            timeline.Expect(holds: false, $"all three gateways refuse the forgery within {Patience.TotalSeconds:0} s");
        }
    }
}
