using Microsoft.IdentityModel.JsonWebTokens;
using Rekey.Local.Worlds;
using Rekey.Trust.Lists;

namespace Rekey.Local.Replay.Forgers;

/// <summary>After the departure the forger tries everything that is left to them. The gateway with the package refuses each attempt; the
/// caller learns no reason, and the gateway's log has it.</summary>
internal sealed class ForgerStory(Timeline timeline, WorldKey key, TrustEntry stolen)
{
    /// <param name="honest">A token that the issuer has just minted, which the forger has seen.</param>
    /// <param name="left">When the engineer's account was disabled.</param>
    public async Task PlayAsync(
        Gateway gateway,
        Attacker thief,
        StolenBackup backup,
        string honest,
        DateTimeOffset left,
        CancellationToken cancellationToken
    )
    {
        timeline.Act("What the forger tries now");
        await RefusedAsync("the signing key alone", thief.Forge("customer-33670002"));
        await RefusedAsync("the id (jti) of an honest token, replayed", thief.Forge("customer-33670003", new JsonWebToken(honest).Id));
        await RefusedAsync(
            "a token dated back to before the departure (iat)",
            thief.Forge("customer-33670004", jti: null, left - (key.TokenLifetime / 2))
        );
        await backup.RestoreAsync(cancellationToken);
        await RefusedAsync(
            "a backup of the key, restored into another vault, which signs",
            await backup.ForgeAsync(stolen.Kid, stolen.Version, "customer-33670005", cancellationToken)
        );

        async Task RefusedAsync(string attempt, string token)
        {
            var reason = await gateway.RefusalAsync(token, cancellationToken);
            timeline.Expect(
                reason is not null && await gateway.CallAsync(key, token, cancellationToken) is (false, false, false),
                $"{attempt}: refused by all three gateways ({reason ?? "accepted"})"
            );
        }
    }
}
