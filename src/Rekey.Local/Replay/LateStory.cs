using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Local.Replay.Packages;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>
/// The second act: Rekey comes late. A person left long ago with a signing key and has forged tokens for months. The first sweep over the
/// retained logs finds all of them, blocks the live ones and rotates the key.
/// </summary>
internal sealed class LateStory(World world, Timeline timeline, PastLogs logs)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly RekeyClient _rekey = new(world);

    private WorldKey Stolen => world.Keys[0];

    public async Task PlayAsync(Gateway gateway, CancellationToken cancellationToken = default)
    {
        // 1. Installed today; the theft was months ago, and the forger is active now.
        await timeline.DoAsync("Rekey takes a baseline of the vault", async _ =>
        {
            await _rekey.TakeBaselineAsync(cancellationToken);
            return true;
        });
        var old = (await _rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == Stolen.Name);
        using var thief = new Attacker(Stolen, old.Kid, (ECDsa)world.Vault.ExportPrivateKey(Stolen.Name, old.Version));
        var forgery = thief.Forge("customer-33670000");
        timeline.Expect(
            await gateway.CallAsync(Stolen, forgery, cancellationToken) is (true, true, true),
            "Rekey is new, and the gateways accept a forged token: it has not read any log yet"
        );
        await timeline.DoAsync("writing four months of logs: tokens that issuers minted, tokens that gateways accepted", async progress =>
        {
            await logs.WriteAsync(Stolen, old, forgery, progress, cancellationToken);
            return true;
        });

        // 2. The first sweep.
        timeline.Act("The first sweep");
        var since = Stopwatch.StartNew();
        var damage = await timeline.DoAsync("matching every access with every issuance", _ => SweepAsync(old.Kid, cancellationToken));
        Assess(damage, await logs.TruthAsync(old.Kid, cancellationToken), since);

        // 3. The response, without a decision of a person.
        timeline.Act("The response");
        await ContainedAsync(gateway, thief, old.Thumbprint, forgery, since, cancellationToken);
    }

    private async Task<JsonElement?> SweepAsync(string kid, CancellationToken cancellationToken)
    {
        var askedAt = DateTimeOffset.UtcNow;
        using (var asked = await _rekey.SendAsync(HttpMethod.Post, "sweeps", "Operator", cancellationToken: cancellationToken))
        {
            asked.EnsureSuccessStatusCode();
        }

        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(200, cancellationToken))
        {
            var found = (await _rekey.GetAsync("findings", "Reader", cancellationToken))!
                .Value.GetProperty("findings")
                .EnumerateArray()
                .FirstOrDefault(f =>
                    f.GetProperty("kind").GetString() == "tokens-unissued"
                    && f.GetProperty("evidence").TryGetProperty("kid", out var named)
                    && named.GetString() == kid
                );
            if (found.ValueKind is JsonValueKind.Object && await HasEndedAsync(askedAt, cancellationToken))
            {
                return (
                    await _rekey.GetAsync($"findings/{found.GetProperty("id").GetString()}", "Reader", cancellationToken)
                )!.Value.GetProperty("damage");
            }
        }

        return null;
    }

    /// <summary>Tells whether the sweep is over: a finding is raised before its response is complete.</summary>
    private async Task<bool> HasEndedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        (await _rekey.GetAsync("sweeps", "Reader", cancellationToken))!.Value.GetProperty("caughtUpAt")
            is { ValueKind: JsonValueKind.String } at
        && at.GetDateTimeOffset() >= since;

    private static string After(Stopwatch since) => $"{since.Elapsed.TotalSeconds:0.0} s after the sweep began";

    private void Assess(JsonElement? found, Forgeries truth, Stopwatch since)
    {
        if (found is not { } damage)
        {
            timeline.Expect(holds: false, $"the sweep finds the forged tokens within {Patience.TotalMinutes:0} minutes");
            return;
        }

        int Number(string member) => damage.GetProperty(member).GetInt32();
        var (first, last) = (damage.GetProperty("firstUse").GetDateTimeOffset(), damage.GetProperty("lastUse").GetDateTimeOffset());
        timeline.Say(
            $"damage: {Number("tokens")} forged tokens, in the names of {Number("subjects")} customers, from "
                + $"{Number("addresses")} addresses in {Number("networks")} networks"
        );
        timeline.Say(
            $"damage: first used {first:yyyy-MM-dd HH:mm}, last used {last:yyyy-MM-dd HH:mm}; exposed for {Number("daysExposed")} days"
        );
        timeline.Expect(
            (Number("tokens"), Number("subjects"), Number("addresses")) == (truth.Tokens, truth.Subjects, truth.Addresses)
                && first == truth.FirstUse,
            $"that matches the truth to the last token: {truth.Tokens} tokens, {truth.Subjects} customers, {truth.Addresses} addresses"
        );

        // If the trust of the key has ended, the days count until then.
        static int Days(TimeSpan time) => (int)Math.Ceiling(time.TotalDays);
        timeline.Expect(
            (last - truth.LastUse).Duration() < TimeSpan.FromMilliseconds(1)
                && Number("daysExposed") >= Days(truth.LastUse - truth.FirstUse)
                && Number("daysExposed") <= Days(DateTimeOffset.UtcNow - truth.FirstUse),
            $"that matches the truth: last used at {truth.LastUse:HH:mm:ss} UTC today, and exposed for each of the "
                + $"{Days(truth.LastUse - truth.FirstUse)} days since the first use, a part of a day counted as one"
        );
        timeline.Expect(Number("blocked") > 0, $"{Number("blocked")} of these were still valid: Rekey blocks them at once");
    }

    private async Task ContainedAsync(
        Gateway gateway,
        Attacker thief,
        string thumbprint,
        string forgery,
        Stopwatch since,
        CancellationToken cancellationToken
    )
    {
        timeline.Expect(
            !(await _rekey.IntrospectAsync(forgery, cancellationToken)).GetProperty("active").GetBoolean(),
            "the gateway that asks Rekey refuses the token that it accepted before"
        );
        var revoked = await timeline.DoAsync(
            "Rekey rotates the key that signed them: the signatures are valid, so the private key was stolen",
            async _ =>
            {
                for (; since.Elapsed < Patience; await Task.Delay(100, cancellationToken))
                {
                    if (
                        (await _rekey.TrustListAsync(cancellationToken)).Revoked.Contains(thumbprint, StringComparer.Ordinal)
                        && await gateway.CallAsync(Stolen, thief.Forge("customer-33670001"), cancellationToken) is (false, false, false)
                    )
                    {
                        return true;
                    }
                }

                return false;
            }
        );
        timeline.Expect(revoked, $"the stolen key is revoked, and all three gateways refuse new forgeries, {After(since)}");
        await using var issuers = new CompanyIssuers(world);
        var renewed = await issuers.MintAsync(Stolen, "customer-1", cancellationToken);
        timeline.Expect(
            await gateway.CallAsync(Stolen, renewed, cancellationToken) is (true, true, true),
            "honest customers log in with the new key"
        );
    }
}
