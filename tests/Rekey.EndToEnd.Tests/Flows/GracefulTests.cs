using System.Diagnostics;
using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Replay;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>A key that nobody can have taken is rotated without anybody noticing.</summary>
public sealed class GracefulTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_with_an_honest_token_is_turned_away_and_the_old_version_ends()
    {
        await using var company = await LocalCompany.StartAsync(
            [LocalCompany.KeyOf("shop") with { TokenLifetime = Lifetime }],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Rekey__Exposures__AssumeExtractable"] = "false",
                ["Rekey__Rotations__AssumeDrainedAfter"] = "00:00:03",
                ["Rekey__Trust__MaxTokenLifetime"] = $"{Lifetime:c}",
                ["Rekey__Trust__ClockSkew"] = "00:00:01",
            }
        );
        var key = company.Key("shop");
        await using var gateway = await Gateway.StartAsync(company.World, company.Rekey, Cancel);
        using var thief = await company.StealAsync(key);
        var old = await company.CurrentAsync(key);

        // Honest traffic all the while: each token is used when it is minted and again shortly before it dies.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var (traffic, turnedAway) = (new List<string>(), new List<string>());
        var running = TrafficAsync(company, gateway, traffic, turnedAway, over.Token);
        var departure = await company.SettledAsync(await company.LeaveAsync(key.Custodians[0]));
        await over.CancelAsync();
        await running;

        Assert.Empty(turnedAway);
        Assert.NotEmpty(traffic);
        Assert.Contains(old.Kid, traffic);
        var fresh = await company.AssertContainedAsync(key);
        Assert.Contains(fresh.Kid, traffic);
        Assert.False(await company.IsActiveAsync(thief.Forge("customer-2")));
        var rotation = company.RotationOf(departure, key);
        Assert.Equal("Graceful", departure.GetProperty("keys")[0].GetProperty("urgency").GetString());
        Assert.True(
            Time(rotation, "trustEndedAt") >= Time(rotation, "signingStoppedAt") + Lifetime + TimeSpan.FromSeconds(1),
            "trust waits for the last honest token"
        );
        Assert.True(
            Time(rotation, "signingStoppedAt") >= Time(rotation, "versionCreatedAt") + TimeSpan.FromSeconds(8),
            "signing stops after the announcement and the draining"
        );
    }

    private static async Task TrafficAsync(
        LocalCompany company,
        Gateway gateway,
        List<string> kids,
        List<string> turnedAway,
        CancellationToken over
    )
    {
        var key = company.Key("shop");
        var alive = new Queue<(string Token, long MintedAt)>();
        while (!over.IsCancellationRequested)
        {
            var token = await MintAsync(company, turnedAway);
            if (token is not null)
            {
                kids.Add(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(token).Kid);
                alive.Enqueue((token, Stopwatch.GetTimestamp()));
                await UseAsync("fresh", token);
            }

            while (alive.TryPeek(out var oldest) && Stopwatch.GetElapsedTime(oldest.MintedAt) > Lifetime - TimeSpan.FromSeconds(4))
            {
                var (grown, mintedAt) = alive.Dequeue();
                if (Stopwatch.GetElapsedTime(mintedAt) < Lifetime - TimeSpan.FromSeconds(2))
                {
                    await UseAsync("old", grown);
                }
            }

            await Task.Delay(100, CancellationToken.None);
        }

        async Task UseAsync(string age, string token)
        {
            var (byJwks, byIntrospection, byPackage) = await gateway.CallAsync(key, token, Cancel);
            if (!byJwks || !byIntrospection || !byPackage)
            {
                turnedAway.Add(
                    $"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {age} by JWKS {byJwks}, introspection {byIntrospection}, package {byPackage}"
                );
            }
        }
    }

    private static async Task<string?> MintAsync(LocalCompany company, List<string> turnedAway)
    {
        try
        {
            return await company.Issuer.MintAsync(company.Key("shop"), "customer-1", Cancel);
        }
        catch (InvalidOperationException refused)
        {
            turnedAway.Add(refused.Message);
            return null;
        }
    }

    private static DateTimeOffset Time(JsonElement rotation, string name) => rotation.GetProperty(name).GetDateTimeOffset();
}
